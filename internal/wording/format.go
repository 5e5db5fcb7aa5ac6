package wording

import (
	"strconv"
	"strings"
	"time"
)

// Date is a day in words, as it is called at loc: 7 January 2027, 7 januari 2027.
// A legal date, which has no time, is given as midnight UTC with loc time.UTC.
func Date(t time.Time, loc *time.Location, lang string) string {
	t = t.In(loc)
	return strconv.Itoa(t.Day()) + " " + month(t.Month(), lang) + " " + strconv.Itoa(t.Year())
}

// Clock is a time of day with its zone: 14:30 (Swedish time), 14.30 (svensk tid).
func Clock(t time.Time, loc *time.Location, lang string) string {
	t = t.In(loc)
	layout := "15:04"
	if lang == Swedish {
		layout = "15.04"
	}
	return t.Format(layout) + " (" + zone(t, lang) + ")"
}

// DateTime is a day and a time: 7 January 2027 at 14:30 (Swedish time),
// 7 januari 2027 klockan 14.30 (svensk tid).
func DateTime(t time.Time, loc *time.Location, lang string) string {
	between := " at "
	if lang == Swedish {
		between = " klockan "
	}
	return Date(t, loc, lang) + between + Clock(t, loc, lang)
}

func month(m time.Month, lang string) string {
	if lang != Swedish {
		return m.String()
	}
	return [...]string{
		"januari", "februari", "mars", "april", "maj", "juni", "juli",
		"augusti", "september", "oktober", "november", "december",
	}[m-1]
}

// zone names the time by its country, which people know, where an abbreviation says little.
func zone(t time.Time, lang string) string {
	sv, en := "", ""
	switch t.Location().String() {
	case "Europe/Stockholm":
		sv, en = "svensk", "Swedish"
	case "Europe/Helsinki", "Europe/Mariehamn":
		sv, en = "finsk", "Finnish"
	case "Europe/Copenhagen":
		sv, en = "dansk", "Danish"
	case "Europe/Berlin", "Europe/Busingen":
		sv, en = "tysk", "German"
	case "Europe/Oslo":
		sv, en = "norsk", "Norwegian"
	default:
		if _, offset := t.Zone(); offset == 0 {
			return "UTC"
		}
		return "UTC" + t.Format("-07:00")
	}
	if lang == Swedish {
		return sv + " tid"
	}
	return en + " time"
}

// Thousands writes a number with separators: 12,345 in English, 12 345 with a space that does
// not break in Swedish.
func Thousands(n int, lang string) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	separator := ","
	if lang == Swedish {
		separator = "\u00a0"
	}
	var s strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			s.WriteString(separator)
		}
		s.WriteRune(d)
	}
	return sign + s.String()
}

// Plural gives the text key.one when n is 1 and key.other otherwise, with n filled in.
func (t *Texts) Plural(lang, key string, n int) string {
	if n == 1 {
		return t.Label(lang, key+".one")
	}
	s, err := t.Text(lang, key+".other", Vars{"n": n})
	if err != nil {
		return t.Label(lang, key+".other")
	}
	return s
}

// DueLabel says how many days are left to a legal date, or how many it is late.
func (t *Texts) DueLabel(lang string, daysLeft int) string {
	switch {
	case daysLeft > 0:
		return t.Plural(lang, "due.left", daysLeft)
	case daysLeft < 0:
		return t.Plural(lang, "due.late", -daysLeft)
	}
	return t.Label(lang, "due.today")
}

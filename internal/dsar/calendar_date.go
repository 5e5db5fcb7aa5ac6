package dsar

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrDate says that a text is not a date. It never repeats the text, which may be somebody's date of birth.
var ErrDate = errors.New("not a date of the form YYYY-MM-DD")

// Date is a day of the civil calendar, without clock or zone. The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD. Anything else, also a day that does not exist, is ErrDate.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, ErrDate
	}
	return fromTime(t), nil
}

// DateOf is the date on the wall at loc when t happened: a mail that comes at 23:30 UTC is received the next day in Stockholm.
func DateOf(t time.Time, loc *time.Location) Date {
	return fromTime(t.In(loc))
}

func fromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// utc is midnight UTC of the day, where every day has 24 hours.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String is YYYY-MM-DD, and empty for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays moves n days, also backwards.
func (d Date) AddDays(n int) Date {
	return fromTime(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// addMonths moves n months to the same date, or to the last day of a month that has no such date (Regulation 1182/71,
// Article 3(2)(c)). clamped tells the second case. The standard library would run over into the next month instead.
func (d Date) addMonths(n int) (to Date, clamped bool) {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if d.Day > last {
		return Date{first.Year(), first.Month(), last}, true
	}
	return Date{first.Year(), first.Month(), d.Day}, false
}

// Compare is -1, 0 or +1, as d is before, on or after o.
func (d Date) Compare(o Date) int { return d.utc().Compare(o.utc()) }

// Before says that d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After says that d is a later day than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// DaysUntil counts the calendar days from d to o; negative when o has passed.
func (d Date) DaysUntil(o Date) int { return int(o.utc().Sub(d.utc()) / (24 * time.Hour)) }

// In writes the date in words, "7 January 2027" or "7 januari 2027". Languages other than Swedish get English.
func (d Date) In(lang string) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day, monthName(d.Month, lang), d.Year)
}

// Long is In with the day of the week: "Monday 28 December 2026" or "måndag 28 december 2026".
func (d Date) Long(lang string) string {
	if d.IsZero() {
		return ""
	}
	return weekdayName(d.Weekday(), lang) + " " + d.In(lang)
}

func swedish(lang string) bool {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	return base == "sv"
}

func monthName(m time.Month, lang string) string {
	if !swedish(lang) {
		return m.String()
	}
	return [...]string{
		"januari", "februari", "mars", "april", "maj", "juni",
		"juli", "augusti", "september", "oktober", "november", "december",
	}[m-1]
}

func weekdayName(w time.Weekday, lang string) string {
	if !swedish(lang) {
		return w.String()
	}
	return [...]string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}[w]
}

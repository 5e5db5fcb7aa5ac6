package dsar

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// easters are the Easter Sundays of 2024 to 2040, from the printed tables.
var easters = []string{
	"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2031-04-13", "2032-03-28",
	"2033-04-17", "2034-04-09", "2035-03-25", "2036-04-13", "2037-04-05", "2038-04-25", "2039-04-10", "2040-04-01",
}

// laws are the holidays as the statutes list them: fixed dates, days from Easter Sunday, and the first given weekday on or
// after a date.
var laws = map[string]struct {
	fixed      []string
	fromEaster []int
	weekdayOn  map[string]time.Weekday
	eves       []string
	friday     string // first Friday on or after: an eve
}{
	"SE": {
		fixed:      []string{"01-01", "01-06", "05-01", "06-06", "12-25", "12-26"},
		fromEaster: []int{-2, 0, 1, 39, 49},
		weekdayOn:  map[string]time.Weekday{"06-20": time.Saturday, "10-31": time.Saturday},
		eves:       []string{"12-24", "12-31"},
		friday:     "06-19",
	},
	"FI": {
		fixed:      []string{"01-01", "01-06", "05-01", "12-06", "12-25", "12-26"},
		fromEaster: []int{-2, 0, 1, 39, 49},
		weekdayOn:  map[string]time.Weekday{"06-20": time.Saturday, "10-31": time.Saturday},
	},
	"DK": {
		fixed:      []string{"01-01", "12-25", "12-26"},
		fromEaster: []int{-3, -2, 0, 1, 39, 49, 50},
	},
	"DE": {
		fixed:      []string{"01-01", "05-01", "10-03", "12-25", "12-26"},
		fromEaster: []int{-2, 1, 39, 50},
	},
}

func TestHolidaysAreThoseOfTheStatutes(t *testing.T) {
	t.Parallel()
	for country, law := range laws {
		for _, e := range easters {
			easter := day(t, e)
			year := e[:4]
			want := map[string]bool{} // date -> eve; a holiday that meets another one is one day
			for _, f := range law.eves {
				want[year+"-"+f] = true
			}
			if law.friday != "" {
				want[on(day(t, year+"-"+law.friday), time.Friday).String()] = true
			}
			for _, f := range law.fixed {
				want[year+"-"+f] = false
			}
			for _, n := range law.fromEaster {
				want[easter.AddDays(n).String()] = false
			}
			for from, w := range law.weekdayOn {
				want[on(day(t, year+"-"+from), w).String()] = false
			}

			days, err := Holidays(country, easter.Year)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, h := range days {
				got[h.Date.String()] = h.Eve
				if h.EN == "" || h.SV == "" {
					t.Errorf("%s %s has no name", country, h.Date)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", country, year, diff)
			}
			if !slices.IsSortedFunc(days, func(a, b Holiday) int { return a.Date.Compare(b.Date) }) {
				t.Errorf("%s %s is not in order", country, year)
			}
		}
	}
}

func on(d Date, w time.Weekday) Date {
	for d.Weekday() != w {
		d = d.AddDays(1)
	}
	return d
}

func TestWorkingDaysThatOthersTakeOff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country, date string
		want          bool
		why           string
	}{
		{"SE", "2027-05-17", true, "Whit Monday, a working day in Sweden since 2005"},
		{"SE", "2027-05-07", true, "the Friday after Ascension Day"},
		{"SE", "2027-03-25", true, "Maundy Thursday"},
		{"SE", "2026-12-24", false, "Christmas Eve"},
		{"SE", "2027-06-25", false, "Midsummer Eve"},
		{"DK", "2024-04-26", true, "store bededag was abolished from 2024"},
		{"DK", "2023-05-05", false, "store bededag for the last time"},
		{"DK", "2026-06-05", true, "Constitution Day"},
		{"DK", "2025-05-01", true, "1 May"},
		{"DK", "2026-12-24", true, "Christmas Eve"},
		{"FI", "2027-05-17", true, "Whit Monday"},
		{"FI", "2026-12-24", true, "Christmas Eve"},
		{"FI", "2027-06-25", true, "Midsummer Eve"},
		{"DE", "2027-01-06", true, "Epiphany, in three states only"},
		{"DE", "2030-10-31", true, "Reformation Day, in some states only"},
		{"DE", "2026-12-31", true, "New Year's Eve"},
	} {
		got, err := WorkingDay(c.country, day(t, c.date), true)
		if err != nil || got != c.want {
			t.Errorf("WorkingDay(%s, %s) = %v, %v, want %v: %s", c.country, c.date, got, err, c.want, c.why)
		}
	}
}

func TestHolidaysBetween(t *testing.T) {
	t.Parallel()
	days, err := HolidaysBetween("SE", day(t, "2026-12-26"), day(t, "2027-01-06"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range days {
		got = append(got, h.Date.String()+" "+h.In("sv"))
	}
	want := []string{"2026-12-26 annandag jul", "2026-12-31 nyårsafton", "2027-01-01 nyårsdagen", "2027-01-06 trettondedag jul"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func day(t testing.TB, s string) Date {
	t.Helper()
	if s == "" {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

package dsar

import (
	"slices"
	"time"
)

// Holidays lists a country's holidays of a year in order, the Swedish eves marked as such. Other Saturdays and Sundays
// are not in it.
func Holidays(country string, year int) ([]Holiday, error) {
	rules := feasts(country)
	if rules == nil {
		return nil, errCountry(country)
	}
	days := make([]Holiday, 0, len(rules))
	for _, f := range rules {
		actual, _ := f.rule.Calc(year)
		if actual.IsZero() { // the feast was not kept that year
			continue
		}
		// Noon, since the library counts in the machine's zone, and some zones change to summer time at midnight.
		days = append(days, Holiday{Date: fromTime(actual.Add(12 * time.Hour)), EN: f.en, SV: f.sv, Eve: f.eve})
	}
	slices.SortFunc(days, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return days, nil
}

// HolidaysBetween lists the holidays from and to included: what stands in the way of the coming due dates.
func HolidaysBetween(country string, from, to Date) ([]Holiday, error) {
	var days []Holiday
	for year := from.Year; year <= to.Year; year++ {
		all, err := Holidays(country, year)
		if err != nil {
			return nil, err
		}
		for _, h := range all {
			if !h.Date.Before(from) && !h.Date.After(to) {
				days = append(days, h)
			}
		}
	}
	return days, nil
}

// WorkingDay says whether a period may end on the day. With eves, the Swedish eves are days off.
func WorkingDay(country string, d Date, eves bool) (bool, error) {
	c, err := calendarOf(country, eves)
	if err != nil {
		return false, err
	}
	off, _ := c.off(d)
	return !off, nil
}

// calendar answers for one country. It keeps the years it has computed, so it is for one goroutine.
type calendar struct {
	country string
	eves    bool
	years   map[int][]Holiday
}

func calendarOf(country string, eves bool) (*calendar, error) {
	if feasts(country) == nil {
		return nil, errCountry(country)
	}
	return &calendar{country: country, eves: eves, years: map[int][]Holiday{}}, nil
}

// off says whether nothing can be due on the day, and names the holiday if it is one.
func (c *calendar) off(d Date) (bool, Holiday) {
	days, ok := c.years[d.Year]
	if !ok {
		days, _ = Holidays(c.country, d.Year) // the country was checked when the calendar was made
		c.years[d.Year] = days
	}
	for _, h := range days {
		if h.Date == d && (c.eves || !h.Eve) {
			return true, h
		}
	}
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday, Holiday{}
}

// next is the first working day on or after d, with the days passed over.
func (c *calendar) next(d Date) (Date, []Holiday) {
	var passed []Holiday
	for {
		off, h := c.off(d)
		if !off {
			return d, passed
		}
		h.Date = d
		passed = append(passed, h)
		d = d.AddDays(1)
	}
}

// between counts the working days after from, up to and including to.
func (c *calendar) between(from, to Date) int {
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if off, _ := c.off(d); !off {
			n++
		}
	}
	return n
}

// strictCalendar has the eves as working days and accepts any country, for advice that must not fail.
func strictCalendar(country string) *calendar {
	return &calendar{country: country, years: map[int][]Holiday{}}
}

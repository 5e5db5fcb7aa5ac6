package dsar

import "time"

// KeepUntil is the last day on which records of a financial year are kept: 31 December of the year in which it ended plus
// years (7 in Sweden, bokföringslagen 7 kap. 2 §). They are still there on that day and go from the day after.
func KeepUntil(financialYearEnd Date, years int) Date {
	return Date{financialYearEnd.Year + years, time.December, 31}
}

// KeepFrom is the last day, inclusive, on which a record of date is kept where a law counts years from that day.
func KeepFrom(date Date, years int) Date {
	to, _ := date.addMonths(12 * years)
	return to
}

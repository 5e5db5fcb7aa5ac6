package dsar

import (
	"errors"
	"fmt"
)

// ErrNoReceipt says that a legal date was wanted for a request without a date of receipt.
var ErrNoReceipt = errors.New("a request without a date of receipt has no legal date")

// DueInput is what a legal date follows from. Store these values, not only the result.
type DueInput struct {
	Received Date   // in the controller's local time
	Country  string // of the controller's establishment: SE, FI, DK or DE
	Extended bool   // by two months, Article 12(3), where the notice went out in time
	Pauses   []Span
	Today    Date // the end, so far, of a pause that still runs
	Eves     bool // count the Swedish eves as days off; the normal choice
}

// Due is the last day for the answer, read in several ways. Each day runs until 24:00 local time.
type Due struct {
	Due                Date // the legal last day
	Strict             Date // with the eves as working days; reminders and the late colour go by this one
	WithoutPause       Date
	StrictWithoutPause Date
	FirstMonth         Date // last day for the notice of an extension: one month, strict, without pause
	PausedDays         int
	Steps              []Step // how Due was reached
}

// LegalDate computes the last day by Article 12(3) GDPR and Regulation 1182/71: the day of receipt is not counted, the
// period ends on the same date one month later (three when extended, counted from receipt), or on the last day of a
// month without that date; paused days are added, and then a last day on a weekend or holiday moves to the next working
// day. Weekends and holidays inside the period count.
func LegalDate(in DueInput) (Due, error) {
	if in.Received.IsZero() {
		return Due{}, ErrNoReceipt
	}
	chosen, err := calendarOf(in.Country, in.Eves)
	if err != nil {
		return Due{}, err
	}
	union, err := unionOf(in.Pauses, in.Received, in.Today)
	if err != nil {
		return Due{}, fmt.Errorf("legal date: %w", err)
	}
	strict := strictCalendar(in.Country)

	months := 1
	if in.Extended {
		months = 3
	}
	last, clamped := in.Received.addMonths(months)
	first, _ := in.Received.addMonths(1)

	d := Due{PausedDays: pausedDays(union, last, strict)}
	d.FirstMonth, _ = strict.next(first)
	d.WithoutPause, _ = chosen.next(last)
	d.StrictWithoutPause, _ = strict.next(last)
	paused := last.AddDays(d.PausedDays)
	d.Strict, _ = strict.next(paused)
	due, passed := chosen.next(paused)
	d.Due = due

	d.Steps = append(d.Steps, Step{Kind: StepMonths, Date: last, Count: months, Clamped: clamped})
	if d.PausedDays > 0 {
		d.Steps = append(d.Steps, Step{Kind: StepPause, Date: paused, Count: d.PausedDays})
	}
	if len(passed) > 0 {
		d.Steps = append(d.Steps, Step{Kind: StepMove, Date: due, Count: len(passed), Passed: passed})
	}
	return d, nil
}

package dsar

import (
	"errors"
	"slices"
)

// Span is a pause: from the day we asked the person to the day the answer came. To is zero while we wait.
type Span struct {
	From, To Date
}

// Faults of the recorded pauses, which no date can be computed from.
var (
	ErrPauseOrder  = errors.New("a pause ends before it begins")
	ErrPauseEarly  = errors.New("a pause begins before the request was received")
	ErrPauseNoDate = errors.New("a pause has no first day, or is open and today is not given")
)

// unionOf checks the pauses and melts those that overlap, so that no day counts twice. An open pause lasts until today.
func unionOf(pauses []Span, received, today Date) ([]Span, error) {
	spans := make([]Span, 0, len(pauses))
	for _, p := range pauses {
		if p.From.IsZero() || p.To.IsZero() && today.IsZero() {
			return nil, ErrPauseNoDate
		}
		if p.To.IsZero() {
			p.To = today
			if today.Before(p.From) {
				p.To = p.From
			}
		}
		if p.To.Before(p.From) {
			return nil, ErrPauseOrder
		}
		if p.From.Before(received) {
			return nil, ErrPauseEarly
		}
		spans = append(spans, p)
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	union := spans[:0]
	for _, p := range spans {
		if n := len(union); n > 0 && !p.From.After(union[n-1].To) {
			if p.To.After(union[n-1].To) {
				union[n-1].To = p.To
			}
			continue
		}
		union = append(union, p)
	}
	return union, nil
}

// pausedDays counts the days that the pauses add to a period whose last day, before any move, is last. A pause that
// begins when the period is over adds nothing: what has run out cannot stand still.
func pausedDays(union []Span, last Date, strict *calendar) int {
	days := 0
	for _, p := range union {
		if end, _ := strict.next(last.AddDays(days)); p.From.After(end) {
			break
		}
		days += p.From.DaysUntil(p.To)
	}
	return days
}

package dsar

import (
	"fmt"
	"strings"
)

// StepKind is a kind of Step.
type StepKind string

// The steps from receipt to the last day, in the order in which they are taken.
const (
	StepMonths StepKind = "months" // Count months
	StepPause  StepKind = "pause"  // Count paused days
	StepMove   StepKind = "move"   // past Count days off
)

// Step is one move towards the last day.
type Step struct {
	Kind    StepKind
	Date    Date // where the last day stands after the step
	Count   int
	Clamped bool      // the month has no such date
	Passed  []Holiday // days passed over by a StepMove; those without a name are a plain Saturday or Sunday
}

// Explain says in a few words how the last day was reached, for the person who has to defend it.
func (d Due) Explain(lang string) string {
	clauses := make([]string, len(d.Steps))
	for i, s := range d.Steps {
		clauses[i] = s.In(lang)
	}
	text := strings.Join(clauses, "; ") + "."
	pauseText, strictText := " Without the pause: %s.", " With the eves as working days: %s."
	if swedish(lang) {
		pauseText, strictText = " Utan pausen: %s.", " Med aftnarna som arbetsdagar: %s."
	}
	if d.PausedDays > 0 {
		text += fmt.Sprintf(pauseText, d.WithoutPause.Long(lang))
	}
	if d.Strict != d.Due {
		text += fmt.Sprintf(strictText, d.Strict.Long(lang))
	}
	return text
}

// In is the step as a clause.
func (s Step) In(lang string) string {
	sv := swedish(lang)
	to := s.Date.Long(lang)
	switch s.Kind {
	case StepMonths:
		months := map[bool]map[bool]string{
			false: {true: "one month", false: "three months"},
			true:  {true: "en månad", false: "tre månader"},
		}[sv][s.Count == 1]
		switch {
		case s.Clamped && sv:
			return months + " till månadens sista dag, " + to
		case s.Clamped:
			return months + " to the last day of the month, " + to
		case sv:
			return months + " till samma datum, " + to
		}
		return months + " to the same date, " + to
	case StepPause:
		if sv {
			return fmt.Sprintf("plus %s paus, %s", plural(s.Count, "dags", "dagars"), to)
		}
		return fmt.Sprintf("plus %s of pause, %s", plural(s.Count, "day", "days"), to)
	case StepMove:
		names := make([]string, len(s.Passed))
		for i, h := range s.Passed {
			names[i] = h.In(lang)
			if names[i] == "" {
				names[i] = fmt.Sprintf("%s %d %s", weekdayName(h.Date.Weekday(), lang), h.Date.Day, monthName(h.Date.Month, lang))
			}
		}
		if sv {
			return "flyttad förbi " + list(names, " och ") + " till " + to
		}
		return "moved past " + list(names, " and ") + " to " + to
	}
	return ""
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list is "a, b and c".
func list(names []string, and string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + and + names[last]
}

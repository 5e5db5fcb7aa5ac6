package dsar

import (
	"errors"
	"testing"
)

func TestPauses(t *testing.T) {
	t.Parallel()
	span := func(from, to string) Span { return Span{day(t, from), day(t, to)} }
	for _, c := range []struct {
		name, received    string
		extended          bool
		pauses            []Span
		today             string
		paused            int
		withoutPause, due string
	}{
		{"a week", "2026-11-02", false, []Span{span("2026-11-03", "2026-11-10")}, "", 7, "2026-12-02", "2026-12-09"},
		{"onto Christmas Eve", "2026-11-20", false, []Span{span("2026-11-23", "2026-11-27")}, "", 4, "2026-12-21", "2026-12-28"},
		{"answered the same day", "2026-11-02", false, []Span{span("2026-11-03", "2026-11-03")}, "", 0, "2026-12-02", "2026-12-02"},
		{
			"two", "2026-11-02", false,
			[]Span{span("2026-11-03", "2026-11-10"), span("2026-11-16", "2026-11-19")},
			"", 10, "2026-12-02", "2026-12-14",
		},
		{
			"overlapping, in any order", "2026-11-02", false,
			[]Span{span("2026-11-08", "2026-11-12"), span("2026-11-03", "2026-11-10")},
			"", 9, "2026-12-02", "2026-12-11",
		},
		{"extended", "2026-11-02", true, []Span{span("2026-11-03", "2026-11-10")}, "", 7, "2027-02-02", "2027-02-09"},
		{"added to the unmoved day", "2027-01-29", false, []Span{span("2027-02-01", "2027-02-04")}, "", 3, "2027-03-01", "2027-03-03"},
		{"still open", "2026-11-02", false, []Span{span("2026-11-03", "")}, "2026-11-10", 7, "2026-12-02", "2026-12-09"},
		{"open from tomorrow", "2026-11-02", false, []Span{span("2026-11-03", "")}, "2026-11-02", 0, "2026-12-02", "2026-12-02"},
		{"after the last day", "2026-11-02", false, []Span{span("2026-12-03", "2026-12-20")}, "", 0, "2026-12-02", "2026-12-02"},
		{
			"within the days an earlier one added", "2026-11-02", false,
			[]Span{span("2026-11-03", "2026-11-10"), span("2026-12-08", "2026-12-10")},
			"", 9, "2026-12-02", "2026-12-11",
		},
	} {
		d, err := LegalDate(DueInput{
			Received: day(t, c.received), Country: "SE", Extended: c.extended, Pauses: c.pauses, Today: day(t, c.today), Eves: true,
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.PausedDays != c.paused || d.WithoutPause.String() != c.withoutPause || d.Due.String() != c.due {
			t.Errorf("%s: got %d days, %s, %s, want %d, %s, %s", c.name, d.PausedDays, d.WithoutPause, d.Due, c.paused, c.withoutPause, c.due)
		}
	}
}

func TestPausesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     error
	}{
		{"2026-11-10", "2026-11-03", ErrPauseOrder},
		{"2026-11-01", "2026-11-03", ErrPauseEarly},
		{"", "2026-11-03", ErrPauseNoDate},
		{"2026-11-03", "", ErrPauseNoDate},
	} {
		_, err := LegalDate(DueInput{Received: day(t, "2026-11-02"), Country: "SE", Pauses: []Span{{day(t, c.from), day(t, c.to)}}})
		if !errors.Is(err, c.want) {
			t.Errorf("pause %q to %q gives %v, want %v", c.from, c.to, err, c.want)
		}
	}
}

func TestPauseProblem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		received, asked string
		kind            Wait
		request         Kind
		code            string
		refused         bool
	}{
		{"2026-11-02", "2026-11-02", ForIdentity, Access, "", false},
		{"2026-11-02", "2026-11-05", ForIdentity, Access, "", false},
		{"2026-11-02", "2026-11-06", ForIdentity, Access, PauseAskedLate, false},
		{"2027-03-25", "2027-04-01", ForIdentity, Access, "", false}, // Easter lies between
		{"2027-03-25", "2027-04-02", ForIdentity, Access, PauseAskedLate, false},
		{"2026-11-02", "2026-11-16", ForIdentity, Erasure, PauseAskedLate, false},
		{"2026-11-02", "2026-11-17", ForIdentity, Erasure, PauseTooLate, true},
		{"2026-11-02", "2026-11-03", ForClarification, Access, "", false},
		{"2026-11-02", "2026-11-03", ForClarification, Portability, "", false},
		{"2026-11-02", "2026-11-03", ForClarification, Rectification, PauseClearWish, true},
		{"2026-11-02", "2026-11-03", ForClarification, Erasure, PauseClearWish, true},
		{"2026-11-02", "2026-11-03", ForClarification, Objection, PauseClearWish, true},
		{"2026-11-02", "2026-11-01", ForIdentity, Access, PauseBeforeReceipt, true},
		{"2026-11-02", "2026-11-03", ForReview, Access, PauseUnknownKind, true},
	} {
		code, refused := PauseProblem("SE", day(t, c.received), day(t, c.asked), c.kind, c.request)
		if code != c.code || refused != c.refused {
			t.Errorf("%s for %s, received %s, asked %s: got %q %v, want %q %v", c.kind, c.request, c.received, c.asked, code, refused, c.code, c.refused)
		}
	}
}

package dsar

import (
	"encoding/csv"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLegalDateCases(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/deadlines.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 16 {
		t.Fatalf("got %d lines, want the head and 15 cases", len(rows))
	}
	for _, row := range rows[1:] {
		received, extended, country, due, why := row[0], row[1], row[2], row[3], row[4]
		d, err := LegalDate(DueInput{Received: day(t, received), Country: country, Extended: extended == "yes", Eves: true})
		if err != nil || d.Due.String() != due {
			t.Errorf("%s extended %s in %s is due %s, %v, want %s: %s", received, extended, country, d.Due, err, due, why)
		}
	}
}

func TestLegalDateReadings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                                                 string
		in                                                   DueInput
		due, strict, withoutPause, strictWithoutPause, first string
	}{
		{
			"Christmas Eve",
			DueInput{Received: day(t, "2026-11-24"), Country: "SE", Eves: true},
			"2026-12-28", "2026-12-24", "2026-12-28", "2026-12-24", "2026-12-24",
		},
		{
			"eves switched off",
			DueInput{Received: day(t, "2026-11-24"), Country: "SE"},
			"2026-12-24", "2026-12-24", "2026-12-24", "2026-12-24", "2026-12-24",
		},
		{
			"paused to Christmas Eve",
			DueInput{
				Received: day(t, "2026-11-20"), Country: "SE", Eves: true, Pauses: []Span{{day(t, "2026-11-23"), day(t, "2026-11-27")}},
			},
			"2026-12-28", "2026-12-24", "2026-12-21", "2026-12-21", "2026-12-21",
		},
		{
			"the notice of an extension keeps its date",
			DueInput{
				Received: day(t, "2027-01-31"), Country: "se", Extended: true, Eves: true, Pauses: []Span{{day(t, "2027-02-01"), day(t, "2027-02-08")}},
			},
			"2027-05-07", "2027-05-07", "2027-04-30", "2027-04-30", "2027-03-01",
		},
	} {
		d, err := LegalDate(c.in)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := [...]string{d.Due.String(), d.Strict.String(), d.WithoutPause.String(), d.StrictWithoutPause.String(), d.FirstMonth.String()}
		if want := [...]string{c.due, c.strict, c.withoutPause, c.strictWithoutPause, c.first}; got != want {
			t.Errorf("%s: got %v, want %v", c.name, got, want)
		}
	}
}

func TestLegalDateRefuses(t *testing.T) {
	t.Parallel()
	_, err := LegalDate(DueInput{Received: day(t, "2026-11-24"), Country: "NO"})
	if err == nil || !strings.Contains(err.Error(), "DE, DK, FI, SE") {
		t.Errorf("an unknown country gives %v, want the supported ones", err)
	}
	if _, err := LegalDate(DueInput{Country: "SE"}); !errors.Is(err, ErrNoReceipt) {
		t.Errorf("no receipt gives %v, want %v", err, ErrNoReceipt)
	}
}

func TestLegalDateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := DueInput{
			Received: anyDate(t, "received"),
			Country:  rapid.SampledFrom(Countries()).Draw(t, "country"),
			Extended: rapid.Bool().Draw(t, "extended"),
			Eves:     rapid.Bool().Draw(t, "eves"),
		}
		for range rapid.IntRange(0, 4).Draw(t, "pauses") {
			from := in.Received.AddDays(rapid.IntRange(0, 14).Draw(t, "asked"))
			in.Pauses = append(in.Pauses, Span{from, from.AddDays(rapid.IntRange(0, 20).Draw(t, "waited"))})
		}
		d, err := LegalDate(in)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]struct {
			date Date
			eves bool
		}{
			"due":                  {d.Due, in.Eves},
			"strict":               {d.Strict, false},
			"without pause":        {d.WithoutPause, in.Eves},
			"strict without pause": {d.StrictWithoutPause, false},
			"first month":          {d.FirstMonth, false},
		} {
			if ok, err := WorkingDay(in.Country, x.date, x.eves); !ok {
				t.Fatalf("%s is %s, a day off (%v)", name, x.date, err)
			}
		}
		if d.Strict.After(d.Due) || d.StrictWithoutPause.After(d.WithoutPause) || d.WithoutPause.After(d.Due) || d.FirstMonth.After(d.StrictWithoutPause) {
			t.Fatalf("out of order: %+v", d)
		}
		if !in.Eves && d.Strict != d.Due {
			t.Fatalf("without eves strict %s is not due %s", d.Strict, d.Due)
		}

		// The last day before any move, found another way: the last existing day that is not past the same date.
		months := 1
		if in.Extended {
			months = 3
		}
		var last Date
		for n := in.Received.Day; n > 0; n-- {
			to := time.Date(in.Received.Year, in.Received.Month+time.Month(months), n, 0, 0, 0, 0, time.UTC)
			if to.Day() == n {
				last = fromTime(to)
				break
			}
		}
		last = last.AddDays(d.PausedDays)
		if d.Due.Before(last) || last.DaysUntil(d.Due) > 6 {
			t.Fatalf("unmoved %s, due %s", last, d.Due)
		}
		for x := last; x.Before(d.Due); x = x.AddDays(1) {
			if ok, _ := WorkingDay(in.Country, x, in.Eves); ok {
				t.Fatalf("%s moved past the working day %s", last, x)
			}
		}

		waited := map[Date]bool{} // each day on whose end we were still waiting, once
		for _, p := range in.Pauses {
			for x := p.From; x.Before(p.To); x = x.AddDays(1) {
				waited[x] = true
			}
		}
		if len(waited) != d.PausedDays {
			t.Fatalf("paused %d days, waited %d", d.PausedDays, len(waited))
		}
	})
}

func TestKeepUntil(t *testing.T) {
	t.Parallel()
	for end, want := range map[string]string{
		"2026-12-31": "2033-12-31", "2027-06-30": "2034-12-31", "2028-06-30": "2035-12-31", "2026-04-30": "2033-12-31",
	} {
		if got := KeepUntil(day(t, end), 7).String(); got != want {
			t.Errorf("KeepUntil(%s, 7) = %s, want %s", end, got, want)
		}
	}
}

func TestUrgency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ received, due, today, want, why string }{
		{"2026-09-14", "2026-10-14", "2026-09-14", UrgencyGreen, "just received"},
		{"2026-09-14", "2026-10-14", "2026-09-28", UrgencyGreen, "14 of 30 days"},
		{"2026-09-14", "2026-10-14", "2026-09-29", UrgencyAmber, "half time"},
		{"2026-10-04", "2026-10-14", "2026-10-07", UrgencyAmber, "7 days left, before half time of a short period"},
		{"2026-09-14", "2026-10-14", "2026-10-09", UrgencyAmber, "Friday, 3 working days to Wednesday"},
		{"2026-09-14", "2026-10-14", "2026-10-12", UrgencyRed, "2 working days"},
		{"2026-12-06", "2027-01-07", "2026-12-31", UrgencyAmber, "4 and 5 January and the day itself are left"},
		{"2026-12-06", "2027-01-07", "2027-01-04", UrgencyRed, "Epiphany is no working day"},
		{"2026-09-14", "2026-10-14", "2026-10-14", UrgencyRed, "the day itself"},
		{"2026-09-14", "2026-10-14", "2026-10-15", UrgencyRed, "overdue"},
	} {
		due, today := day(t, c.due), day(t, c.today)
		if got := Urgency("SE", day(t, c.received), due, today); got != c.want {
			t.Errorf("due %s is %s on %s, want %s: %s", c.due, got, c.today, c.want, c.why)
		}
		if Overdue(today, due) != (DaysLeft(today, due) < 0) {
			t.Errorf("due %s on %s: overdue %v with %d days left", c.due, c.today, Overdue(today, due), DaysLeft(today, due))
		}
	}
}

package dsar

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in     DueInput
		en, sv string
	}{
		{
			DueInput{Received: day(t, "2026-09-14"), Country: "SE", Eves: true},
			"one month to the same date, Wednesday 14 October 2026.",
			"en månad till samma datum, onsdag 14 oktober 2026.",
		},
		{
			DueInput{Received: day(t, "2026-11-24"), Country: "SE", Eves: true},
			"one month to the same date, Thursday 24 December 2026; moved past Christmas Eve, Christmas Day, Boxing Day and Sunday 27 December to Monday 28 December 2026. With the eves as working days: Thursday 24 December 2026.",
			"en månad till samma datum, torsdag 24 december 2026; flyttad förbi julafton, juldagen, annandag jul och söndag 27 december till måndag 28 december 2026. Med aftnarna som arbetsdagar: torsdag 24 december 2026.",
		},
		{
			DueInput{Received: day(t, "2026-12-06"), Country: "SE", Eves: true},
			"one month to the same date, Wednesday 6 January 2027; moved past Epiphany (trettondedag jul) to Thursday 7 January 2027.",
			"en månad till samma datum, onsdag 6 januari 2027; flyttad förbi trettondedag jul till torsdag 7 januari 2027.",
		},
		{
			DueInput{Received: day(t, "2027-01-31"), Country: "SE", Extended: true, Eves: true},
			"three months to the last day of the month, Friday 30 April 2027.",
			"tre månader till månadens sista dag, fredag 30 april 2027.",
		},
		{
			DueInput{Received: day(t, "2026-11-02"), Country: "SE", Eves: true, Pauses: []Span{
				{day(t, "2026-11-03"), day(t, "2026-11-10")}, {day(t, "2026-11-16"), day(t, "2026-11-19")},
			}},
			"one month to the same date, Wednesday 2 December 2026; plus 10 days of pause, Saturday 12 December 2026; moved past Saturday 12 December and Sunday 13 December to Monday 14 December 2026. Without the pause: Wednesday 2 December 2026.",
			"en månad till samma datum, onsdag 2 december 2026; plus 10 dagars paus, lördag 12 december 2026; flyttad förbi lördag 12 december och söndag 13 december till måndag 14 december 2026. Utan pausen: onsdag 2 december 2026.",
		},
	} {
		d, err := LegalDate(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.en, d.Explain("en")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(c.sv, d.Explain("sv")); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDueReport(t *testing.T) {
	t.Parallel()
	r, err := NewDueReport(DueInput{Received: day(t, "2026-11-20"), Country: "se", Eves: true, Pauses: []Span{{day(t, "2026-11-23"), day(t, "2026-11-24")}}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"received": "2026-11-20", "country": "SE", "extended": false, "paused_days": 1.0,
		"due": "2026-12-21", "due_strict": "2026-12-21", "due_without_pause": "2026-12-21", "due_strict_without_pause": "2026-12-21",
		"extension_notice_by": "2026-12-21",
		"explanation":         "one month to the same date, Sunday 20 December 2026; plus 1 day of pause, Monday 21 December 2026. Without the pause: Monday 21 December 2026.",
		"explanation_sv":      "en månad till samma datum, söndag 20 december 2026; plus 1 dags paus, måndag 21 december 2026. Utan pausen: måndag 21 december 2026.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := NewDueReport(DueInput{Received: day(t, "2026-11-20"), Country: "XX"}); err == nil {
		t.Error("an unknown country gave a report")
	}
}

package wording

import (
	"testing"
	"time"
	_ "time/tzdata" // as the product has
)

func TestDateTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, loc, sv, en string }{
		{"2027-01-07T13:30:00Z", "Europe/Stockholm", "7 januari 2027 klockan 14.30 (svensk tid)", "7 January 2027 at 14:30 (Swedish time)"},
		{"2027-07-07T13:05:00Z", "Europe/Helsinki", "7 juli 2027 klockan 16.05 (finsk tid)", "7 July 2027 at 16:05 (Finnish time)"},
		{"2027-12-31T23:30:00Z", "Europe/Copenhagen", "1 januari 2028 klockan 00.30 (dansk tid)", "1 January 2028 at 00:30 (Danish time)"},
		{"2027-03-28T01:30:00Z", "Europe/Berlin", "28 mars 2027 klockan 03.30 (tysk tid)", "28 March 2027 at 03:30 (German time)"},
		{"2027-05-01T10:00:00Z", "America/Toronto", "1 maj 2027 klockan 06.00 (UTC-04:00)", "1 May 2027 at 06:00 (UTC-04:00)"},
		{"2027-05-01T10:00:00Z", "UTC", "1 maj 2027 klockan 10.00 (UTC)", "1 May 2027 at 10:00 (UTC)"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		loc, err := time.LoadLocation(c.loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateTime(at, loc, Swedish); got != c.sv {
			t.Errorf("got %q, want %q", got, c.sv)
		}
		if got := DateTime(at, loc, English); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -12: "-12"} {
		if got := Thousands(n, English); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Thousands(12345, Swedish); got != "12\u00a0345" {
		t.Errorf("got %q", got)
	}
}

func TestDueLabel(t *testing.T) {
	t.Parallel()
	texts := load(t)
	for days, want := range map[int][2]string{
		14: {"14 dagar kvar", "14 days left"}, 1: {"1 dag kvar", "1 day left"}, 0: {"Sista dagen är i dag", "The last day is today"},
		-1: {"1 dag försenad", "1 day late"}, -2000: {"2\u00a0000 dagar försenad", "2,000 days late"},
	} {
		if got := [2]string{texts.DueLabel(Swedish, days), texts.DueLabel(English, days)}; got != want {
			t.Errorf("%d: got %q, want %q", days, got, want)
		}
	}
}

package dsar

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"
)

func TestDateOfIsTheLocalDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, received, due string }{
		{"2026-11-30T23:30:00Z", "2026-12-01", "2027-01-04"},
		{"2027-06-30T22:10:00Z", "2027-07-01", "2027-08-02"},
		{"2027-03-31T21:59:59Z", "2027-03-31", "2027-04-30"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		received := DateOf(at, Location("SE"))
		if received.String() != c.received {
			t.Errorf("DateOf(%s) = %s, want %s", c.at, received, c.received)
		}
		d, err := LegalDate(DueInput{Received: received, Country: "SE", Eves: true})
		if err != nil || d.Due.String() != c.due {
			t.Errorf("received %s is due %s, %v, want %s", c.at, d.Due, err, c.due)
		}
	}
}

func TestLocationOfEveryCountry(t *testing.T) {
	t.Parallel()
	for _, country := range Countries() {
		if Location(country) == time.UTC {
			t.Errorf("%s has no zone", country)
		}
	}
	if got := Location("XX"); got != time.UTC {
		t.Errorf("Location(XX) = %v, want UTC", got)
	}
}

func TestParseDateRefusesAndKeepsQuiet(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2027-02-29", "2027-1-31", "27-01-31", "2027-01-31T00:00:00Z", " 2027-01-31", "19121212-1212", ""} {
		_, err := ParseDate(s)
		if !errors.Is(err, ErrDate) {
			t.Errorf("ParseDate(%q) = %v, want ErrDate", s, err)
		} else if s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("ParseDate(%q) repeats its input", s)
		}
	}
}

func TestDateInWords(t *testing.T) {
	t.Parallel()
	d := day(t, "2027-01-07")
	for lang, want := range map[string]string{
		"en": "Thursday 7 January 2027", "sv": "torsdag 7 januari 2027", "sv-FI": "torsdag 7 januari 2027", "da": "Thursday 7 January 2027",
	} {
		if got := d.Long(lang); got != want {
			t.Errorf("Long(%s) = %q, want %q", lang, got, want)
		}
		_, short, _ := strings.Cut(want, " ")
		if got := d.In(lang); got != short {
			t.Errorf("In(%s) = %q, want %q", lang, got, short)
		}
	}
	if got := (Date{}).In("sv") + (Date{}).Long("sv") + (Date{}).String(); got != "" {
		t.Errorf("no date in words = %q", got)
	}
}

func TestDateInADateColumn(t *testing.T) {
	t.Parallel()
	types := pgtype.NewMap()
	for _, want := range []Date{{2028, time.February, 29}, {1912, time.December, 12}, {}} {
		for _, format := range []int16{pgtype.BinaryFormatCode, pgtype.TextFormatCode} {
			wire, err := types.Encode(pgtype.DateOID, format, want, nil)
			if err != nil {
				t.Fatalf("encode %v: %v", want, err)
			}
			got := Date{2000, 1, 1}
			if err := types.Scan(pgtype.DateOID, format, wire, &got); err != nil || got != want {
				t.Errorf("format %d: %v came back as %v, %v", format, want, got, err)
			}
		}
	}
	var d Date
	if err := d.Scan("2027-01-31"); err != nil || d != (Date{2027, time.January, 31}) {
		t.Errorf("Scan(text) = %v, %v", d, err)
	}
	if err := d.Scan(31); !errors.Is(err, ErrDate) {
		t.Errorf("Scan(int) = %v, want ErrDate", err)
	}
}

func TestDateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "date")
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")
		moved := d.AddDays(n)
		if d.DaysUntil(moved) != n || moved.AddDays(-n) != d || moved.After(d) != (n > 0) || moved.Before(d) != (n < 0) {
			t.Fatalf("%v and %d days make %v", d, n, moved)
		}
		if moved.Weekday() != time.Weekday(((int(d.Weekday())+n)%7+7)%7) {
			t.Fatalf("%v is a %v, %v a %v", d, d.Weekday(), moved, moved.Weekday())
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Date
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("%v through JSON is %v, %v", d, back, err)
		}
	})
}

func anyDate(t *rapid.T, label string) Date {
	return Date{2024, time.January, 1}.AddDays(rapid.IntRange(0, 17*365).Draw(t, label))
}

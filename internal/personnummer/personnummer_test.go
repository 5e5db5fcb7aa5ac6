package personnummer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var on = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// withCheck completes nine digits (or eleven) with the check digit.
func withCheck(t testing.TB, digits string) string {
	t.Helper()
	for c := '0'; c <= '9'; c++ {
		if full := digits + string(c); luhn(full[len(full)-10:]) {
			return full
		}
	}
	t.Fatal("no check digit")
	return ""
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, long, short string
		coordination    bool
	}{
		{"19121212-1212", "19121212-1212", "121212+1212", false},
		{"191212121212", "19121212-1212", "121212+1212", false},
		{"121212+1212", "19121212-1212", "121212+1212", false},
		{"121212-1212", "20121212-1212", "121212-1212", false},
		{"1212121212", "20121212-1212", "121212-1212", false},
		{"850709-9805", "19850709-9805", "850709-9805", false},
		{" 850709 9805\n", "19850709-9805", "850709-9805", false},
		{"19850709 9805", "19850709-9805", "850709-9805", false},
		{"850709\u20139805", "19850709-9805", "850709-9805", false},
		{"850709\u00a09805", "19850709-9805", "850709-9805", false},
		{"19850709+9805", "19850709-9805", "850709-9805", false},
		{withCheck(t, "850769980"), "19850769-" + withCheck(t, "850769980")[6:], "850769-" + withCheck(t, "850769980")[6:], true},
		{"18" + withCheck(t, "500709980"), "18500709-" + withCheck(t, "500709980")[6:], "500709+" + withCheck(t, "500709980")[6:], false},
		{withCheck(t, "000229980"), "20000229-" + withCheck(t, "000229980")[6:], "000229-" + withCheck(t, "000229980")[6:], false},
	} {
		n, err := ParseAt(c.in, on)
		if err != nil {
			t.Errorf("ParseAt(%q): %v", c.in, err)
			continue
		}
		if n.Long() != c.long || n.ShortAt(on) != c.short || n.IsCoordination() != c.coordination {
			t.Errorf("ParseAt(%q) = %s, %s, coordination %v, want %s, %s, %v", c.in, n.Long(), n.ShortAt(on), n.IsCoordination(), c.long, c.short, c.coordination)
		}
	}
}

func TestCenturyOnTheEdge(t *testing.T) {
	t.Parallel()
	today, tomorrow, newYear := withCheck(t, "261123980"), withCheck(t, "261124980"), withCheck(t, "260101980")
	for _, c := range []struct {
		digits, separator string
		year              int
		why               string
	}{
		{today, "-", 2026, "born today"},
		{tomorrow, "-", 1926, "not born yet, so a hundred tomorrow and written with the old sign"},
		{tomorrow, "+", 1926, "turns a hundred this year"},
		{newYear, "+", 1926, "turned a hundred this year"},
		{newYear, "-", 2026, "born this year"},
		{withCheck(t, "270101980"), "-", 1927, "99 years old"},
		{withCheck(t, "270101980"), "+", 1827, "turns a hundred next year only, so the century before"},
	} {
		n, err := ParseAt(c.digits[:6]+c.separator+c.digits[6:], on)
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		if year, _, _ := n.Birth(); year != c.year {
			t.Errorf("%s: got %d, want %d", c.why, year, c.year)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", ErrFormat},
		{"850709-980", ErrFormat},
		{"850709--9805", ErrFormat},
		{"8507-099805", ErrFormat},
		{"85O709-9805", ErrFormat},
		{"٨٥٠٧٠٩-9805", ErrFormat},
		{"1985-07-09-9805", ErrFormat},
		{"11850709-9805", ErrDate},
		{"850709-9806", ErrChecksum},
		{withCheck(t, "850231980"), ErrDate},
		{withCheck(t, "851309980"), ErrDate},
		{withCheck(t, "850700980"), ErrDate},
		{withCheck(t, "850760980"), ErrDate},
		{withCheck(t, "850792980"), ErrDate},
		{"20" + withCheck(t, "270101980"), ErrDate},
		{"19" + withCheck(t, "000229980"), ErrDate}, // 1900 was no leap year
		{withCheck(t, "850709000"), ErrFormat},
		{"556677-8899", ErrDate},
	} {
		_, err := ParseAt(c.in, on)
		if !errors.Is(err, c.want) {
			t.Errorf("ParseAt(%q) = %v, want %v", c.in, err, c.want)
		}
		if err != nil && c.in != "" && strings.Contains(err.Error(), c.in) {
			t.Errorf("the error for %q repeats it", c.in)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	n, err := ParseAt("850709-9805", on)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"19850709-9805", "198507099805", "19850709+9805", "19850709 9805",
		"850709-9805", "8507099805", "850709+9805", "850709 9805",
	}
	if diff := cmp.Diff(want, n.Forms()); diff != "" {
		t.Error(diff)
	}
}

func TestNumberIsNotPrinted(t *testing.T) {
	t.Parallel()
	n, err := ParseAt("850709-9805", on)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{n, &n, struct{ N Number }{n}} {
			if got := fmt.Sprintf(format, v); strings.Contains(got, "9805") {
				t.Errorf("%s of %T shows the number: %s", format, v, got)
			}
		}
	}
}

func TestNoNumber(t *testing.T) {
	t.Parallel()
	var n Number
	if year, _, _ := n.Birth(); n.Long() != "" || n.Short() != "" || n.Forms() != nil || n.IsCoordination() || year != 0 {
		t.Error("the zero Number is somebody's")
	}
}

func TestOrgNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"556677-8899": "556677-8899", "5566778899": "556677-8899", "16556677-8899": "556677-8899", "165566778899": "556677-8899", "556677 8899": "556677-8899",
	} {
		if got, err := OrgNumber(in); err != nil || got != want {
			t.Errorf("OrgNumber(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"556677-8898": ErrChecksum, "850709-9805": ErrPerson, "19556677-8899": ErrFormat, "556677+8899": ErrFormat, "55667-78899": ErrFormat,
		"": ErrFormat, withCheck(t, "052000123"): ErrFormat,
	} {
		if got, err := OrgNumber(in); !errors.Is(err, want) || got != "" {
			t.Errorf("OrgNumber(%q) = %q, %v, want %v", in, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"19121212-1212", "121212+1212", "850709 9805", "850769-9802", "556677-8899", "16556677-8899", "é12121-1212", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if org, err := OrgNumber(s); err == nil {
			if again, err := OrgNumber(org); err != nil || again != org {
				t.Fatalf("%q is %q, and that is %q, %v", s, org, again, err)
			}
		}
		n, err := ParseAt(s, on)
		if err != nil {
			if n != (Number{}) {
				t.Fatalf("%q is refused and yet a number", s)
			}
			return
		}
		for _, form := range n.Forms()[:4] {
			if again, err := ParseAt(form, on); err != nil || again != n {
				t.Fatalf("%q does not come back from %q: %v", s, form, err)
			}
		}
		if again, err := ParseAt(n.ShortAt(on), on); err != nil || again != n && n.Long()[:2] != "18" {
			t.Fatalf("%q does not come back from %q: %v", s, n.ShortAt(on), err)
		}
		if !slices.Contains(n.Forms(), n.ShortAt(on)) {
			t.Fatalf("%q is not among the forms", n.ShortAt(on))
		}
	})
}

package mention

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// found checks what holds for the spans of any text.
func found(t *testing.T, m *Matcher, text string, c Context) []Span {
	t.Helper()
	spans := m.Find(text, c)
	last := 0
	for _, s := range spans {
		if s.Start < last || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("span %+v after %d of %d", s, last, len(text))
		}
		if utf8.ValidString(text) && !(utf8.RuneStart(text[s.Start]) && (s.End == len(text) || utf8.RuneStart(text[s.End]))) {
			t.Fatalf("span %+v splits a rune", s)
		}
		if !slices.Contains(Rules(), s.Rule) {
			t.Fatalf("no such rule: %q", s.Rule)
		}
		last = s.End
	}
	if whole := m.In(Read(text), c); !reflect.DeepEqual(spans, whole) {
		t.Fatalf("with the sieve %+v, without %+v", spans, whole)
	}
	return spans
}

var angle = regexp.MustCompile(`(?i)</?(?:a|b|br|div|em|font|h[1-6]|i|li|ol|p|span|strong|table|td|th|tr|u|ul)(?:\s[^<>]*)?/?>`)

func FuzzFind(f *testing.F) {
	texts, people := lines(f)
	for i := 0; i < len(texts); i += 9 {
		f.Add(texts[i], i)
	}
	for _, s := range []string{"Anna Sjölund", "Sjölund, A.\n> Anna", "<b>Anna</b> Sj&ouml;lund", "=C3=B6 070-174 06 55 =\n", "anna.sjolund(at)bruket.example", "\xff\xfeAnna", "A. B. Sjölund-Ek & Partners", "Anna Sjölund (AS) AS"} {
		f.Add(s, -1)
	}
	fixed := New(anna(), Person{Given: []string{"Per"}, Surname: []string{"Sten"}})
	f.Fuzz(func(t *testing.T, text string, who int) {
		m := fixed
		if who >= 0 {
			m = New(people[who%len(people)])
		}
		for _, linked := range []bool{false, true} {
			c := Context{Linked: linked}
			spans := found(t, m, text, c)
			out := Replace(text, spans, "en")
			for n := 0; ; n++ { // what was glued to a word that went may be a word now
				again := slices.DeleteFunc(m.Find(out, c), func(s Span) bool { return s.Confidence < Certain })
				if len(again) == 0 {
					break
				}
				if n == 3 {
					t.Fatalf("found again after replacing: %+v in %q", again, out)
				}
				out = Replace(out, again, "en")
			}
			if json.Valid([]byte(text)) && !json.Valid([]byte(out)) {
				t.Fatalf("no JSON any more: %s", out)
			}
			if before, after := tags(text), tags(out); !slices.Equal(before, after) {
				t.Fatalf("the tags were %q and are %q", before, after)
			}
		}
		Contacts(text)
	})
}

// tags are the names of a text's tags, in order.
func tags(text string) (out []string) {
	for _, tag := range angle.FindAllString(text, -1) {
		name, _, _ := strings.Cut(strings.Trim(tag, "<>"), " ")
		out = append(out, name)
	}
	return out
}

// TestTimeIsLinear: texts that repeat what is costly take ten times the time when they are ten times as long, and none is slow.
func TestTimeIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 10 MB texts")
	}
	m := New(anna(), Person{Given: []string{"Per"}, Surname: []string{"Sten"}})
	const size = 10 << 20
	for name, piece := range map[string]string{
		"the name": "Anna Sjölund ", "the name without end": "AnnaSjölund", "angles": "<", "ampersands": "&", "equals": "=", "percents": "%", "open words": "=?utf-8?B?",
		"hyphens": "a-", "digits": "1", "numbers": "070 ", "marks": "a\u0301\u0302", "open tags": "<a href=\"anna", "at signs": "anna@", "full stops": "a.b.", "backslashes": "\\u00", "breaks": "Sjö-\n",
		"initials": "A. ", "quotes": "\n> ", "brackets": "(at)", "blanks": " ", "capitals": "AS ", "invisible": "\u200b",
	} {
		t.Run(name, func(t *testing.T) {
			const tenth = size / 10
			took := func(n int) time.Duration {
				text := "Anna Sjölund " + strings.Repeat(piece, n/len(piece))
				begun := cpuTime(t)
				m.Find(text, Context{Linked: true})
				return cpuTime(t) - begun
			}
			part, whole := took(tenth), took(size)
			t.Logf("%d MB in %s of processor, a tenth of it in %s", size>>20, whole.Round(time.Millisecond), part.Round(time.Millisecond))
			if whole > 30*time.Second || whole > 30*part+5*time.Second { // collecting the garbage of ten megabytes comes on top
				t.Errorf("%d MB take %s of processor, a tenth of it %s", size>>20, whole, part)
			}
		})
	}
}

// cpuTime is what the process has used of the processor: the clock would measure what else the machine does.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

package file

import (
	"regexp"
	"strings"
	"testing"
)

// framed writes texts as serialisers do: a type, the length, the text.
func framed(kind byte, texts ...string) []byte {
	out := []byte{5, 11, 3, 0, 0, 0, byte(len(texts))}
	for _, s := range texts {
		out = append(append(out, kind, byte(len(s))), s...)
	}
	return out
}

var bo = regexp.MustCompile(`\bBo Ek\b|\bbo@ek\.example\b`)

func findBo(s string) [][2]int {
	var out [][2]int
	for _, m := range bo.FindAllStringIndex(s, -1) {
		out = append(out, [2]int{m[0], m[1]})
	}
	return out
}

func TestCoverKeepsEveryLength(t *testing.T) {
	t.Parallel()
	long := "bo@ek.example" + strings.Repeat(" och andra", 6) // 73 bytes: the length is the letter I
	for _, kind := range []byte{10, 23} {
		before := framed(kind, "Namn", "Bo Ek", "Bodil Ek", long, "hos\nBo Ek\nidag")
		after, changed := Cover(before, findBo)
		want := framed(kind, "Namn", "*****", "Bodil Ek", "*************"+strings.Repeat(" och andra", 6), "hos\n*****\nidag")
		if !changed || string(after) != string(want) {
			t.Errorf("type %d: got %q, want %q", kind, after, want)
		}
	}
	if out, changed := Cover([]byte("\x00Bodil\x00"), findBo); changed || string(out) != "\x00Bodil\x00" {
		t.Errorf("nobody is named, and it becomes %q", out)
	}
	// A name that is broken over two lines.
	if out, _ := Cover([]byte("\x00Bo\nEk\x00"), func(s string) [][2]int {
		if i := strings.Index(s, "Bo\nEk"); i >= 0 {
			return [][2]int{{i, i + 5}}
		}
		return nil
	}); string(out) != "\x00*****\x00" {
		t.Errorf("over two lines: %q", out)
	}
}

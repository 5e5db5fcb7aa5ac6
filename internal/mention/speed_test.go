package mention

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// crowd are n invented people with surnames of their own; four share a given name, as a thousand people do.
func crowd(n int) []Person {
	syllables := []string{"ba", "ke", "li", "mo", "nu", "ra", "so", "ti", "vo", "du", "fe", "gi", "ho", "ju", "pa", "re"}
	ends := []string{"berg", "fors", "lind", "mark", "dal", "stad", "vik", "ås"}
	given := strings.Fields(givenFile)
	out := make([]Person, n)
	for i := range out {
		s := syllables[i%16] + syllables[i/16%16] + syllables[i/256%16] + ends[i%8]
		name, first := strings.ToUpper(s[:1])+s[1:], given[(i%250)*len(given)/250]
		first = strings.ToUpper(first[:1]) + first[1:]
		out[i] = Person{
			Given: []string{first}, Called: first, Surname: []string{name}, Emails: []string{fmt.Sprintf("%s.%d@post.example", s, i)},
			Phones: []string{fmt.Sprintf("0980-3%05d", 19200+i)}, Personnummer: fmt.Sprintf("19%02d1301-%04d", 30+i%60, 1000+i), CustomerNo: fmt.Sprintf("B%06d", 700000+i),
			Handles: []string{fmt.Sprintf("%s_%d", s, i)}, Addresses: []Address{{Street: fmt.Sprintf("%svägen %d", name, 1+i%40)}},
		}
	}
	return out
}

// plainScan is the floor: the same identifiers in an Aho-Corasick automaton, case of ASCII apart.
func plainScan(people []Person) ahocorasick.AhoCorasick {
	var patterns []string
	for _, p := range people {
		patterns = append(patterns, Patterns(p)...)
	}
	b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{AsciiCaseInsensitive: true, DFA: true, MatchKind: ahocorasick.LeftMostLongestMatch})
	return b.Build(patterns)
}

// rate is the best of some runs over a text, in MB/s.
func rate(text string, fn func()) float64 {
	best := time.Duration(1 << 62)
	for range 7 {
		begun := time.Now()
		fn()
		best = min(best, time.Since(begun))
	}
	return float64(len(text)) / 1e6 / best.Seconds()
}

// BenchmarkFigures prints the matcher's speed on one core beside a plain Aho-Corasick scan of the same identifiers over the
// same text, and what 1,000 subjects take in memory. It measures by itself: run it with -benchtime 1x.
func BenchmarkFigures(b *testing.B) {
	quiet := strings.Repeat("Kunden vill ha en ny offert på truckservice, 48 000 kr per år, före den 14 mars 2026. Återkommer nästa vecka med besked om "+
		"leveransen; ordernummer 400291. Reservdelarna kom i går & är monterade, returen (3 kollin) hämtas på måndag.\n", 8000)
	one := crowd(1000)[:1]
	usual := strings.ReplaceAll(quiet, "Återkommer", "Pratade med "+one[0].Called+" "+one[0].Surname[0]+". Återkommer")
	texts, people := lines(b)
	dense := strings.Join(texts[:600], "\n\n")
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "\ntext\tsubjects\tMB/s\tplain\tratio\tgoal")
	for _, x := range []struct {
		what   string
		text   string
		people []Person
		goal   string
	}{
		{"without a hit", quiet, crowd(1), "0.5"},
		{"without a hit", quiet, crowd(1000), "0.5"},
		{"a hit in 250 bytes", usual, crowd(1), "0.1"},
		{"a hit in 250 bytes", usual, crowd(1000), "0.1"},
		{"labelled texts", dense, people[:1], "0.1"},
	} {
		m, plain := New(x.people...), plainScan(x.people)
		c := Context{Linked: true}
		floor := rate(x.text, func() { plain.FindAll(x.text) })
		ours := rate(x.text, func() { m.Find(x.text, c) })
		_, _ = fmt.Fprintf(w, "%s\t%d\t%.0f\t%.0f\t%.2f\t%s\n", x.what, len(x.people), ours, floor, ours/floor, x.goal)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := New(crowd(1000)...)
	m.Find(dense, Context{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	fmt.Printf("1,000 subjects: %d MiB, the word lists apart %d MiB; goal 64 MiB\n\n", after.HeapAlloc>>20, (after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))>>20)
	runtime.KeepAlive(m)
}

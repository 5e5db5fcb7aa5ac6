package mention

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// lines are the labelled texts with their subjects.
func lines(t testing.TB) (texts []string, people []Person) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files of labelled texts: %v", len(files), err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		in := bufio.NewScanner(f)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			var l struct {
				Text    string
				Subject struct {
					Given, Surname, Nicknames, Emails, Phones, Handles []string
					Former                                             []string `json:"former_surnames"`
					Called, Personnummer                               string
					CustomerNo                                         string `json:"customer_no"`
					Addresses                                          []Address
				}
			}
			if err := json.Unmarshal(in.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			s := l.Subject
			texts = append(texts, l.Text)
			people = append(people, Person{
				Given: s.Given, Called: s.Called, Surname: s.Surname, FormerSurnames: s.Former, Nicknames: s.Nicknames, Emails: s.Emails,
				Phones: s.Phones, Personnummer: s.Personnummer, CustomerNo: s.CustomerNo, Handles: s.Handles, Addresses: s.Addresses,
			})
		}
	}
	return texts, people
}

// TestTheSieveLosesNothing: each text is searched for the subjects of many others, with the sieve and without it.
func TestTheSieveLosesNothing(t *testing.T) {
	t.Parallel()
	texts, people := lines(t)
	kept, empty := 0, 0
	for i, text := range texts {
		for _, k := range []int{i, (i + 1) % len(people), (i * 7) % len(people), (i*31 + 5) % len(people)} {
			m := New(people[k])
			for _, variant := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, " ", "\n> "), strings.ReplaceAll(text, " ", "-\n"), "<p>" + strings.ReplaceAll(text, " ", "&nbsp;") + "</p>"} {
				want := m.In(Read(variant), Context{Linked: true})
				if got := m.Find(variant, Context{Linked: true}); !reflect.DeepEqual(got, want) {
					t.Fatalf("with the sieve %+v, without %+v in %q", got, want, variant)
				}
				if len(want) == 0 {
					empty++
					if m.mayName(variant) {
						kept++
					}
				}
			}
		}
	}
	t.Logf("of %d texts without a mention the sieve passed on %d", empty, kept)
}

package mention

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

type corpusPerson struct {
	Given          []string `json:"given"`
	Called         string   `json:"called"`
	Surname        []string `json:"surname"`
	FormerSurnames []string `json:"former_surnames"`
	Nicknames      []string `json:"nicknames"`
	Emails         []string `json:"emails"`
	Phones         []string `json:"phones"`
	Personnummer   string   `json:"personnummer"`
	Addresses      []struct {
		Street   string `json:"street"`
		Postcode string `json:"postcode"`
		City     string `json:"city"`
	} `json:"addresses"`
	CustomerNo string   `json:"customer_no"`
	Handles    []string `json:"handles"`
}

func (c corpusPerson) person() Person {
	p := Person{
		Given: c.Given, Called: c.Called, Surname: c.Surname, FormerSurnames: c.FormerSurnames, Nicknames: c.Nicknames, Emails: c.Emails,
		Phones: c.Phones, Personnummer: c.Personnummer, CustomerNo: c.CustomerNo, Handles: c.Handles,
	}
	for _, a := range c.Addresses {
		p.Addresses = append(p.Addresses, Address{a.Street, a.Postcode, a.City})
	}
	return p
}

type corpusLine struct {
	ID      string         `json:"id"`
	Subject corpusPerson   `json:"subject"`
	Others  []corpusPerson `json:"others"`
	Text    string         `json:"text"`
}

func (l corpusLine) find() []Span {
	c := Context{Linked: true}
	for _, o := range l.Others {
		c.Others = append(c.Others, o.person())
	}
	return New(l.Subject.person()).Find(l.Text, c)
}

func corpus(t testing.TB) []corpusLine {
	t.Helper()
	file, err := os.Open("testdata/dev.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []corpusLine
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var l corpusLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	if err := in.Err(); err != nil || len(out) == 0 {
		t.Fatalf("read corpus: %d lines, %v", len(out), err)
	}
	return out
}

// The lists and rules were written with this corpus in view, so its figures say that nothing got worse, not how the
// matcher does on other texts.
func TestCorpus(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no python3 to run the scorer")
	}
	path := filepath.Join(t.TempDir(), "predictions.jsonl")
	if keep := os.Getenv("MENTION_PREDICTIONS"); keep != "" {
		path = keep
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	type bounds struct {
		Start int `json:"start"`
		End   int `json:"end"`
	}
	for _, l := range corpus(t) {
		row := struct {
			ID    string   `json:"id"`
			Spans []bounds `json:"spans"`
		}{l.ID, []bounds{}}
		for _, s := range l.find() {
			if s.Confidence >= Likely {
				row.Spans = append(row.Spans, bounds{s.Start, s.End})
			}
		}
		if err := json.NewEncoder(out).Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := exec.Command(python, "testdata/score.py", "testdata/dev.jsonl", path,
		"--min-span-recall", "0.985", "--min-char-recall", "0.99", "--min-char-precision", "0.99", "--max-others", "2", "--max-things", "4").CombinedOutput()
	t.Logf("%s", report)
	if err != nil {
		t.Errorf("the corpus scores below the floor: %v", err)
	}
}

// Package corpus reads labelled texts, one JSON object a line, and lets the matcher find the subject in them. The format
// is that of internal/mention/testdata/README.md.
package corpus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"insyn/internal/mention"
)

// longestLine bounds a line in bytes.
const longestLine = 64 << 20

// Line is one text with its subject and the others whom the CRM knows on the same row. Labels are not read.
type Line struct {
	ID      string   `json:"id"`
	Subject person   `json:"subject"`
	Others  []person `json:"others"`
	Text    string   `json:"text"`
}

type person struct {
	Given          []string  `json:"given"`
	Called         string    `json:"called"`
	Surname        []string  `json:"surname"`
	FormerSurnames []string  `json:"former_surnames"`
	Nicknames      []string  `json:"nicknames"`
	Emails         []string  `json:"emails"`
	Phones         []string  `json:"phones"`
	Personnummer   string    `json:"personnummer"`
	Addresses      []address `json:"addresses"`
	CustomerNo     string    `json:"customer_no"`
	Handles        []string  `json:"handles"`
}

type address struct {
	Street   string `json:"street"`
	Postcode string `json:"postcode"`
	City     string `json:"city"`
}

func (c person) mention() mention.Person {
	p := mention.Person{
		Given: c.Given, Called: c.Called, Surname: c.Surname, FormerSurnames: c.FormerSurnames, Nicknames: c.Nicknames, Emails: c.Emails,
		Phones: c.Phones, Personnummer: c.Personnummer, CustomerNo: c.CustomerNo, Handles: c.Handles,
	}
	for _, a := range c.Addresses {
		p.Addresses = append(p.Addresses, mention.Address(a))
	}
	return p
}

// Prediction is what was found in a line.
type Prediction struct {
	ID    string `json:"id"`
	Spans []Span `json:"spans"`
}

// Span holds byte offsets into the text, End exclusive.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Find gives the likely and certain mentions of the subject in a line, whose text counts as a row of the subject's own.
func (l Line) Find() Prediction {
	c := mention.Context{Linked: true}
	for _, o := range l.Others {
		c.Others = append(c.Others, o.mention())
	}
	out := Prediction{ID: l.ID, Spans: []Span{}}
	for _, s := range mention.New(l.Subject.mention()).Find(l.Text, c) {
		if s.Confidence >= mention.Likely {
			out.Spans = append(out.Spans, Span{s.Start, s.End})
		}
	}
	return out
}

// Read gives the lines one after another. An error names the line and not what stands in it.
func Read(in io.Reader, fn func(Line) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var l Line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.ID == "" {
			return fmt.Errorf("line %d: not a JSON object with id, subject, others and text", n)
		}
		if err := fn(l); err != nil {
			return err
		}
	}
	return lines.Err()
}

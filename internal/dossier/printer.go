package dossier

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"insyn/internal/wording"
)

// Printer puts a dossier into the words of one language. All renderings take what they say from it, so that the files
// say what the page says.
type Printer struct {
	Texts *wording.Texts
	Lang  string
	Loc   *time.Location

	// Closes is when the page closes; NewLink is where a new link is asked for, and NewLinkDays how long that works
	// after the case is closed. Left out when zero.
	Closes      time.Time
	NewLink     string
	NewLinkDays int
	// Openings are who opened the page, a line each.
	Openings []string

	plain bool // a file wants no blocks
}

// Passage is one text, as plain text and as blocks for a page.
type Passage struct {
	Text   string
	Blocks []wording.Block
}

// Label is a short text of our own pages.
func (p Printer) Label(key string) string { return p.Texts.Label(p.Lang, key) }

func (p Printer) passage(key string, v wording.Vars) (Passage, error) {
	text, err := p.Texts.Text(p.Lang, key, v)
	if err != nil || p.plain {
		return Passage{Text: text}, err
	}
	blocks, err := p.Texts.Blocks(p.Lang, key, v)
	return Passage{Text: text, Blocks: blocks}, err
}

func plainPassage(s string) Passage {
	return Passage{Text: s, Blocks: []wording.Block{{Kind: wording.Paragraph, Inlines: []wording.Inline{{Text: s}}}}}
}

// Vars are the values that the texts about a dossier need.
func (p Printer) Vars(m Meta) wording.Vars {
	var searched []string
	for _, l := range m.Searched {
		searched = append(searched, l.In(p.Lang))
	}
	v := wording.Vars{
		"controller":         m.Controller.Name,
		"controller_address": m.Controller.Address,
		"switchboard":        m.Controller.Switchboard,
		"dpo_name":           m.Controller.DPOName,
		"dpo_title":          m.Controller.DPOTitle.In(p.Lang),
		"dpo_email":          m.Controller.DPOEmail,
		"dpo_phone":          m.Controller.DPOPhone,
		"created_date":       wording.DateTime(m.AsOf, p.Loc, p.Lang),
		"searched_systems":   p.And(searched),
		"portable":           m.Portable,
		"automated":          wording.Answer(m.Automated.State),
		"transfer":           wording.Answer(m.Transfers.State),
	}
	if m.RequestID != 0 {
		v["case_id"] = caseID(m.RequestID)
	}
	if !p.Closes.IsZero() {
		v["link_expires"] = wording.DateTime(p.Closes, p.Loc, p.Lang)
	}
	return v
}

// And joins words as a sentence does: a, b and c.
func (p Printer) And(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + p.Label("file.and") + " " + words[n-1]
	}
}

// Value is a datum for people: dates in words, yes and no, what is withheld and why.
func (p Printer) Value(f Field, v Value) string {
	if v.Withheld != "" {
		return p.withheld(v.Withheld)
	}
	s, isString := stringOf(v.JSON)
	switch f.Type {
	case "date":
		if t, err := time.Parse(time.DateOnly, s); isString && err == nil {
			return wording.Date(t, time.UTC, p.Lang)
		}
	case "time":
		if t, err := time.Parse(time.RFC3339Nano, s); isString && err == nil {
			return wording.DateTime(t, p.Loc, p.Lang)
		}
		if t, err := time.Parse("2006-01-02T15:04:05.999999", s); isString && err == nil {
			return wording.Date(t, time.UTC, p.Lang) + " " + t.Format("15:04")
		}
	}
	return p.Cell(f, v)
}

// Cell is a datum for a spreadsheet: as the database holds it, but codes in words, without JSON's quotes, and lists on
// one line.
func (p Printer) Cell(f Field, v Value) string {
	if v.Withheld != "" {
		return p.withheld(v.Withheld)
	}
	return p.cell(v.JSON, f.Words)
}

// word is what a code means, or the code where nobody has said.
func (p Printer) word(words map[string]Label, code string) string {
	if l, ok := words[code]; ok {
		return l.In(p.Lang)
	}
	return code
}

func (p Printer) cell(raw json.RawMessage, words map[string]Label) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		s, _ := stringOf(raw)
		return p.word(words, s)
	case 'n':
		return ""
	case 't':
		return p.Label("file.yes")
	case 'f':
		return p.Label("file.no")
	case '[':
		var parts []json.RawMessage
		if json.Unmarshal(raw, &parts) != nil {
			return string(raw)
		}
		said := make([]string, len(parts))
		for i, part := range parts {
			said[i] = p.cell(part, words)
		}
		return strings.Join(said, "; ")
	case '{':
		return p.object(raw, words)
	}
	return string(raw)
}

// object writes "key: value; key: value" in the order of the database. The words are those of its keys: a value of the
// same spelling is no code.
func (p Printer) object(raw json.RawMessage, words map[string]Label) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return string(raw)
	}
	var parts []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return string(raw)
		}
		var val json.RawMessage
		if err := d.Decode(&val); err != nil {
			return string(raw)
		}
		name, _ := key.(string)
		parts = append(parts, p.word(words, name)+": "+p.cell(val, nil))
	}
	return strings.Join(parts, "; ")
}

func (p Printer) withheld(reason string) string {
	if key := "file.withheld." + reason; p.Texts.Has(key) {
		return p.Label(key)
	}
	return p.Label("file.withheld")
}

func stringOf(raw json.RawMessage) (string, bool) {
	if n := len(raw); n > 1 && raw[0] == '"' && plain(raw) && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : n-1]), true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

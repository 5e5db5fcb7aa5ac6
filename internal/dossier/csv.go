package dossier

import (
	"bufio"
	"io"
	"strings"
	"unicode"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// SafeCell makes a text harmless in a spreadsheet: one that would be taken for a formula gets an apostrophe in front
// (CWE-1236). So does one that begins with an apostrophe, which makes the change reversible: take one away from
// whatever begins with one.
func SafeCell(s string) string {
	rest := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != '\t' && r != '\r' || r == '\ufeff' })
	if rest == "" {
		return s
	}
	r := []rune(rest[:min(len(rest), 4)])[0]
	if strings.ContainsRune("=+-@\t\r\x00＝＋－＠−﹢﹣﹦﹫'", r) {
		return "'" + s
	}
	return s
}

// table writes CSV as RFC 4180 has it: commas, CRLF, quotes doubled. Line breaks inside a value stay as they are, which
// encoding/csv cannot do together with CRLF.
type table struct {
	w   *bufio.Writer
	err error
}

func newTable(w io.Writer) *table {
	t := &table{w: bufio.NewWriterSize(w, 32<<10)}
	t.put(byteOrderMark)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		if i > 0 {
			t.put(",")
		}
		c = SafeCell(c)
		if strings.ContainsAny(c, ",;\"\r\n\t") || c != strings.TrimSpace(c) {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		t.put(c)
	}
	t.put("\r\n")
}

func (t *table) put(s string) {
	if t.err == nil {
		_, t.err = t.w.WriteString(s)
	}
}

func (t *table) end() error {
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// CSV writes the whole dossier as one readable file: what is said beside the data, and each section as a block.
func (p Printer) CSV(w io.Writer, r *Reader) error {
	p.plain = true
	t := newTable(w)
	if err := p.front(t, r); err != nil {
		return err
	}
	for _, s := range r.Filled() {
		t.row()
		t.row(s.Label.In(p.Lang))
		facts, err := p.Facts(r.Meta(), s.Section)
		if err != nil {
			return err
		}
		for _, f := range facts {
			t.row(f.Term, f.Text)
		}
		if err := p.rows(t, r, s); err != nil {
			return err
		}
	}
	if err := p.back(t, r); err != nil {
		return err
	}
	return t.end()
}

// front is what stands before the data: whose file it is, how to read it, how it came about.
func (p Printer) front(t *table, r *Reader) error {
	m := r.Meta()
	title, err := p.passage("access.title", p.Vars(m))
	if err != nil {
		return err
	}
	summary, err := p.Summary(r)
	if err != nil {
		return err
	}
	t.row(title.Text)
	t.row(p.Label("file.csv_note"))
	t.row(summary.Text)
	life, err := p.lifetime(m)
	if err != nil {
		return err
	}
	if life.Text != "" {
		t.row(life.Text)
	}
	if why := m.Refused.In(p.Lang); why != "" {
		t.row(why)
	}
	return nil
}

// back is what stands after the data.
func (p Printer) back(t *table, r *Reader) error {
	object, err := p.Object(r)
	if err != nil {
		return err
	}
	parts, err := p.About(r)
	if err != nil {
		return err
	}
	if len(p.Openings) > 0 {
		parts = append(parts, p.opened())
	}
	t.row()
	t.row(object.Text)
	for _, part := range parts {
		t.row()
		t.row(part.Heading)
		for _, text := range part.Passages {
			for line := range strings.SplitSeq(text.Text, "\n") {
				if line = strings.TrimPrefix(line, "- "); line != "" {
					t.row(line)
				}
			}
		}
	}
	return nil
}

// rows writes the header and the records of a section.
func (p Printer) rows(t *table, r *Reader, s SectionInfo) error {
	head := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		head[i] = f.Label.In(p.Lang)
	}
	t.row(head...)
	cells := make([]string, len(s.Fields))
	for rec, err := range r.Records(s.ID, 0, -1) {
		if err != nil {
			return err
		}
		for i, v := range rec.Values {
			cells[i] = p.Cell(s.Fields[i], v)
		}
		t.row(cells...)
		if t.err != nil {
			return t.err
		}
	}
	return nil
}

// SectionCSV writes one section as a table of its own.
func (p Printer) SectionCSV(w io.Writer, r *Reader, s SectionInfo) error {
	t := newTable(w)
	if err := p.rows(t, r, s); err != nil {
		return err
	}
	return t.end()
}

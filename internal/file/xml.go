package file

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element that is open.
type element struct {
	local     string
	source    string // of its start tag
	from      int
	paragraph bool // it, or one around it, holds one text
}

// part of an office document: XML gone through token by token, so that only what changes is written anew.
type part struct {
	*walk
	grammar
	open  []element
	line  run
	edits []edit
}

func (w *walk) xml(b []byte, g grammar) ([]byte, bool, error) {
	c := codings(b, declared(b))[0]
	s := c.decode(b)
	p := part{walk: w, grammar: g}
	if err := p.read(s); err != nil {
		return b, false, err
	}
	if len(p.edits) == 0 {
		return b, false, nil
	}
	out, err := c.apply(b, s, p.edits, reference)
	return out, err == nil, err
}

func (p *part) read(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	// The text is UTF-8 already, whatever its declaration says. Entities other than XML's own five are an error, so none can expand.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		from := int(d.InputOffset())
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(p.open) == 0 {
			return p.flush()
		}
		if err != nil {
			return unreadable("xml", err)
		}
		to := int(d.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			err = p.start(t.Name.Local, s[from:to], from)
		case xml.EndElement:
			err = p.end(t.Name.Local)
		case xml.CharData:
			p.chars(string(t), from, to)
		case xml.Comment:
			p.edits, err = p.aside(p.edits, s[from:to], from)
		}
		if err != nil {
			return err
		}
	}
}

func (p *part) flush() error {
	edits, err := p.walk.flush(&p.line)
	p.edits = append(p.edits, edits...)
	return err
}

// aside is a comment.
func (p *part) aside(edits []edit, source string, at int) ([]edit, error) {
	out, err := p.text(source)
	if err == nil && out != source {
		edits = append(edits, edit{at, at + len(source), inComment(out)})
	}
	return edits, err
}

func (p *part) inside() bool { return len(p.open) > 0 && p.open[len(p.open)-1].paragraph }

func (p *part) start(local, source string, from int) error {
	if len(p.open) >= MaxElements {
		return ErrTooLarge
	}
	e := element{local: local, source: source, from: from}
	e.paragraph = p.paragraph[local] || p.inside() && !p.apart[local]
	var err error
	if p.boundary(e, p.inside()) {
		err = p.flush()
	}
	if gap, ok := p.gap[local]; ok && p.inside() {
		p.line.gap(gap)
	}
	p.open = append(p.open, e)
	if err != nil {
		return err
	}
	return p.attributesOf(e)
}

func (p *part) end(local string) error {
	if len(p.open) == 0 || p.open[len(p.open)-1].local != local {
		return unreadable("xml", ErrUnreadable)
	}
	e := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	if p.boundary(e, p.inside()) {
		return p.flush()
	}
	return nil
}

// boundary: a paragraph begins and ends a text, and outside of them so does every element.
func (p *part) boundary(e element, around bool) bool {
	return p.paragraph[e.local] || !e.paragraph || e.paragraph != around
}

func (p *part) chars(text string, from, to int) {
	if len(p.open) == 0 {
		return
	}
	e := p.open[len(p.open)-1]
	blank := strings.TrimSpace(text) == ""
	if p.skip[e.local] || blank && !p.white[e.local] && (!p.mixed || !p.inside()) {
		return
	}
	piece := piece{from: from, to: to, text: text, write: escape, fixed: p.grammar.fixed[e.local]}
	switch {
	case e.local == "v" && len(p.open) > 1 && p.open[len(p.open)-2].local == "c":
		if !cell(p.open[len(p.open)-2], &piece) {
			return
		}
	case p.white[e.local] && !strings.Contains(e.source, "xml:space") && !strings.HasPrefix(e.source, "<a:"):
		// Word and Excel drop white space at the ends, unless it is said to matter.
		piece.also = func(text string) []edit {
			if strings.TrimSpace(text) == text {
				return nil
			}
			at := e.from + len(e.source) - 1
			return []edit{{at, at, ` xml:space="preserve"`}}
		}
	}
	p.line.add(piece)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")

// escape also drops what XML cannot hold, as a mangled text may.
func escape(s string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		if r < 32 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s))
}

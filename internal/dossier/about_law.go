package dossier

import (
	"fmt"

	"insyn/internal/wording"
)

func (p Printer) transfers(r *Reader) (Part, error) {
	return p.answer(r, "transfers", "access.transfer_", r.Meta().Transfers)
}

func (p Printer) automated(r *Reader) (Part, error) {
	return p.answer(r, "automated", "access.automated_", r.Meta().Automated)
}

// answer prints a question of the settings; while it is unanswered neither yes nor no is printed.
func (p Printer) answer(r *Reader, id, key string, a Answer) (Part, error) {
	part := Part{ID: id, Heading: p.Label("file." + id + "_heading")}
	if a.State != "yes" && a.State != "no" {
		return part, nil
	}
	v := p.Vars(r.Meta())
	for name, text := range a.Parts {
		v[name] = text
	}
	text, err := p.passage(key+a.State, v)
	part.Passages = []Passage{text}
	return part, err
}

// leftOut says what was covered or left out, and where; nothing when nothing was.
func (p Printer) leftOut(r *Reader) (Part, error) {
	part := Part{ID: "left_out", Heading: p.Label("file.left_out_heading")}
	var where []string
	for _, s := range r.Filled() {
		if n := s.Masked + s.Withheld; n > 0 {
			where = append(where, fmt.Sprintf("%s (%s)", s.Label.In(p.Lang), wording.Thousands(int(n), p.Lang)))
		}
	}
	if len(where) == 0 {
		return part, nil
	}
	text, err := p.passage("access.left_out", wording.Vars{"what": p.Label("file.left_out_what") + " " + p.And(where)})
	part.Passages = []Passage{text}
	return part, err
}

func (p Printer) rights(r *Reader) (Part, error) {
	text, err := p.passage("access.rights", p.Vars(r.Meta()))
	return Part{ID: "rights", Heading: p.Label("access.rights_heading"), Passages: []Passage{text}}, err
}

func (p Printer) complaint(r *Reader) (Part, error) {
	part := Part{ID: "complaint", Heading: p.Label("file.complaint_heading")}
	if own := r.Meta().Controller.Authority.In(p.Lang); own != "" {
		part.Passages = []Passage{plainPassage(own)}
		return part, nil
	}
	text, err := p.passage("common.authority", nil)
	part.Passages = []Passage{text}
	return part, err
}

func (p Printer) dpo(r *Reader) (Part, error) {
	m := r.Meta()
	text, err := p.passage("common.dpo", p.Vars(m))
	part := Part{ID: "dpo", Heading: p.Label("file.dpo_heading"), Passages: []Passage{text}}
	if m.Controller.Address != "" {
		part.Passages = append(part.Passages, plainPassage(m.Controller.Name+", "+oneLine(m.Controller.Address)+", "+m.Controller.Switchboard))
	}
	return part, err
}

// opened says who has opened the page, in files; the page has a place of its own for that.
func (p Printer) opened() Part {
	part := Part{ID: "opened", Heading: p.Label("share.openings_heading"), List: true}
	for _, line := range p.Openings {
		part.Passages = append(part.Passages, plainPassage(line))
	}
	return part
}

// Fact is one line about a section.
type Fact struct{ Term, Text string }

// Facts says of a section what it is, why we have it, on what basis, from where, to whom and how long.
func (p Printer) Facts(m Meta, s Section) ([]Fact, error) {
	var facts []Fact
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, Fact{Term: p.Label("file.fact." + key), Text: text})
		}
	}
	add("what", s.Intro.In(p.Lang))
	for _, key := range s.Purposes {
		purpose := m.Purposes[key]
		term, explained, err := p.Basis(purpose)
		if err != nil {
			return nil, err
		}
		add("why", purpose.Text.In(p.Lang))
		add("basis", term+". "+upperFirst(explained))
	}
	var from, to, keep []string
	for _, key := range s.Provenance {
		from = append(from, p.Provenance(key))
	}
	for _, key := range s.Recipients {
		to = append(to, m.Recipients[key].Name)
	}
	for _, key := range s.Retention {
		keep = append(keep, p.Rule(m.Retention[key]))
	}
	add("from", p.And(from))
	add("to", p.And(to))
	add("how_long", p.And(keep))
	return facts, nil
}

// Lifetime says when the page closes and how a new link is had; nothing where that is not known.
func (p Printer) Lifetime(m Meta) ([]wording.Block, error) {
	text, err := p.lifetime(m)
	return text.Blocks, err
}

func (p Printer) lifetime(m Meta) (Passage, error) {
	if p.Closes.IsZero() || p.NewLink == "" {
		return Passage{}, nil
	}
	v := p.Vars(m)
	v["new_link_days"], v["new_link_url"] = p.NewLinkDays, p.NewLink
	return p.passage("access.link_lifetime", v)
}

package dossier

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"insyn/internal/wording"
)

// Part is a heading with what stands below it.
type Part struct {
	ID       string
	Heading  string
	List     bool // the passages are bullets
	Passages []Passage
}

func caseID(id int64) string { return strconv.FormatInt(id, 10) }

// Summary says whether we have data and how the page came about.
func (p Printer) Summary(r *Reader) (Passage, error) {
	m := r.Meta()
	if m.Nothing {
		return p.passage("access.summary_none", p.Vars(m))
	}
	return p.passage("access.summary", p.Vars(m))
}

// Object is the box on the right to object. It stands apart from everything else (GDPR Art. 21(4)).
func (p Printer) Object(r *Reader) (Passage, error) {
	return p.passage("access.object_box", p.Vars(r.Meta()))
}

// About is everything that is said beside the data and that has no box of its own, in the order of the page.
func (p Printer) About(r *Reader) ([]Part, error) {
	var parts []Part
	for _, f := range []func(*Reader) (Part, error){
		p.why, p.recipients, p.retention, p.origins, p.register, p.transfers, p.automated, p.leftOut, p.rights, p.complaint, p.dpo,
	} {
		part, err := f(r)
		if err != nil {
			return nil, err
		}
		if len(part.Passages) > 0 {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// uses groups the sections by what keys gives of them, in the order of first use, with the labels of the sections.
func (p Printer) uses(r *Reader, keys func(Section) []string) (order []string, labels map[string][]string) {
	labels = map[string][]string{}
	for _, s := range r.Filled() {
		for _, k := range keys(s.Section) {
			if k == "" || slices.Contains(labels[k], s.Label.In(p.Lang)) {
				continue
			}
			if _, seen := labels[k]; !seen {
				order = append(order, k)
			}
			labels[k] = append(labels[k], s.Label.In(p.Lang))
		}
	}
	return order, labels
}

func (p Printer) why(r *Reader) (Part, error) {
	m := r.Meta()
	part := Part{ID: "why", Heading: p.Label("access.why_heading"), List: true}
	order, labels := p.uses(r, func(s Section) []string { return s.Purposes })
	for _, key := range order {
		purpose, ok := m.Purposes[key]
		if !ok {
			return part, fmt.Errorf("dossier of request %d: purpose %s is not explained", m.RequestID, key)
		}
		term, explained, err := p.Basis(purpose)
		if err != nil {
			return part, err
		}
		row, err := p.passage("access.why_row", wording.Vars{
			"category": p.And(labels[key]), "purpose": purpose.Text.In(p.Lang), "legal_basis": term, "legal_basis_explained": upperFirst(explained),
		})
		if err != nil {
			return part, err
		}
		part.Passages = append(part.Passages, row)
	}
	if own := m.BasisText.In(p.Lang); own != "" {
		part.Passages = append(part.Passages, plainPassage(own))
	}
	return part, nil
}

// Basis names a legal basis and explains it, with the interest or the law.
func (p Printer) Basis(purpose Purpose) (term, explained string, err error) {
	n := slices.Index([]string{"consent", "contract", "legal_obligation", "legitimate_interest"}, purpose.Basis)
	if n < 0 {
		term, explained = p.Label("file.basis."+purpose.Basis), p.Label("file.basis."+purpose.Basis+".explained")
	} else if term, explained, err = p.Texts.Item(p.Lang, "access.legal_basis_terms", n, nil); err != nil {
		return "", "", err
	}
	interest := purpose.Interest.In(p.Lang)
	switch {
	case interest == "":
	case purpose.Basis == "legal_obligation":
		explained += " " + p.Label("file.law") + " " + interest + "."
	case purpose.Basis == "legitimate_interest":
		explained += " " + p.Label("file.interest") + " " + interest + "."
	default:
		explained += " " + interest
	}
	return term, explained, nil
}

func (p Printer) recipients(r *Reader) (Part, error) {
	m := r.Meta()
	part := Part{ID: "recipients", Heading: p.Label("access.recipients_heading"), List: true}
	order, labels := p.uses(r, func(s Section) []string { return s.Recipients })
	for _, key := range order {
		rec, ok := m.Recipients[key]
		if !ok {
			return part, fmt.Errorf("dossier of request %d: recipient %s is not explained", m.RequestID, key)
		}
		row, err := p.passage("access.recipients_row", wording.Vars{
			"recipient_name": rec.Name, "recipient_role": p.role(rec.Role), "when": p.Label("file.when"),
			"what": p.And(labels[key]), "why": rec.Why.In(p.Lang),
		})
		if err != nil {
			return part, err
		}
		part.Passages = append(part.Passages, row)
	}
	if len(part.Passages) == 0 && !m.Nothing {
		part.List, part.Passages = false, []Passage{plainPassage(p.Label("file.recipients_none"))}
	}
	return part, nil
}

func (p Printer) role(role string) string {
	if key := "file.role." + role; p.Texts.Has(key) {
		return p.Label(key)
	}
	return role
}

func (p Printer) retention(r *Reader) (Part, error) {
	m := r.Meta()
	part := Part{ID: "retention", Heading: p.Label("access.retention_heading"), List: true}
	order, labels := p.uses(r, func(s Section) []string { return s.Retention })
	for _, key := range order {
		rule, ok := m.Retention[key]
		if !ok {
			return part, fmt.Errorf("dossier of request %d: retention %s is not explained", m.RequestID, key)
		}
		row, err := p.passage("access.retention_row", wording.Vars{"category": p.And(labels[key]), "rule": p.Rule(rule)})
		if err != nil {
			return part, err
		}
		part.Passages = append(part.Passages, row)
	}
	return part, nil
}

// Rule is a rule of retention with the law that demands it.
func (p Printer) Rule(rule Retention) string {
	if law := rule.Law.In(p.Lang); law != "" {
		return rule.Text.In(p.Lang) + " (" + law + ")"
	}
	return rule.Text.In(p.Lang)
}

func (p Printer) origins(r *Reader) (Part, error) {
	part := Part{ID: "sources", Heading: p.Label("access.source_heading"), List: true}
	order, labels := p.uses(r, func(s Section) []string { return s.Provenance })
	for _, key := range order {
		row, err := p.passage("access.source_row", wording.Vars{"category": p.And(labels[key]), "source": p.Provenance(key)})
		if err != nil {
			return part, err
		}
		part.Passages = append(part.Passages, row)
	}
	if reg := r.Meta().Register; reg != nil {
		row, err := p.passage("access.source_reference", wording.Vars{"provider": reg.Provider, "provider_contact": reg.Contact})
		if err != nil {
			return part, err
		}
		part.Passages = append(part.Passages, row)
	}
	return part, nil
}

// Provenance says where data came from.
func (p Printer) Provenance(key string) string {
	if k := "file.provenance." + key; p.Texts.Has(k) {
		return p.Label(k)
	}
	return key
}

// register shows what can be looked up in the reference register, apart from our own data.
func (p Printer) register(r *Reader) (Part, error) {
	part := Part{ID: "register", Heading: p.Label("file.register_heading"), List: true}
	reg := r.Meta().Register
	if reg == nil {
		return part, nil
	}
	for _, e := range reg.Entries {
		if !json.Valid(e) {
			return part, fmt.Errorf("dossier of request %d: an entry of the register is not JSON", r.Meta().RequestID)
		}
		part.Passages = append(part.Passages, plainPassage(p.cell(e, nil)))
	}
	return part, nil
}

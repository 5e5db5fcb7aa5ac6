package adminweb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/records"
)

// compareRow is one kind of fact on both cards.
type compareRow struct {
	Label        string
	Ours, Theirs []sharedText
}

// sharedText is a value; Same ones stand on both cards.
type sharedText struct {
	Text string
	Same bool
}

// cardOf reads a card; nil for one that is not there any more.
func (v *visit) cardOf(ctx context.Context, source, key string) (*person, error) {
	src := v.site.source(source)
	if src == nil || key == "" {
		return nil, nil
	}
	card, err := src.Person(ctx, key)
	if errors.Is(err, dsar.ErrNotFound) {
		return nil, nil
	}
	ref := records.Ref{Source: source, Key: key}
	return &person{ref: ref, path: v.site.personPath(ref), card: card, source: src}, err
}

func (v *visit) linkTo(p *person) subjectLink {
	return subjectLink{Path: p.path, Name: p.name(), Origin: v.sourceLabel(p.ref.Source)}
}

// compare lays two cards side by side and marks what stands on both.
func (v *visit) compare(ctx context.Context, a, b *person) ([]compareRow, error) {
	var out []compareRow
	add := func(label, kind string, ours, theirs []string) {
		if len(ours)+len(theirs) == 0 {
			return
		}
		out = append(out, compareRow{Label: v.T(label), Ours: sameAs(kind, ours, theirs), Theirs: sameAs(kind, theirs, ours)})
	}
	mails := func(c records.Person) (out []string) {
		for _, e := range c.Emails {
			out = append(out, e.Address)
		}
		return out
	}
	streets := func(c records.Person) (out []string) {
		for _, x := range c.Mention.Addresses {
			out = append(out, strings.Trim(strings.TrimSpace(strings.Join([]string{x.Street, strings.TrimSpace(x.Postcode + " " + x.City)}, ", ")), ", "))
		}
		return out
	}
	add("admin.field.name", "name", some(a.card.Name), some(b.card.Name))
	add("admin.field.email", "email", mails(a.card), mails(b.card))
	add("admin.card.phone", "phone", a.card.Phones, b.card.Phones)
	add("admin.field.address", "address", streets(a.card), streets(b.card))
	add("admin.col.organisation", "organisation", some(a.card.Organisation), some(b.card.Organisation))
	add("admin.card.personnummer", "personnummer", some(a.card.Personnummer), some(b.card.Personnummer))
	add("admin.card.customer_no", "customer_no", some(a.card.CustomerNo), some(b.card.CustomerNo))
	add("admin.tie.handle", "handle", a.card.Mention.Handles, b.card.Mention.Handles)
	ours, err := v.rowCounts(ctx, a)
	if err != nil {
		return nil, err
	}
	theirs, err := v.rowCounts(ctx, b)
	if err != nil {
		return nil, err
	}
	add("admin.card.sections", "", ours, theirs)
	return out, nil
}

// rowCounts are the sections of a card with the number of their rows.
func (v *visit) rowCounts(ctx context.Context, p *person) ([]string, error) {
	list, err := p.source.Sections(ctx, p.ref.Key)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, v.in(x.Label)+": "+v.n(x.Count))
	}
	return out, nil
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func sameAs(kind string, values, others []string) []sharedText {
	out := make([]sharedText, 0, len(values))
	for _, x := range values {
		form := records.TieValue(kind, x)
		same := kind != "" && form != "" && slices.ContainsFunc(others, func(o string) bool { return records.TieValue(kind, o) == form })
		out = append(out, sharedText{x, same})
	}
	return out
}

package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// gathering fills a dossier: what the reader is told, the sources' sections, earlier requests, the reference register.
type gathering struct {
	w        *Worker
	claim    *Claim
	request  *request.Request
	settings settings.Settings
	people   *people
}

func (g *gathering) fill(ctx context.Context, sink dossier.Sink) error {
	meta, err := g.meta(ctx)
	if err != nil {
		return err
	}
	if err := sink.Meta(meta); err != nil {
		return err
	}
	portable := g.request.Kind == dsar.Portability && meta.Portable
	counted := &progress{Sink: sink, claim: g.claim}
	for _, name := range slices.Sorted(maps.Keys(g.people.keys)) {
		src, err := g.w.source(name)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		if err := src.Collect(ctx, g.people.keys[name], records.CollectOptions{Portable: portable}, counted); err != nil {
			return err
		}
	}
	if portable {
		return nil
	}
	if g.request.Kind == dsar.Access {
		if err := g.elsewhereSection(ctx, counted); err != nil {
			return err
		}
	}
	if err := g.registerSection(counted); err != nil {
		return err
	}
	return g.earlier(ctx, counted)
}

// meta is what Art. 15(1) and (2) ask for beside the data, from the map and the settings.
func (g *gathering) meta(ctx context.Context) (dossier.Meta, error) {
	s, r := g.settings, g.request
	authority := s.Authority
	if s.Country == "SE" {
		authority = dossier.Label{}
		for _, lang := range []string{"sv", "en"} {
			t, err := g.w.Texts.Text(lang, "common.authority", nil)
			if err != nil {
				return dossier.Meta{}, err
			}
			authority[lang] = t
		}
	}
	m := dossier.Meta{
		RequestID: r.ID, Kind: string(r.Kind), AsOf: g.people.now, Language: r.Language, Nothing: len(g.people.cards) == 0 && len(g.people.register) == 0,
		Controller: dossier.Controller{
			Name: s.Controller, Address: s.Address, Switchboard: s.Switchboard, Country: s.Country, Authority: authority,
			DPOName: s.DPOName, DPOTitle: s.DPOTitle(), DPOEmail: s.DPOEmail, DPOPhone: s.DPOPhone,
		},
		Purposes: map[string]dossier.Purpose{}, Recipients: map[string]dossier.Recipient{}, Retention: map[string]dossier.Retention{},
		Categories: map[string]dossier.Label{},
		BasisText:  s.BasisText, Automated: s.Automated, Transfers: s.Transfers,
	}
	if r.Asked {
		m.Received = r.ReceivedOn.String()
	}
	for _, name := range slices.Sorted(maps.Keys(g.people.keys)) {
		src, err := g.w.source(name)
		if err != nil {
			return m, dsar.GiveUp("no_source")
		}
		d, err := src.Describe(ctx, g.people.keys[name])
		if err != nil {
			return m, err
		}
		m.Searched = append(m.Searched, d.Searched)
		m.Portable = m.Portable || d.Portable
		maps.Copy(m.Purposes, d.Purposes)
		maps.Copy(m.Recipients, d.Recipients)
		maps.Copy(m.Retention, d.Retention)
		maps.Copy(m.Categories, d.Categories)
	}
	if r.Kind == dsar.Portability && !m.Portable {
		for _, lang := range []string{"sv", "en"} {
			if m.Refused == nil {
				m.Refused = dossier.Label{}
			}
			m.Refused[lang] = g.w.Texts.Label(lang, "access.not_portable")
		}
	}
	if g.w.Register != nil {
		p := g.w.Register.Provider()
		m.Register = &dossier.RegisterInfo{Provider: p.Name, Contact: p.Contact}
		m.Searched = append(m.Searched, dossier.Label{"sv": p.Name, "en": p.Name})
	}
	return m, nil
}

// registerSection shows what the reference register says. Its provider answers for it; we only show it.
func (g *gathering) registerSection(sink dossier.Sink) error {
	if len(g.people.register) == 0 {
		return nil
	}
	text := func(key string) dossier.Label {
		return dossier.Label{"sv": g.w.Texts.Label("sv", key), "en": g.w.Texts.Label("en", key)}
	}
	field := func(name string) dossier.Field {
		return dossier.Field{Name: name, Label: text("section.register." + name), Category: "register", Provenance: "register", Type: "text"}
	}
	err := sink.Begin(dossier.Section{
		ID: "register", Source: request.RegisterSource, Label: text("section.register"), Intro: text("section.register.intro"),
		Category: "register", Provenance: []string{"register"},
		Fields: []dossier.Field{field("id"), field("name"), field("address"), field("birth_year"), field("organisation"), field("role")},
	})
	if err != nil {
		return err
	}
	for _, e := range g.people.register {
		birth := ""
		if e.BirthYear > 0 {
			birth = fmt.Sprint(e.BirthYear)
		}
		rec, err := record(e.RegisterID, e.Given+" "+e.Surname, e.Street+", "+e.Postcode+" "+e.City, birth, e.Organisation, e.Role)
		if err != nil {
			return err
		}
		if err := sink.Record(rec); err != nil {
			return err
		}
	}
	return sink.End()
}

// earlier lists the person's other requests (GDPR Art. 15 covers what we hold of them here too).
func (g *gathering) earlier(ctx context.Context, sink dossier.Sink) error {
	list, err := g.w.store.List(ctx, request.Filter{Subject: g.request.Person().HMAC, Limit: 1000})
	if err != nil {
		return err
	}
	text := func(key string) dossier.Label {
		return dossier.Label{"sv": g.w.Texts.Label("sv", key), "en": g.w.Texts.Label("en", key)}
	}
	field := func(name string) dossier.Field {
		return dossier.Field{Name: name, Label: text("section.requests." + name), Category: "requests", Provenance: "provided", Type: "text"}
	}
	kind, received, state := field("kind"), field("received"), field("state")
	received.Type = "date"
	kind.Words, state.Words = map[string]dossier.Label{}, map[string]dossier.Label{}
	for _, r := range list { // the reader picks the language later
		kind.Words[string(r.Kind)] = text("type." + string(r.Kind))
		state.Words[statusKey(r.State, r.WaitingFor)] = text(statusKey(r.State, r.WaitingFor))
	}
	err = sink.Begin(dossier.Section{
		ID: "requests", Source: "insyn", Label: text("section.requests"), Intro: text("section.requests.intro"), Category: "requests",
		Provenance: []string{"provided", "staff"}, Fields: []dossier.Field{field("case"), kind, received, state, field("wish")},
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		rec, err := record(fmt.Sprint(r.ID), string(r.Kind), r.ReceivedOn.String(), statusKey(r.State, r.WaitingFor), r.Wish)
		if err != nil {
			return err
		}
		if err := sink.Record(rec); err != nil {
			return err
		}
	}
	return sink.End()
}

func record(values ...string) (dossier.Record, error) {
	var r dossier.Record
	for _, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			return r, fmt.Errorf("encode a record: %w", err)
		}
		if v == "" {
			b = []byte("null")
		}
		r.Values = append(r.Values, dossier.Value{JSON: b})
	}
	return r, nil
}

// progress counts records for the page that watches the job.
type progress struct {
	dossier.Sink
	claim *Claim
	n     int64
}

func (p *progress) Record(r dossier.Record) error {
	p.n++
	p.claim.Progress("collect", p.n, 0)
	return p.Sink.Record(r)
}

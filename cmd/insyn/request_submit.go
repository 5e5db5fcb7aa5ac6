package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// form is what the flags of a new request hold.
type form struct {
	person, as, received, channel, language, assurance, ground, verified string
	unasked, noWait                                                      bool
	set                                                                  assignments
}

func (f *form) flags(fs *flag.FlagSet) {
	fs.StringVar(&f.person, "person", "", "")
	fs.StringVar(&f.as, "as", "", "")
	fs.StringVar(&f.received, "received", "", "")
	fs.StringVar(&f.channel, "channel", "mail", "")
	fs.StringVar(&f.language, "language", "", "")
	fs.StringVar(&f.assurance, "assurance", "", "")
	fs.StringVar(&f.ground, "ground", "", "")
	fs.StringVar(&f.verified, "verified", "", "")
	fs.BoolVar(&f.unasked, "unasked", false, "")
	fs.BoolVar(&f.noWait, "no-wait", false, "")
	fs.Var(&f.set, "set", "")
}

// assignments collects --set.
type assignments []struct{ field, value string }

// String is for the flag package; values of people are not printed.
func (s *assignments) String() string { return fmt.Sprint(len(*s)) }

// Set reads FIELD=VALUE.
func (s *assignments) Set(v string) error {
	field, value, ok := strings.Cut(v, "=")
	if !ok || field == "" {
		return errors.New("want FIELD=VALUE")
	}
	*s = append(*s, struct{ field, value string }{field, value})
	return nil
}

func (r *requester) submit(ctx context.Context, kind dsar.Kind, args []string) error {
	var f form
	fs := flags("request " + string(kind))
	f.flags(fs)
	after := r.after(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	source, key, ok := strings.Cut(f.person, ":")
	if !ok || source == "" || key == "" {
		return wrongCall("give --person SOURCE:KEY, such as crm:17")
	}
	may := []dsar.Role{dsar.DPO, dsar.Administrator, dsar.Handler}
	if kind == dsar.Erasure {
		may = []dsar.Role{dsar.DPO, dsar.Administrator}
		if f.ground == "" || f.verified == "" {
			return wrongCall("an erasure needs --ground and --verified")
		}
	}
	who, err := actor(ctx, r.parts.pool, f.as, may...)
	if err != nil {
		return err
	}
	n := request.New{
		Kind: kind, Asked: !f.unasked, Channel: f.channel, Language: f.language, Assurance: f.assurance, CreatedBy: who.ID, Handler: who.ID,
		Ground: f.ground, VerifiedHow: f.verified, NoWait: f.noWait,
	}
	if f.received != "" {
		if n.ReceivedOn, err = dsar.ParseDate(f.received); err != nil {
			return wrongCall("--received: %v", err)
		}
	}
	if err := r.fill(ctx, &n, source, key, f); err != nil {
		return err
	}
	id, _, err := r.desk.Submit(ctx, n)
	if err != nil {
		return explain(err)
	}
	return r.finish(ctx, id, after)
}

// fill adds the person, and for a correction the values of today beside the wanted ones.
func (r *requester) fill(ctx context.Context, n *request.New, source, key string, f form) error {
	if source == request.RegisterSource {
		return r.fromRegister(ctx, n, key)
	}
	sources, err := r.parts.sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if s.Name != source {
			continue
		}
		p, err := s.Person(ctx, key)
		if err != nil {
			return explain(err)
		}
		sub := request.NewSubject{Source: source, Key: key, Name: p.Name}
		for _, e := range p.Emails {
			if !e.Invalid && !e.Bounced && (sub.Address == "" || e.Primary) {
				sub.Address = e.Address
			}
		}
		n.Subjects = []request.NewSubject{sub}
		if n.Language == "" && (p.Language == "sv" || p.Language == "en") {
			n.Language = p.Language
		}
		if n.Kind == dsar.Rectification {
			n.Proposal, err = proposal(ctx, s, key, f.set)
		}
		return err
	}
	return fmt.Errorf("the data map has no source %q (INSYN_MAP)", source)
}

// fromRegister adds somebody whom only the reference register knows: they can be told what it shows, and no more.
func (r *requester) fromRegister(ctx context.Context, n *request.New, key string) error {
	if n.Kind != dsar.Access {
		return errors.New("not_ours: that person is in the reference register only, where we can change nothing; `access` works")
	}
	register, err := r.parts.register(ctx)
	if err != nil {
		return err
	}
	if register == nil {
		return errors.New("INSYN_REGISTER_DSN is not set: there is no reference register")
	}
	p, err := register.Get(ctx, key)
	if err != nil {
		return explain(err)
	}
	n.Subjects = []request.NewSubject{{Source: request.RegisterSource, Key: key, Name: strings.TrimSpace(p.Given + " " + p.Surname)}}
	return nil
}

func proposal(ctx context.Context, s *records.Source, key string, set assignments) (request.Proposal, error) {
	var out request.Proposal
	if len(set) == 0 {
		return out, wrongCall("a rectification needs --set FIELD=VALUE")
	}
	fields, err := s.EditForm(ctx, key)
	if err != nil {
		return out, explain(err)
	}
	var known []string
	for _, f := range fields {
		known = append(known, f.ID)
	}
next:
	for _, w := range set {
		for _, f := range fields {
			if f.ID != w.field {
				continue
			}
			value, problem := records.Validate(f.Kind, w.value)
			if problem != "" {
				return out, fmt.Errorf("--set %s: not valid (%s)", f.ID, problem)
			}
			out.Changes = append(out.Changes, request.Change{ID: f.ID, Label: f.Label["en"], Old: f.Value, New: value})
			continue next
		}
		return out, fmt.Errorf("--set: this person has no field %s; there are: %s", w.field, strings.Join(known, ", "))
	}
	return out, nil
}

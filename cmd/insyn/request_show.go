package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

func (r *requester) list(ctx context.Context, args []string) error {
	fs := flags("request list")
	all := fs.Bool("all", false, "")
	asJSON := fs.Bool("json", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	var f request.Filter
	if open := true; !*all {
		f.Open = &open
	}
	list, err := r.desk.List(ctx, f)
	if err != nil {
		return explain(err)
	}
	out := make([]standing, 0, len(list))
	for _, q := range list {
		out = append(out, standing{ID: q.ID, Kind: q.Kind, State: q.State, WaitingFor: q.WaitingFor, ReceivedOn: q.ReceivedOn, Due: q.Due, DueStrict: q.DueStrict})
	}
	if *asJSON {
		return json.NewEncoder(r.stdout).Encode(out)
	}
	if len(out) == 0 {
		_, err := fmt.Fprintln(r.stdout, "no open requests")
		return err
	}
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "request\tkind\tstate\twaiting for\treceived\tdue\tdue strict")
	for _, s := range out {
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, s.Kind, s.State, s.WaitingFor, s.ReceivedOn, dateOr(s.Due), dateOr(s.DueStrict))
	}
	return w.Flush()
}

func dateOr(d *dsar.Date) string {
	if d == nil {
		return "-"
	}
	return d.String()
}

// whole is a request with what belongs to it, without personal data.
type whole struct {
	standing
	Jobs  []request.Job  `json:"jobs"`
	Links []request.Link `json:"links"`
	Mails []request.Mail `json:"mails"`
	Ties  []tieStanding  `json:"ties,omitempty"` // other cards that share identifiers with the person
}

func (r *requester) show(ctx context.Context, args []string) error {
	fs := flags("request show")
	asJSON := fs.Bool("json", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(rest, "request")
	if err != nil {
		return err
	}
	var w whole
	if w.standing, err = r.standing(ctx, id); err != nil {
		return explain(err)
	}
	if w.Jobs, err = r.desk.Store.Jobs(ctx, id); err != nil {
		return explain(err)
	}
	if w.Links, err = r.desk.Links(ctx, id); err != nil {
		return explain(err)
	}
	if w.Mails, err = r.desk.Mails(ctx, id); err != nil {
		return explain(err)
	}
	if w.Ties, err = r.ties(ctx, id); err != nil {
		return explain(err)
	}
	if *asJSON {
		return json.NewEncoder(r.stdout).Encode(w)
	}
	if err := r.print(w.standing, false); err != nil {
		return err
	}
	return r.rows(w)
}

func (r *requester) rows(all whole) error {
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	for _, j := range all.Jobs {
		_, _ = fmt.Fprintf(w, "  job %d\t%s\t%s\t%s\t%s\n", j.ID, j.Kind, j.State, j.Code, at(&j.CreatedAt))
	}
	for _, t := range all.Ties {
		decision := t.Decision
		if decision == "" {
			decision = "undecided"
		}
		_, _ = fmt.Fprintf(w, "  card %s\t%s\t%s\t\t\n", t.Person, strings.Join(t.Kinds, ", "), decision)
	}
	for _, m := range all.Mails {
		_, _ = fmt.Fprintf(w, "  mail %d\t%s\t%s\t%s\t%s\n", m.ID, m.Template, m.State, m.Code, at(m.AcceptedAt))
	}
	for _, l := range all.Links {
		state := "over"
		if l.Live {
			state = "live"
		}
		if l.RevokedWhy != "" {
			state = "revoked: " + l.RevokedWhy
		}
		_, _ = fmt.Fprintf(w, "  link %d\tlevel %s\t%s\t\tuntil %s, opened %s\n", l.ID, l.Level, state, at(l.ExpiresAt), at(l.OpenedAt))
	}
	return w.Flush()
}

func at(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

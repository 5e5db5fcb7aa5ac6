package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"insyn/internal/mention"
	"insyn/internal/records"
)

func rescanCommand() command {
	return command{
		name:    "rescan",
		summary: "search whole databases for a person's identifiers",
		usage: `insyn rescan [--source NAME] --person SOURCE:KEY [--json]
insyn rescan [--source NAME] --identifiers - [--json]

Reads every table of a source, mapped or not, and prints where the person is still named: table, column and number of
rows, no values. It is the pass that proves an erasure; run it for a person who was erased elsewhere, or before one.
  --source NAME     the source to search; all of them unless given
  --person          whose identifiers to take from their card
  --identifiers -   reads identifiers from the input, one person a line as a JSON object with any of given, called, surname,
                    former_surnames, nicknames, emails, phones, personnummer, streets, customer_no, handles: one text
                    for called, personnummer and customer_no, else a list. All lines are searched for in one pass.
  --json            one finding a line
A row that a law keeps and an erasure has fenced is printed as kept and is no finding; a document or foreign table that could
not be read is printed, for somebody to look at.
Exit codes: 0 nothing found, 1 found or failed.`,
		run: runRescan,
	}
}

func runRescan(ctx context.Context, a *app, args []string) error {
	fs := flags("rescan")
	only := fs.String("source", "", "")
	person := fs.String("person", "", "")
	identifiers := fs.String("identifiers", "", "")
	asJSON := fs.Bool("json", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	owner, key, ok := strings.Cut(*person, ":")
	switch {
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case (*person == "") == (*identifiers == ""):
		return wrongCall("give --person or --identifiers -")
	case *person != "" && !ok:
		return wrongCall("give --person SOURCE:KEY, such as crm:17")
	case *identifiers != "" && *identifiers != "-":
		return wrongCall("--identifiers: only - is read, since everybody on the machine sees arguments")
	}
	cfg, _, err := readConfig(a.env, procWorker)
	if err != nil {
		return err
	}
	p := &parts{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	defer p.close()
	sources, err := p.sources(ctx)
	if err != nil {
		return err
	}
	var wanted []records.Wanted
	if *person != "" {
		wanted, err = onCard(ctx, sources, owner, key)
	} else {
		wanted, err = onInput(a.stdin)
	}
	if err != nil {
		return err
	}
	if *only != "" {
		if sources = slices.DeleteFunc(sources, func(s *records.Source) bool { return s.Name != *only }); len(sources) == 0 {
			return fmt.Errorf("the data map has no source %q", *only)
		}
	}
	if len(sources) == 0 {
		return errors.New("INSYN_MAP is not set: there is nothing to search")
	}
	return a.rescan(ctx, sources, wanted, *asJSON)
}

// placed is a finding with where it belongs.
type placed struct {
	Source string `json:"source"`
	Line   int64  `json:"line,omitempty"` // of the input
	records.Finding
}

func (a *app) rescan(ctx context.Context, sources []*records.Source, wanted []records.Wanted, asJSON bool) error {
	var all []placed
	found := false
	for _, s := range sources {
		bar := newBar(a.stderr, s.Name)
		byLine, err := s.RescanMany(ctx, wanted, bar.show)
		bar.clear()
		if err != nil {
			return err
		}
		for _, line := range slices.Sorted(maps.Keys(byLine)) {
			for _, f := range byLine[line] {
				all = append(all, placed{s.Name, line, f})
				found = found || f.Rows > 0 && !f.Retained
			}
		}
	}
	if err := a.printPlaces(all, asJSON, len(wanted) > 1); err != nil {
		return err
	}
	if found {
		return errNo
	}
	return nil
}

func (a *app) printPlaces(all []placed, asJSON, many bool) error {
	if asJSON {
		e := json.NewEncoder(a.stdout)
		for _, f := range all {
			if err := e.Encode(f); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.stdout, "nothing found")
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, f := range all {
		if many {
			_, _ = fmt.Fprintf(w, "line %d\t", f.Line)
		}
		column, what := f.Column, fmt.Sprintf("%d rows", f.Rows)
		if column == "" {
			column = "-"
		}
		switch {
		case f.Unreadable > 0:
			what = fmt.Sprintf("%d could not be read", f.Unreadable)
		case f.Retained:
			what += ", kept: " + f.Law
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Source, f.Table, column, what)
	}
	return w.Flush()
}

// onCard takes the identifiers of a person from their own source.
func onCard(ctx context.Context, sources []*records.Source, owner, key string) ([]records.Wanted, error) {
	for _, s := range sources {
		if s.Name != owner {
			continue
		}
		p, err := s.Identifiers(ctx, []string{key})
		if err != nil {
			return nil, err
		}
		if len(mention.Patterns(p)) == 0 {
			return nil, errors.New("this card holds no identifier: there is nothing to search for")
		}
		return []records.Wanted{{Persons: []mention.Person{p}}}, nil
	}
	return nil, fmt.Errorf("the data map has no source %q", owner)
}

// given is a person as a line of the input names them.
type given struct {
	Given          []string `json:"given"`
	Called         string   `json:"called"`
	Surname        []string `json:"surname"`
	FormerSurnames []string `json:"former_surnames"`
	Nicknames      []string `json:"nicknames"`
	Emails         []string `json:"emails"`
	Phones         []string `json:"phones"`
	Personnummer   string   `json:"personnummer"`
	Streets        []string `json:"streets"`
	CustomerNo     string   `json:"customer_no"`
	Handles        []string `json:"handles"`
}

// onInput reads people, one a line. An error names the line and not what stands there.
func onInput(r io.Reader) ([]records.Wanted, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var out []records.Wanted
	for n := int64(1); ; n++ {
		var g given
		err := d.Decode(&g)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("person %d of the input is no JSON object with the names that `insyn help rescan` lists", n)
		}
		p := mention.Person{
			Given: g.Given, Called: g.Called, Surname: g.Surname, FormerSurnames: g.FormerSurnames, Nicknames: g.Nicknames, Emails: g.Emails,
			Phones: g.Phones, Personnummer: g.Personnummer, CustomerNo: g.CustomerNo, Handles: g.Handles,
		}
		for _, s := range g.Streets {
			p.Addresses = append(p.Addresses, mention.Address{Street: s})
		}
		if len(mention.Patterns(p)) == 0 {
			return nil, fmt.Errorf("person %d of the input has no identifier: a single name is none", n)
		}
		out = append(out, records.Wanted{ID: n, Persons: []mention.Person{p}})
	}
	if len(out) == 0 {
		return nil, errors.New("the input names nobody")
	}
	return out, nil
}

// bar shows on a terminal how far a pass is.
type bar struct {
	to    io.Writer // nil where nobody looks
	what  string
	shown int64
}

func newBar(w io.Writer, what string) *bar {
	b := &bar{what: what, shown: -1}
	if f, ok := w.(*os.File); ok {
		if about, err := f.Stat(); err == nil && about.Mode()&os.ModeCharDevice != 0 {
			b.to = w
		}
	}
	return b
}

func (b *bar) show(done, total int64) {
	if percent := done * 100 / max(1, total); b.to != nil && percent != b.shown {
		b.shown = percent
		_, _ = fmt.Fprintf(b.to, "\r%s [%-40s] %3d %%", b.what, strings.Repeat("#", int(percent*40/100)), percent)
	}
}

func (b *bar) clear() {
	if b.to != nil {
		_, _ = fmt.Fprint(b.to, "\r\x1b[K")
	}
}

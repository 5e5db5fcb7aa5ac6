package property

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"insyn/internal/dossier"
	"insyn/internal/records"
)

// told is what a person gets, by table and row number, and there by column.
type told struct {
	section dossier.Section
	rows    map[string]map[string]string
}

func (d *told) Meta(dossier.Meta) error { return nil }

func (d *told) Begin(s dossier.Section) error {
	d.section = s
	return nil
}

func (d *told) Record(r dossier.Record) error {
	row := map[string]string{}
	for i, f := range d.section.Fields {
		value := string(r.Values[i].JSON)
		var s string
		if json.Unmarshal(r.Values[i].JSON, &s) == nil {
			value = s
		}
		row[f.Name] = value
	}
	d.rows[d.section.ID+" "+row["rid"]] = row
	return nil
}

func (d *told) End() error { return nil }

func (in *installed) collect(ctx context.Context, t *rapid.T, i int) map[string]map[string]string {
	out := &told{rows: map[string]map[string]string{}}
	if err := in.source.Collect(ctx, []string{in.people[i].text()}, records.CollectOptions{}, out); err != nil {
		t.Fatal(err)
	}
	return out.rows
}

// collectBefore: the subject gets all that is theirs, and others nothing of it.
func (in *installed) collectBefore(ctx context.Context, t *rapid.T) {
	for i, p := range in.people {
		if p.group || p.root != i {
			continue
		}
		got := in.collect(ctx, t, i)
		for _, tb := range in.tables {
			if tb.says.has("disclose") {
				continue
			}
			for _, r := range tb.rows {
				in.disclosed(t, tb, r, i, got[fmt.Sprint(tb.name, " ", r.rid)])
			}
		}
	}
}

func (in *installed) disclosed(t *rapid.T, tb *table, r *row, i int, got map[string]string) {
	theirs := false
	for _, o := range r.owners {
		theirs = theirs || in.people[o].root == i
	}
	place := fmt.Sprintf("%s gets %s %d", in.people[i].full(), tb.name, r.rid)
	if theirs != (got != nil) {
		t.Errorf("%s: %v, want %v", place, got != nil, theirs)
	}
	for _, c := range tb.cols {
		v := r.cells[c.name]
		if got == nil || v == nil || !c.disclosed() {
			continue
		}
		value := got[c.name]
		own := len(in.persons(r.owners)) == 1
		if c.of != "" {
			of, ok := r.of[c.of]
			own = ok && in.people[of].root == i
		}
		if own && c.after != nil && !c.redacts && !strings.HasPrefix(*v, "{") && !strings.HasPrefix(value, "\"") && c.typ[0] != 't' {
			if !strings.Contains(value, strings.TrimSpace(*v)) && !strings.Contains(c.typ, "timestamp") && !strings.Contains(c.typ, "numeric") {
				t.Errorf("%s %s: got %q, want %q", place, c.name, value, *v)
			}
		}
		if !c.redacts {
			continue
		}
		for o, p := range in.people {
			shares := false
			for _, x := range r.owners {
				shares = shares || x == o
			}
			switch {
			case p.root == i || p.group:
			case strings.Contains(value, p.email), strings.Contains(value, p.phone), shares && strings.Contains(value, p.full()):
				t.Errorf("%s %s, which says what is %s's: %q", place, c.name, p.full(), value)
			}
		}
	}
}

// collectAfter: nobody gets anything of the subject any more.
func (in *installed) collectAfter(ctx context.Context, t *rapid.T) {
	for i, p := range in.people {
		if in.erased(i) || p.group || p.root != i {
			continue
		}
		for place, row := range in.collect(ctx, t, i) {
			for column, value := range row {
				if trace := in.traces(value); trace != "" {
					t.Errorf("after the erasure %s gets %s of %s.%s: %s", p.full(), trace, place, column, value)
				}
			}
		}
	}
}

func (c *column) disclosed() bool {
	for _, f := range c.says {
		if f.name == "disclose" && f.value == "no" || f.name == "keep" && c.name != "rid" {
			return false
		}
	}
	return true
}

package propose_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/datamap/propose"
	"insyn/internal/democrm"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
)

var asOf = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// crm gives a sample CRM of 300 persons.
func crm(t *testing.T) *pgxpool.Pool {
	t.Helper()
	return pgtest.FromTemplate(t, "propose-crm-"+string(democrm.Map()), "", func(ctx context.Context, dsn string) error {
		pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{})
		if err != nil {
			return err
		}
		defer pool.Close()
		if err := democrm.Install(ctx, pool); err != nil {
			return err
		}
		return democrm.Generate(ctx, pool, nil, democrm.Size{Persons: 300, Seed: 7, AsOf: asOf})
	})
}

// proposed proposes a map, parses it, and holds it against the live schema: what stands open are questions, nothing else.
// INSYN_KEEP_MAP names a folder to leave it in.
func proposed(t *testing.T, pool *pgxpool.Pool, person string) (*propose.Proposal, *datamap.Source) {
	t.Helper()
	p, err := propose.Propose(t.Context(), pool, propose.Options{Source: "crm", DSNEnv: "INSYN_CRM_DSN", Person: person})
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("INSYN_KEEP_MAP"); dir != "" {
		if err := os.WriteFile(dir+"/"+t.Name()+".yaml", p.YAML, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := datamap.Parse("proposal", p.YAML)
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err := datamap.Check(t.Context(), pool, m, "crm")
	if err != nil {
		t.Fatal(err)
	}
	questions := 0
	for _, one := range problems.Of(datamap.Stops, datamap.StopsErase) {
		if !strings.HasPrefix(one.Text, "undecided at line ") {
			t.Errorf("the proposed map does not fit: %s", one)
		}
		questions++
	}
	if questions == 0 {
		t.Error("the map asks nothing, so an erasure could run before anybody has read it")
	}
	s, _ := m.Source("crm")
	return p, s
}

// The sample CRM has a map written by hand; the proposal must come near it.
func TestProposalComesNearTheHandWrittenMap(t *testing.T) {
	t.Parallel()
	hand, err := datamap.Parse("datamap.yaml", democrm.Map())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := hand.Source("crm")
	p, got := proposed(t, crm(t), "crm.person")
	var columns, roles, sameRole, sameAction int
	for _, e := range want.Tables {
		g, ok := got.Table(e.Name)
		if !ok {
			t.Errorf("%s is not mapped", e.Name)
			continue
		}
		for _, path := range append(e.Value.Paths, e.Value.Near...) {
			found := func(o datamap.Path) bool { return route(o) == route(path) }
			if !slices.ContainsFunc(append(g.Paths, g.Near...), found) {
				t.Errorf("%s: the path %s is not found", e.Name, route(path))
			}
		}
		for _, c := range e.Value.Columns {
			columns++
			other := g.Column(c.Name)
			if c.Value.Role != "" || other.Role != "" {
				roles++
				if other.Role == c.Value.Role {
					sameRole++
				} else {
					t.Logf("%s.%s: role %q, by hand %q", e.Name, c.Name, other.Role, c.Value.Role)
				}
			}
			if a, b := class(g, other), class(e.Value, c.Value); a == b {
				sameAction++
			} else {
				t.Logf("%s.%s: %s, by hand %s", e.Name, c.Name, a, b)
			}
		}
	}
	for _, x := range want.Exclude {
		if _, ok := got.Exclude.Get(x.Name); !ok {
			t.Errorf("%s is not excluded", x.Name)
		}
	}
	if got.Subject.MergedInto != want.Subject.MergedInto || got.Staff == nil || *got.Staff != *want.Staff {
		t.Errorf("got subject %+v and staff %+v, want %+v and %+v", got.Subject, got.Staff, want.Subject, want.Staff)
	}
	t.Logf("%d of %d columns with the same class of action, %d of %d with the same role", sameAction, columns, sameRole, roles)
	if sameAction*100 < columns*85 || sameRole*100 < roles*90 {
		t.Error("that is too far from the map written by hand")
	}
	if p.Summary.Median > 3 {
		t.Errorf("%d decisions a table in the median, want 3 at most", p.Summary.Median)
	}
}

// route is a path as text.
func route(p datamap.Path) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", p.As, p.When)
	for _, h := range p.Hops {
		fmt.Fprintf(&b, " -> %s %v %q", h.Table, h.On, h.When)
	}
	return b.String()
}

// class is what becomes of a column, without the details.
func class(t *datamap.Table, c *datamap.Column) string {
	switch {
	case t.Erase == datamap.CutLink, t.Erase == datamap.DeleteRow && len(t.Paths) == 1:
		return "gone"
	case t.Kept(c.Name):
		return "kept by law"
	case len(c.JSON) > 0:
		return "erased"
	}
	switch c.Erase.Action {
	case datamap.NoAction:
		return "kept"
	case datamap.Redact, datamap.Cut, datamap.Generalise:
		return string(c.Erase.Action)
	}
	return "erased"
}

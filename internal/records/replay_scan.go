package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// identifying are the roles whose values are hashed one by one.
var identifying = []string{"email", "phone", "personnummer", "customer_no", "handle"}

// candidates are the cards that hold a value of a lost erasure. Reading whole cards of everybody costs minutes, so the
// tables are read through once, a few columns each, and only the cards that come up are looked at.
func (f *finding) candidates(ctx context.Context) ([]string, error) {
	tx, err := f.s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	keys := map[string]bool{}
	seen := 0
	for _, t := range f.s.plan.Tables {
		columns := identifyingColumns(t)
		if len(columns) == 0 {
			continue
		}
		for _, p := range t.Paths {
			if !p.Owns() {
				continue
			}
			if err := f.scan(ctx, tx, t, p, columns, keys, &seen); err != nil {
				return nil, fmt.Errorf("read %s: %w", t.Name, err)
			}
		}
	}
	out := make([]string, 0, len(keys))
	for k := range keys {
		out = append(out, k)
	}
	slices.Sort(out)
	return out, nil
}

func identifyingColumns(t *datamap.PlannedTable) []string {
	var out []string
	for _, name := range roleColumns(t) {
		col, is := roleOf(t, name)
		has := slices.Contains(identifying, is.Role)
		for _, r := range col.JSON {
			has = has || slices.Contains(identifying, r.Value.Role)
		}
		if has {
			out = append(out, name)
		}
	}
	return out
}

func (f *finding) scan(ctx context.Context, tx pgx.Tx, t *datamap.PlannedTable, p datamap.Path, columns []string, keys map[string]bool, seen *int) error {
	j := pathSQL{f.s.plan}.join(t, p, columns, "")
	values := make([]string, 0, len(columns))
	for _, c := range columns {
		values = append(values, "t."+quote(c)+"::text")
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`select %s, array[%s] from %s where %s is not null`, j.person, strings.Join(values, ", "), j.from, j.person))
	if err != nil {
		return err
	}
	var person string
	var row []*string
	_, err = pgx.ForEachRow(rows, []any{&person, &row}, func() error {
		c := card{roles: map[string][]string{}}
		c.take(f.s, t, p, columns, row)
		strong, weak := f.Hash.identifiers(f.s, c.mention())
		for _, e := range c.emails {
			strong = append(strong, f.Hash.olderEmail(e.Address))
		}
		for _, h := range append(strong, weak...) {
			if len(f.byHash[string(h)]) > 0 {
				keys[person] = true
				break
			}
		}
		if *seen++; *seen%20_000 == 0 && f.Progress != nil {
			f.Progress(*seen)
		}
		return nil
	})
	return err
}

package propose

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/datamap"
)

// overlap counts how many of the values stand in a column. Each is looked up by itself, so that an index answers.
func (p *proposer) overlap(ctx context.Context, values []string, t *datamap.LiveTable, column string, folded bool) (int, error) {
	typ := t.Columns[column]
	if !typ.Select {
		return 0, nil
	}
	as, name := "text", "k."+pgx.Identifier{column}.Sanitize()
	query := `select count(*) from (select distinct v from unnest($1::text[]::%[1]s[]) as u (v)) as u where exists (select 1 from %[2]s as k where %[3]s = u.v)`
	ask := values
	switch {
	case typ.IsInteger():
		as, ask = "bigint", only(values, wholeNumber)
	case typ.Base == "uuid":
		as, ask = "uuid", only(values, uuidShape)
	case folded:
		// One pass over the table: there is seldom an index for it.
		name, ask = "lower("+name+"::text)", nil
		query = `select count(distinct %[3]s) from %[2]s as k where %[3]s = any($1::%[1]s[])`
		for _, v := range values {
			ask = append(ask, strings.ToLower(v))
		}
	case !isText(typ):
		name += "::text"
	}
	if len(ask) == 0 {
		return 0, nil
	}
	var n int
	err := p.read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, fmt.Sprintf(query, as, tableName(t.Name), name), ask).Scan(&n)
	})
	if err != nil {
		return 0, p.tooSlow(ctx, err)
	}
	return n, nil
}

// tooSlow lets pass what a big database or a missing right refuses; anything else is a fault.
func (p *proposer) tooSlow(ctx context.Context, err error) error {
	var pe *pgconn.PgError
	if ctx.Err() == nil && errors.As(err, &pe) && slices.Contains([]string{"57014", "55P03", "42501", "22003"}, pe.Code) {
		return nil
	}
	return errors.New("compare values with keys: " + code(err))
}

var (
	wholeNumber = regexp.MustCompile(`^\d{1,18}$`)
	uuidShape   = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
)

func only(values []string, shape *regexp.Regexp) []string {
	var out []string
	for _, v := range values {
		if shape.MatchString(v) {
			out = append(out, v)
		}
	}
	return out
}

// dense is the share of the whole numbers in a key's range that are keys, in percent: near 100 any small number is one.
func (p *proposer) dense(ctx context.Context, t *datamap.LiveTable) (int, error) {
	if len(t.Key) != 1 || !t.Columns[t.Key[0]].IsInteger() {
		return 0, nil
	}
	share := 100
	err := p.read(ctx, func(tx pgx.Tx) error {
		key := pgx.Identifier{t.Key[0]}.Sanitize()
		return tx.QueryRow(ctx, fmt.Sprintf(`
			select coalesce(100 * greatest($1::bigint, (select count(*) from (select 1 from %[2]s limit 100000) as few)) / greatest(max(%[1]s)::numeric, 1), 100)::int
			  from %[2]s`, key, tableName(t.Name)), t.Rows).Scan(&share)
	})
	if err != nil {
		return 100, p.tooSlow(ctx, err)
	}
	return min(share, 100), nil
}

package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/postgres"
)

// need is what one role must be allowed to do with columns of a table; none where the whole table is meant.
type need struct {
	role, right, table string
	columns            []string
	severity           string
}

// verbs are the rights in words.
var verbs = map[string]string{"select": "read", "insert": "add", "update": "change", "delete": "delete rows of"}

// needs are the rights that the map asks for: web reads mapped columns, worker reads whole tables and changes what an
// erasure or a correction changes, expire ends what a law kept.
func needs(s *datamap.Source, c *datamap.Catalog) []need {
	var out []need
	for _, e := range s.Tables {
		live := c.Tables[e.Name]
		if live == nil {
			continue
		}
		t := s.WithBy(e.Value, live)
		var all, written, edited []string
		for _, ce := range t.Columns {
			col := ce.Value
			typ, there := live.Columns[col.Name]
			if !there {
				continue
			}
			all = append(all, col.Name)
			changes := col.Erase.Action != datamap.NoAction || len(col.JSON) > 0 || col.Scan || col.Edit != ""
			if (changes && t.Erase == "" && !t.Kept(col.Name) || t.Freezes(col.Name)) && !typ.Generated {
				written = append(written, col.Name)
			}
			if col.Edit != "" && !typ.Generated {
				edited = append(edited, col.Name)
			}
		}
		add := func(role, right, severity string, columns []string) {
			if len(columns) > 0 {
				out = append(out, need{role, right, e.Name, columns, severity})
			}
		}
		add(postgres.RoleWeb, "select", datamap.Stops, all)
		add(postgres.RoleWorker, "select", datamap.Stops, live.Order)
		add(postgres.RoleWorker, "update", datamap.StopsErase, written)
		add(postgres.RoleWorker, "insert", datamap.OnlyWarning, edited)
		if t.Erase != "" || t.DeleteWhen != "" {
			out = append(out, need{postgres.RoleWorker, "delete", e.Name, nil, datamap.StopsErase})
		}
		if t.Keep != nil {
			add(postgres.RoleExpire, "select", datamap.StopsErase, live.Order)
			add(postgres.RoleExpire, "update", datamap.StopsErase, all)
			out = append(out, need{postgres.RoleExpire, "delete", e.Name, nil, datamap.StopsErase})
		}
	}
	if st := s.Staff; st != nil && c.Tables[st.Table] != nil {
		for _, role := range []string{postgres.RoleWeb, postgres.RoleWorker} {
			out = append(out, need{role, "select", st.Table, []string{st.Name, st.Email}, datamap.Stops})
		}
	}
	// The rescan reads every table, mapped or not.
	for name, t := range c.Tables {
		if _, mapped := s.Table(name); !mapped && t.Kind != "v" {
			out = append(out, need{postgres.RoleWorker, "select", name, t.Order, datamap.StopsErase})
		}
	}
	slices.SortStableFunc(out, func(a, b need) int { return strings.Compare(a.table+a.role, b.table+b.role) })
	return out
}

// Rights says what the roles of the processes may not do and the map needs, each with the line that grants it. It asks by
// the roles' names, so anybody may call it. Where the roles are not there (a build server's database) it says so.
func Rights(ctx context.Context, q datamap.Querier, s *datamap.Source, c *datamap.Catalog) (datamap.Problems, error) {
	roles := []string{postgres.RoleWeb, postgres.RoleWorker, postgres.RoleExpire}
	there, err := collectFrom[string](ctx, q, `select rolname::text from pg_roles where rolname = any ($1)`, roles)
	if err != nil {
		return nil, fmt.Errorf("read the rights of the roles: %w", safe(err))
	}
	if len(there) < len(roles) {
		return datamap.Problems{{
			Severity: datamap.OnlyWarning, Place: "roles", Text: strings.Join(roles, ", ") + " are not all there, so rights were not looked at",
			Mend: "run insyn migrate --source on the database that Insyn will work on",
		}}, nil
	}
	list := needs(s, c)
	var who, table, column, right []string
	var at []int
	for i, n := range list {
		columns := n.columns
		if len(columns) == 0 {
			columns = []string{""}
		}
		for _, col := range columns {
			who, table, column = append(who, n.role), append(table, quoteTable(n.table)), append(column, col)
			right, at = append(right, n.right), append(at, i)
		}
	}
	missing, err := collectFrom[int](ctx, q, `
		select u.i::integer
		  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as u (role, tab, col, priv, i)
		 where not has_schema_privilege(u.role, (select relnamespace from pg_class where oid = u.tab::regclass), 'usage')
		    or not case when u.col = '' then has_table_privilege(u.role, u.tab, u.priv) else has_column_privilege(u.role, u.tab, u.col, u.priv) end
		 order by u.i`, who, table, column, right)
	if err != nil {
		return nil, fmt.Errorf("read the rights of the roles: %w", safe(err))
	}
	lacks := make([][]string, len(list))
	for _, i := range missing {
		lacks[at[i-1]] = append(lacks[at[i-1]], column[i-1])
	}
	var out datamap.Problems
	for i, n := range list {
		if lacks[i] != nil {
			out = append(out, n.problem(lacks[i]))
		}
	}
	hidden, err := datamap.HiddenFrom(ctx, q, roles)
	if err != nil {
		return nil, fmt.Errorf("read the row level security: %w", safe(err))
	}
	for _, e := range s.Tables {
		var from []string
		for _, role := range roles {
			if slices.Contains(hidden[role], e.Name) && (role != postgres.RoleExpire || e.Value.Keep != nil) {
				from = append(from, role)
			}
		}
		if len(from) > 0 {
			out = append(out, datamap.Problem{
				Severity: datamap.Stops, Place: e.Name, Text: "row level security may hide rows from " + strings.Join(from, ", "),
				Mend: fmt.Sprintf("create policy insyn on %s to %s using (true) with check (true);", quoteTable(e.Name), strings.Join(from, ", ")),
			})
		}
	}
	return out, nil
}

func (n need) problem(columns []string) datamap.Problem {
	p := datamap.Problem{Severity: n.severity, Place: n.table}
	schema, _, _ := strings.Cut(n.table, ".")
	grant, what := n.right, ""
	if columns[0] != "" {
		what = " " + strings.Join(columns, ", ")
		if len(columns) < len(n.columns) || n.role == postgres.RoleWeb || n.right != "select" {
			quoted := make([]string, 0, len(columns))
			for _, c := range columns {
				quoted = append(quoted, quote(c))
			}
			grant += " (" + strings.Join(quoted, ", ") + ")"
		}
		if len(columns) == len(n.columns) && n.right == "select" {
			what = " it"
		}
	} else {
		what = " it"
	}
	p.Text = n.role + " may not " + verbs[n.right] + what
	p.Mend = fmt.Sprintf("grant usage on schema %s to %s; grant %s on %s to %s;", quote(schema), n.role, grant, quoteTable(n.table), n.role)
	return p
}

func collectFrom[T any](ctx context.Context, q datamap.Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

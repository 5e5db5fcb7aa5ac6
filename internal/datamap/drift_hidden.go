package datamap

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// seesAll holds for a table r where a policy lets the role (an SQL expression) see and change every row and no restrictive
// one takes that away.
func seesAll(role string) string {
	return `(exists (
		select 1
		  from pg_policy y
		 where y.polrelid = r.oid
		   and y.polpermissive
		   and y.polcmd = '*'
		   and coalesce(pg_get_expr(y.polqual, y.polrelid), 'true') = 'true'
		   and coalesce(pg_get_expr(y.polwithcheck, y.polrelid), 'true') = 'true'
		   and (0 = any (y.polroles) or exists (select 1 from unnest(y.polroles) as u (o) where u.o <> 0 and pg_has_role(` + role + `, u.o, 'usage'))))
		and not exists (select 1 from pg_policy y where y.polrelid = r.oid and not y.polpermissive))`
}

// readCopies reads what each view reads. A materialised view holds a copy, whatever views stand between.
func (c *Catalog) readCopies(ctx context.Context, q Querier) error {
	rows, err := q.Query(ctx, `
		select distinct n.nspname || '.' || r.relname,
		       r.relkind = 'm',
		       fn.nspname || '.' || fr.relname
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		  join pg_rewrite w on w.ev_class = r.oid and w.rulename = '_RETURN'
		  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.oid
		  join pg_class fr on fr.oid = d.refobjid
		  join pg_namespace fn on fn.oid = fr.relnamespace
		 where r.relkind in ('v', 'm')
		   and n.nspname not in ('information_schema', 'insyn', 'insyn_ledger')
		   and n.nspname not like 'pg\_%'
		 order by 1, 3`)
	if err != nil {
		return err
	}
	c.Reads = map[string][]string{}
	var view, table string
	var holds bool
	_, err = pgx.ForEachRow(rows, []any{&view, &holds, &table}, func() error {
		c.Reads[view] = append(c.Reads[view], table)
		if holds && (len(c.Copies) == 0 || c.Copies[len(c.Copies)-1] != view) {
			c.Copies = append(c.Copies, view)
		}
		return nil
	})
	return err
}

// HiddenFrom finds the tables of which row level security may hide rows from each of the roles.
func HiddenFrom(ctx context.Context, q Querier, roles []string) (map[string][]string, error) {
	rows, err := q.Query(ctx, `
		select o.rolname::text,
		       n.nspname || '.' || r.relname
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		 cross join pg_roles o
		 where r.relrowsecurity
		   and o.rolname = any ($1)
		   and not o.rolsuper
		   and not o.rolbypassrls
		   and not (pg_has_role(o.oid, r.relowner, 'usage') and not r.relforcerowsecurity)
		   and not `+seesAll("o.oid")+`
		 order by 1, 2`, roles)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	var role, table string
	_, err = pgx.ForEachRow(rows, []any{&role, &table}, func() error {
		out[role] = append(out[role], table)
		return nil
	})
	return out, err
}

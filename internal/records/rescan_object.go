package records

import (
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
)

// largeObjects searches what is stored beside the tables. An object that may not be read is listed.
func (r *rescan) largeObjects(ctx context.Context) error {
	rows, err := r.tx.Query(ctx, `
		select m.oid,
		       pg_has_role(m.lomowner, 'usage')
		       or exists (select 1
		                    from aclexplode(m.lomacl) as a
		                   where a.privilege_type = 'SELECT'
		                     and (a.grantee = 0 or pg_has_role(a.grantee, 'usage')))
		  from pg_largeobject_metadata as m
		 order by m.oid`)
	if err != nil {
		return err
	}
	found := newTally(&scanTable{schema: "pg_catalog", name: "pg_largeobject", columns: []scanColumn{{"data", "bytea"}}})
	var readable []uint32
	var oid uint32
	var may bool
	if _, err := pgx.ForEachRow(rows, []any{&oid, &may}, func() error {
		if may {
			readable = append(readable, oid)
		} else {
			found.unreadable[0]++
		}
		return nil
	}); err != nil {
		return err
	}
	look := r.net.seeker(len(r.subjects))
	for _, oid := range readable {
		if err := r.largeObject(ctx, look, found, oid); err != nil {
			return err
		}
	}
	return r.write(ctx, found)
}

func (r *rescan) largeObject(ctx context.Context, look *seeker, found *tally, oid uint32) (err error) {
	objects := r.tx.LargeObjects()
	o, err := objects.Open(ctx, oid, pgx.LargeObjectModeRead)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	size, err := o.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := o.Seek(0, io.SeekStart); err != nil {
		return err
	}
	l := look.pieces(true)
	l.size = int(size)
	for b := make([]byte, inline); ; {
		n, err := o.Read(b)
		l.add(b[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	found.book(look.found, l.end(), 0, nil)
	return nil
}

package records

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// longValues reads the values that were too long to travel in their rows, one after another, in pieces.
func (r *rescan) longValues(ctx context.Context, found *tally) error {
	if len(found.long) == 0 {
		return nil
	}
	t, look := found.of, r.net.seeker(len(r.subjects))
	slices.Sort(found.long)
	for _, at := range found.long {
		var key []byte
		if len(t.key) > 0 {
			sql := fmt.Sprintf("select convert_to(%s, 'UTF8') from %s where x.ctid = $1::text::tid", keyText("x", t.key), t.from())
			if err := r.tx.QueryRow(ctx, sql, at).Scan(&key); err != nil {
				return err
			}
		}
		for i, c := range t.columns {
			if c.long() == "" {
				continue
			}
			if err := r.longValue(ctx, look, found, i, key, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// longValue looks at one column of the row at a place, if its value is long.
func (r *rescan) longValue(ctx context.Context, look *seeker, found *tally, column int, key []byte, at string) error {
	c := found.of.columns[column]
	value := c.text()
	if !c.document() {
		value = "convert_to(" + value + ", 'UTF8')"
	}
	// || unpacks the value once, and not for each piece.
	rows, err := r.tx.Query(ctx, fmt.Sprintf(`
		select octet_length(v.b),
		       substring(v.b from p.at for %d)
		  from (select %s || ''::bytea as b
		          from %s
		         where x.ctid = $1::text::tid
		           and %s
		        offset 0) as v
		 cross join lateral generate_series(1, octet_length(v.b), %[1]d) as p (at)`, inline, value, found.of.from(), c.long()), at)
	if err != nil {
		return err
	}
	l := look.pieces(c.document())
	var b pgtype.DriverBytes
	_, err = pgx.ForEachRow(rows, []any{&l.size, &b}, func() error {
		l.add(b)
		return ctx.Err()
	})
	if err == nil && l.size > 0 {
		found.book(look.found, l.end(), column, key)
	}
	return err
}

// pieces are a value that comes in several.
type pieces struct {
	*seeker
	document bool
	size     int
	have     []byte // of a document all so far, of a text what is to be searched with the next piece
}

func (s *seeker) pieces(document bool) *pieces {
	s.begin()
	return &pieces{seeker: s, document: document}
}

func (l *pieces) add(b []byte) {
	if l.document && l.size <= longestDocument {
		l.have = slices.Grow(l.have, l.size-len(l.have))
		l.have = append(l.have, b...)
		return
	}
	l.have = l.part(append(l.have, b...))
}

// end says whether the value could be read. A document that is too long to be opened was searched as it stands.
func (l *pieces) end() bool {
	if l.document && l.size <= longestDocument {
		return l.seeker.document(l.have)
	}
	l.look(l.have)
	return !l.document
}

// overlap is how much of a piece of a long text is searched again with the next: more than any identifier takes.
const overlap = 4 << 10

// part looks at a piece of a text up to its last blank, and gives what is to stand before the next: the rest, and before
// it as much as an identifier may take, from a blank on, so that no half word passes for a whole one.
func (s *seeker) part(b []byte) []byte {
	const blanks = " \t\r\n"
	end := len(b)
	if k := bytes.LastIndexAny(b[max(0, end-overlap):], blanks); k >= 0 {
		end = max(0, end-overlap) + k
	}
	s.look(b[:end])
	from := max(0, end-overlap)
	if k := bytes.IndexAny(b[from:end], blanks); k >= 0 {
		from += k
	}
	return b[:copy(b, b[from:])]
}

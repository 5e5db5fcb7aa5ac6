package records

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
)

// A step of a cursor reads about stepBytes, and not more than maxStep rows nor about stepTies of ties to others; the
// first one is small.
const (
	firstStep = 100
	maxStep   = 4000
	stepBytes = 2 << 20
	stepTies  = 20_000
)

// bySteps reads a large table through a cursor, which is planned for this person. After each step it looks up who shares
// these rows: all that at once would let the first row wait, and the server work while nobody else does.
func (c *collecting) bySteps(ctx context.Context, t *table) error {
	r := t.telling
	r.withhold(c.s, "$1")
	if t.masked {
		r.mask(c.m, nil)
	}
	// All rows will be read, not the first ones.
	if _, err := c.tx.Exec(ctx, `set local cursor_tuple_fraction = 1`); err != nil {
		return err
	}
	if _, err := c.tx.Exec(ctx, "declare collect no scroll cursor for "+r.sql(t.conds), c.keys); err != nil {
		return err
	}
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	s := steps{c: c, t: t, size: firstStep}
	deliver := c.deliver(t)
	if err := r.flow(func() (*page, bool, error) { return s.next(reading) }, deliver, cancel); err != nil {
		return err
	}
	if _, err := c.tx.Exec(ctx, "close collect"); err != nil {
		return err
	}
	return deliver(nil)
}

// steps reads a cursor.
type steps struct {
	c       *collecting
	t       *table
	size    int
	waiting []*page
	end     bool
}

func (s *steps) next(ctx context.Context) (*page, bool, error) {
	if len(s.waiting) == 0 && !s.end {
		if err := s.fetch(ctx); err != nil {
			return nil, false, err
		}
	}
	if len(s.waiting) == 0 {
		return &page{}, false, nil
	}
	p := s.waiting[0]
	s.waiting = s.waiting[1:]
	return p, len(s.waiting) > 0 || !s.end, nil
}

func (s *steps) fetch(ctx context.Context) error {
	// Described anew: the columns are those of the cursor, which the text does not tell.
	rows, err := s.c.tx.Query(ctx, fmt.Sprintf("fetch %d from collect", s.size), pgx.QueryExecModeDescribeExec)
	if err != nil {
		return err
	}
	p := &page{}
	got, size := 0, 0
	for rows.Next() {
		if p.full() {
			s.waiting = append(s.waiting, p)
			got, size = got+p.rows, size+len(p.raw)
			p = &page{}
		}
		if err := s.t.telling.take(p, rows); err != nil {
			rows.Close()
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if p.rows > 0 {
		s.waiting = append(s.waiting, p)
		got, size = got+p.rows, size+len(p.raw)
	}
	if s.end = got < s.size; got == 0 {
		return nil
	}
	next := min(stepBytes/(size/got+1), 4*s.size, maxStep)
	if s.t.masked {
		n, err := s.around(ctx)
		if err != nil {
			return err
		}
		next = min(next, got*stepTies/(n+1))
	}
	s.size = max(next, 1)
	return nil
}

// around looks up who shares the rows that wait, and gives the number of ties.
func (s *steps) around(ctx context.Context) (int, error) {
	var keys []string
	for _, p := range s.waiting {
		keys = append(keys, p.keys...)
	}
	near := map[string][]string{}
	if len(s.t.Paths) > 0 {
		rows, err := s.c.tx.Query(ctx, s.t.aroundSQL(s.c.s), keys, s.c.keys, math.MaxInt32)
		if err != nil {
			return 0, err
		}
		if near, err = readAround(rows, s.c.keys); err != nil {
			return 0, err
		}
	}
	if err := s.c.m.crew.load(ctx, near); err != nil {
		return 0, err
	}
	s.t.telling.near = near
	for _, p := range s.waiting {
		s.t.telling.resolve(p)
	}
	return ties(near), nil
}

package records

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// A step of a cursor reads about stepBytes, and not more than maxStep rows; the first one is small.
const (
	firstStep = 100
	maxStep   = 4000
	stepBytes = 2 << 20
)

// bySteps reads a large table through a cursor, which is planned for this person: after each step there is time to read
// who the people are that share its rows.
func (c *collecting) bySteps(ctx context.Context, t *table) error {
	r := t.telling
	around := ""
	if t.masked {
		r.mask(c.m, nil)
		if r.crowded = len(t.Paths) > 0; r.crowded {
			around = t.aroundParts(c.s, united(t.PlannedTable, t.conds), "$1")
		}
	}
	// All rows will be read, not the first ones.
	if _, err := c.tx.Exec(ctx, `set local cursor_tuple_fraction = 1`); err != nil {
		return err
	}
	sql := r.sql(t.conds, around)
	if _, err := c.tx.Exec(ctx, "declare collect no scroll cursor for "+sql, c.keys); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	steps := steps{c: c, r: r, size: firstStep}
	deliver := c.deliver(t)
	if err := r.flow(func() (*page, bool, error) { return steps.next(ctx) }, deliver, cancel); err != nil {
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
	r       *telling
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
	got, size := 0, 0
	for more := true; more; {
		p := &page{}
		for more = false; rows.Next(); {
			if err := s.r.take(p, rows); err != nil {
				rows.Close()
				return err
			}
			if more = p.full(); more {
				break
			}
		}
		if p.rows > 0 {
			s.waiting = append(s.waiting, p)
		}
		got, size = got+p.rows, size+len(p.raw)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	s.end = got < s.size
	if err := s.r.load(ctx, s.waiting); err != nil {
		return err
	}
	for _, p := range s.waiting {
		s.r.resolve(p)
	}
	if got > 0 {
		s.size = min(max(stepBytes/(size/got+1), 1), 4*s.size, maxStep)
	}
	return nil
}

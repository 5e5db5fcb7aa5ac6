package records_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/dossier"
	"insyn/internal/records"
)

// several ways to read many rows: streamed, and by steps of a cursor.
var ways = map[string]records.CollectOptions{"in one go": {}, "by steps": records.CollectOptions{}.BySteps(10)}

func TestManyRowsComeInOrderAndCovered(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	other := democrm.KnownPerson(democrm.Colleague)
	const many = 3000
	execute(t, pool, `
		with made as (
		     insert into crm.history (id, kind, at, body)
		     select 90000000 + i, 'note', timestamptz '2031-01-01' + i * interval '1 minute', 'Nummer ' || i || ': ' || case when i % 3 = 0 then $3::text else 'ingen' end || ' kom.'
		       from generate_series(1, $2::int) as i
		     returning id),
		     tied as (
		     insert into crm.history_person (history_id, person_id)
		     select id, $1::bigint
		       from made)
		insert into crm.history_person (history_id, person_id)
		select id, $4::bigint
		  from made
		 where id % 3 = 0`, democrm.Unique, many, other.FullName(), democrm.Colleague)
	for name, o := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := collected(t, s, o, democrm.Unique)
			rows := got.records["crm.history"]
			rows = rows[len(rows)-many:]
			for i, r := range rows {
				body := r.Values[len(r.Values)-1]
				want := fmt.Sprintf(`"Nummer %d: ingen kom."`, i+1)
				if (i+1)%3 == 0 {
					want = fmt.Sprintf(`"Nummer %d: █████ kom."`, i+1)
				}
				if string(body.JSON) != want || body.Masked != strings.Contains(want, "█") {
					t.Fatalf("row %d: got %s (covered %t), want %s", i, body.JSON, body.Masked, want)
				}
			}
		})
	}
}

var errFull = errors.New("no room")

// full is a sink that has no room after so many records.
type full struct {
	tape
	left int
}

func (s *full) Record(r dossier.Record) error {
	if s.left--; s.left < 0 {
		return errFull
	}
	return s.tape.Record(r)
}

func TestCollectStopsWithTheSinkOrTheCaller(t *testing.T) {
	t.Parallel()
	s, pool := crm(t)
	execute(t, pool, `
		with made as (
		     insert into crm.history (id, kind, at, body)
		     select 90000000 + i, 'note', timestamptz '2031-01-01', repeat('Ett långt samtal. ', 100)
		       from generate_series(1, 20000) as i
		     returning id)
		insert into crm.history_person (history_id, person_id)
		select id, $1
		  from made`, democrm.Unique)
	for name, o := range ways {
		t.Run(name, func(t *testing.T) {
			for _, room := range []int{0, 3, 1500} {
				if err := s.Collect(t.Context(), []string{key(democrm.Unique)}, o, &full{left: room}); !errors.Is(err, errFull) {
					t.Errorf("room for %d: got %v", room, err)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			err := s.Collect(ctx, []string{key(democrm.Unique)}, o, &cancels{after: 1500, cancel: cancel})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: got %v", err)
			}
			if n := len(collected(t, s, o, democrm.Unique).records["crm.history"]); n < 20000 {
				t.Errorf("got %d rows afterwards", n)
			}
		})
	}
}

// cancels takes all, but the caller goes after so many.
type cancels struct {
	tape
	after  int
	cancel func()
}

func (s *cancels) Record(dossier.Record) error {
	if s.after--; s.after == 0 {
		s.cancel()
	}
	return nil
}

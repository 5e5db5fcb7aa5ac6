package request

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// Tie is another card that shares identifiers with a person of the request, and what was decided about it.
type Tie struct {
	ID        int64
	With      []byte // the hash of the request's own card
	Source    string
	HMAC      []byte
	Key       string // empty after an erasure
	Kinds     []string
	FoundAt   time.Time
	Decision  string // "", same, different
	DecidedBy int64
	DecidedAt *time.Time
	DecidedIn int64 // an earlier request, where it was decided there
}

// Ties are the other cards that were found, the undecided first.
func (s *Store) Ties(ctx context.Context, id int64) ([]Tie, error) { return s.TiesIn(ctx, s.Pool, id) }

// TiesIn is Ties in the caller's transaction.
func (s *Store) TiesIn(ctx context.Context, q postgres.Querier, id int64) ([]Tie, error) {
	rows, err := q.Query(ctx, `
		select id, with_hmac, source, key_hmac, key, kinds, found_at, coalesce(decision, ''), coalesce(decided_by, 0), decided_at,
		       coalesce(decided_in, 0)
		  from insyn.tie
		 where request_id = $1
		 order by decision is not null, id`, id)
	if err != nil {
		return nil, fmt.Errorf("read the ties of request %d: %w", id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Tie, error) {
		var t Tie
		var key []byte
		err := row.Scan(&t.ID, &t.With, &t.Source, &t.HMAC, &key, &t.Kinds, &t.FoundAt, &t.Decision, &t.DecidedBy, &t.DecidedAt, &t.DecidedIn)
		if err != nil || s.Keys == nil {
			return t, err
		}
		t.Key, err = s.Keys.OpenText("tie.key", key)
		return t, err
	})
}

// FoundTie is a tie as a worker finds it.
type FoundTie struct {
	Source, Key         string
	WithSource, WithKey string
	Kinds               []string
}

// RecordTies writes what a worker has found and gives how many of them nobody has decided. That two cards are not one person
// holds for later requests too, until something more ties them; what is not found any more is dropped, unless somebody has
// decided on it.
func (s *Store) RecordTies(ctx context.Context, tx pgx.Tx, id int64, found []FoundTie) (undecided int, err error) {
	hashes := make([][]byte, 0, len(found))
	for _, f := range found {
		other, with := s.Keys.Subject(f.Source, f.Key), s.Keys.Subject(f.WithSource, f.WithKey)
		hashes = append(hashes, other)
		a, b := pair(other, with)
		_, err := tx.Exec(ctx, `
			insert into insyn.tie as t (request_id, with_hmac, source, key_hmac, key, kinds, decision, decided_by, decided_at, decided_in)
			select $1, $2, $3, $4, $5, $6, case when n.a is not null then 'different' end, n.decided_by, n.decided_at, nullif(n.request_id, $1)
			  from (values (1)) as one
			  left join insyn.not_same n on n.a = $7 and n.b = $8 and n.kinds @> $6
			on conflict (request_id, key_hmac) do update
			   set with_hmac = excluded.with_hmac,
			       kinds = excluded.kinds,
			       key = excluded.key,
			       decision = excluded.decision,
			       decided_by = excluded.decided_by,
			       decided_at = excluded.decided_at,
			       decided_in = excluded.decided_in`,
			id, with, f.Source, other, s.Keys.SealText("tie.key", f.Key), f.Kinds, a, b)
		if err != nil {
			return 0, fmt.Errorf("write the ties of request %d: %w", id, err)
		}
	}
	if _, err := tx.Exec(ctx, `delete from insyn.tie where request_id = $1 and decision is null and key_hmac <> all ($2)`, id, hashes); err != nil {
		return 0, fmt.Errorf("drop old ties of request %d: %w", id, err)
	}
	err = tx.QueryRow(ctx, `select count(*) from insyn.tie where request_id = $1 and decision is null`, id).Scan(&undecided)
	if err != nil {
		return 0, fmt.Errorf("count the ties of request %d: %w", id, err)
	}
	return undecided, nil
}

// pair is two hashes in the order in which the decision about them is kept.
func pair(a, b []byte) (lower, higher []byte) {
	if bytes.Compare(a, b) < 0 {
		return a, b
	}
	return b, a
}

// DecideTie stores the answer. That they differ is kept for later requests.
func (s *Store) DecideTie(ctx context.Context, tx pgx.Tx, id int64, t Tie, same bool, actor int64) error {
	decision := "different"
	if same {
		decision = "same"
	}
	_, err := tx.Exec(ctx, `
		update insyn.tie
		   set decision = $2,
		       decided_by = $3,
		       decided_at = now(),
		       decided_in = null
		 where id = $1`, t.ID, decision, actor)
	if err != nil {
		return fmt.Errorf("decide tie %d: %w", t.ID, err)
	}
	if same {
		return nil
	}
	a, b := pair(t.HMAC, t.With)
	_, err = tx.Exec(ctx, `
		insert into insyn.not_same (a, b, kinds, request_id, decided_by)
		values ($1, $2, $3, $4, $5)
		on conflict (a, b) do update
		   set kinds = excluded.kinds,
		       request_id = excluded.request_id,
		       decided_by = excluded.decided_by,
		       decided_at = now()`, a, b, t.Kinds, id, actor)
	if err != nil {
		return fmt.Errorf("keep the decision of tie %d: %w", t.ID, err)
	}
	return nil
}

// ReopenTie takes back that two cards are not one person, here and for later requests.
func (s *Store) ReopenTie(ctx context.Context, tx pgx.Tx, t Tie) error {
	_, err := tx.Exec(ctx, `
		update insyn.tie
		   set decision = null,
		       decided_by = null,
		       decided_at = null,
		       decided_in = null
		 where id = $1`, t.ID)
	if err != nil {
		return fmt.Errorf("reopen tie %d: %w", t.ID, err)
	}
	a, b := pair(t.HMAC, t.With)
	if _, err := tx.Exec(ctx, `delete from insyn.not_same where a = $1 and b = $2`, a, b); err != nil {
		return fmt.Errorf("take back the decision of tie %d: %w", t.ID, err)
	}
	return nil
}

package request

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// Hold is a legal hold on a person, opened. Key, Name and Reason are empty after an erasure.
type Hold struct {
	ID             int64
	HMAC           []byte
	Source, Key    string
	Name           string
	Ground         string // one of HoldGrounds
	Reason         string
	PlacedBy       int64
	PlacedAt       time.Time
	ReviewOn       dsar.Date
	ReleasedBy     int64
	ReleasedAt     *time.Time
	ReleasedReason string
}

// HoldGrounds are why a person may be held: a legal claim, an authority's order, a dispute, another duty of law.
var HoldGrounds = []string{"claim", "authority", "dispute", "law"}

const holdColumns = `id, key_hmac, source, key, name, ground, reason, placed_by, placed_at, review_on, coalesce(released_by, 0), released_at, released_reason`

// Holds lists those that are in force, the next to be reviewed first; with all the released ones after them.
func (s *Store) Holds(ctx context.Context, all bool) ([]Hold, error) {
	return s.holds(ctx, s.Pool, `
		 where released_at is null or $1
		 order by released_at desc nulls first, review_on, id
		 limit 1000`, all)
}

// HoldsOn are the holds in force on people, by the hash of source and key.
func (s *Store) HoldsOn(ctx context.Context, q postgres.Querier, hashes ...[]byte) ([]Hold, error) {
	return s.holds(ctx, q, `
		 where released_at is null
		   and key_hmac = any ($1)
		 order by id`, hashes)
}

// Held tells whether a hold is in force on one of the people: then nothing may erase them.
func (s *Store) Held(ctx context.Context, q postgres.Querier, hashes ...[]byte) (bool, error) {
	var held bool
	err := q.QueryRow(ctx, `select exists (select 1 from insyn.hold where released_at is null and key_hmac = any ($1))`, hashes).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("look for a hold: %w", err)
	}
	return held, nil
}

// GetHold reads one: dsar.ErrNotFound when there is none.
func (s *Store) GetHold(ctx context.Context, q postgres.Querier, id int64) (Hold, error) {
	list, err := s.holds(ctx, q, ` where id = $1`, id)
	if err == nil && len(list) == 0 {
		return Hold{}, dsar.ErrNotFound
	}
	if err != nil {
		return Hold{}, err
	}
	return list[0], nil
}

func (s *Store) holds(ctx context.Context, q postgres.Querier, where string, args ...any) ([]Hold, error) {
	rows, err := q.Query(ctx, `select `+holdColumns+` from insyn.hold`+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Hold, error) {
		var h Hold
		var key, name, reason, released []byte
		err := row.Scan(&h.ID, &h.HMAC, &h.Source, &key, &name, &h.Ground, &reason, &h.PlacedBy, &h.PlacedAt, &h.ReviewOn, &h.ReleasedBy, &h.ReleasedAt, &released)
		if err != nil || s.Keys == nil {
			return h, err
		}
		for _, v := range []struct {
			purpose string
			sealed  []byte
			to      *string
		}{{"hold.key", key, &h.Key}, {"hold.name", name, &h.Name}, {"hold.reason", reason, &h.Reason}, {"hold.released_reason", released, &h.ReleasedReason}} {
			if *v.to, err = s.Keys.OpenText(v.purpose, v.sealed); err != nil {
				return h, err
			}
		}
		return h, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	return list, nil
}

// AddHold writes a hold: dsar.ErrConflict where one is in force already.
func (s *Store) AddHold(ctx context.Context, tx pgx.Tx, h Hold) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		insert into insyn.hold (key_hmac, source, key, name, ground, reason, placed_by, review_on)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (key_hmac) where released_at is null do nothing
		returning id`,
		s.Keys.Subject(h.Source, h.Key), h.Source, s.Keys.SealText("hold.key", h.Key), s.Keys.SealText("hold.name", h.Name), h.Ground,
		s.Keys.SealText("hold.reason", h.Reason), h.PlacedBy, h.ReviewOn).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("place a hold: %w", dsar.ErrConflict)
	}
	if err != nil {
		return 0, fmt.Errorf("place a hold: %w", err)
	}
	return id, nil
}

// EndHold releases a hold: dsar.ErrConflict where it is released already.
func (s *Store) EndHold(ctx context.Context, tx pgx.Tx, id, actor int64, reason string) error {
	tag, err := tx.Exec(ctx, `
		update insyn.hold
		   set released_by = $2,
		       released_at = now(),
		       released_reason = $3
		 where id = $1
		   and released_at is null`, id, actor, s.Keys.SealText("hold.released_reason", reason))
	if err != nil {
		return fmt.Errorf("release hold %d: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("release hold %d: %w", id, dsar.ErrConflict)
	}
	return nil
}

// OpenErasures are the erasures of people that are not at an end.
func (s *Store) OpenErasures(ctx context.Context, q postgres.Querier, hashes [][]byte) ([]int64, error) {
	rows, err := q.Query(ctx, `
		select r.id
		  from insyn.request r
		 where r.kind = 'erasure'
		   and r.closed_at is null
		   and r.erased_at is null
		   and exists (select 1 from insyn.request_subject u where u.request_id = r.id and u.key_hmac = any ($1))
		 order by r.id`, hashes)
	if err != nil {
		return nil, fmt.Errorf("find the erasures of a person: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

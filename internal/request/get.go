package request

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

const columns = `
	r.id, r.kind, r.state, coalesce(r.waiting_for, ''), r.asked, r.received_at, r.received_on, r.channel, r.asked_by,
	r.language, r.answer_by, r.assurance, r.country, r.eves, r.due, r.due_strict, r.extended_at, coalesce(r.extended_reason, ''),
	coalesce(r.handler, 0), coalesce(r.created_by, 0), coalesce(r.origin_request_id, 0), r.notes, r.wish, r.proposal,
	coalesce(r.verified_how, ''), coalesce(r.verified_by, 0), coalesce(r.ground, ''), r.no_wait, coalesce(r.requested_by, 0),
	coalesce(r.approved_by, 0), r.approved_at, r.approved_plan, coalesce(r.refusal_ground, ''), coalesce(r.decided_by, ''),
	r.answered_at, r.closed_at, r.erased_at, r.rescanned_at, r.misdelivered_at, r.version`

// Get reads one request with its people and pauses: dsar.ErrNotFound when there is none.
func (s *Store) Get(ctx context.Context, id int64) (*Request, error) { return s.GetIn(ctx, s.Pool, id) }

// GetIn is Get in the caller's transaction.
func (s *Store) GetIn(ctx context.Context, q postgres.Querier, id int64) (*Request, error) {
	r, err := s.scan(q.QueryRow(ctx, "select"+columns+" from insyn.request r where r.id = $1", id))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, dsar.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read request %d: %w", id, err)
	}
	return r, s.fill(ctx, q, []*Request{r})
}

// Lock is GetIn that holds the row until the transaction ends, so that two steps cannot cross.
func (s *Store) Lock(ctx context.Context, tx pgx.Tx, id int64) (*Request, error) {
	if _, err := tx.Exec(ctx, `select 1 from insyn.request where id = $1 for update`, id); err != nil {
		return nil, fmt.Errorf("lock request %d: %w", id, err)
	}
	return s.GetIn(ctx, tx, id)
}

func (s *Store) scan(row pgx.Row) (*Request, error) {
	var r Request
	var notes, wish, proposal []byte
	err := row.Scan(&r.ID, &r.Kind, &r.State, &r.WaitingFor, &r.Asked, &r.ReceivedAt, &r.ReceivedOn, &r.Channel, &r.AskedBy,
		&r.Language, &r.AnswerBy, &r.Assurance, &r.Country, &r.Eves, &r.Due, &r.DueStrict, &r.ExtendedAt, &r.ExtendedReason,
		&r.Handler, &r.CreatedBy, &r.OriginRequestID, &notes, &wish, &proposal,
		&r.VerifiedHow, &r.VerifiedBy, &r.Ground, &r.NoWait, &r.RequestedBy,
		&r.ApprovedBy, &r.ApprovedAt, &r.ApprovedPlan, &r.RefusalGround, &r.DecidedBy,
		&r.AnsweredAt, &r.ClosedAt, &r.ErasedAt, &r.RescannedAt, &r.MisdeliveredAt, &r.Version)
	if err != nil {
		return nil, err
	}
	if s.Keys == nil { // a process without the key sees the procedure, not the matter
		return &r, nil
	}
	if r.Notes, err = s.Keys.OpenText("request.notes", notes); err != nil {
		return nil, err
	}
	if r.Wish, err = s.Keys.OpenText("request.wish", wish); err != nil {
		return nil, err
	}
	r.Proposal, err = s.Keys.Open("request.proposal", proposal)
	return &r, err
}

func (s *Store) fill(ctx context.Context, q postgres.Querier, list []*Request) error {
	byID := make(map[int64]*Request, len(list))
	ids := make([]int64, 0, len(list))
	for _, r := range list {
		byID[r.ID] = r
		ids = append(ids, r.ID)
	}
	if err := s.fillSubjects(ctx, q, ids, byID); err != nil {
		return fmt.Errorf("read the people of requests: %w", err)
	}
	rows, err := q.Query(ctx, `
		select request_id, id, why, asked_on, answered_on
		  from insyn.pause
		 where request_id = any ($1)
		 order by id`, ids)
	if err != nil {
		return fmt.Errorf("read pauses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var p Pause
		if err := rows.Scan(&id, &p.ID, &p.Why, &p.AskedOn, &p.AnsweredOn); err != nil {
			return fmt.Errorf("read pauses: %w", err)
		}
		byID[id].Pauses = append(byID[id].Pauses, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.fillStops(ctx, q, ids, byID)
}

// fillStops tells what keeps requests from going on: cards that nobody has decided about, and legal holds.
func (s *Store) fillStops(ctx context.Context, q postgres.Querier, ids []int64, byID map[int64]*Request) error {
	rows, err := q.Query(ctx, `
		select r.id,
		       (select count(*) from insyn.tie t where t.request_id = r.id and t.decision is null)::integer,
		       exists (select 1
		                 from insyn.request_subject u
		                 join insyn.hold h on h.key_hmac = u.key_hmac
		                where u.request_id = r.id
		                  and h.released_at is null)
		  from unnest($1::bigint[]) as r (id)`, ids)
	if err != nil {
		return fmt.Errorf("read what stops requests: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var undecided int
		var held bool
		if err := rows.Scan(&id, &undecided, &held); err != nil {
			return fmt.Errorf("read what stops requests: %w", err)
		}
		byID[id].Undecided, byID[id].Held = undecided, held
	}
	return rows.Err()
}

func (s *Store) fillSubjects(ctx context.Context, q postgres.Querier, ids []int64, byID map[int64]*Request) error {
	rows, err := q.Query(ctx, `
		select request_id, id, source, key_hmac, key, name, address, receipt
		  from insyn.request_subject
		 where request_id = any ($1)
		 order by id`, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var u Subject
		var key, name, address []byte
		if err := rows.Scan(&id, &u.ID, &u.Source, &u.HMAC, &key, &name, &address, &u.Receipt); err != nil {
			return err
		}
		if s.Keys != nil {
			for _, v := range []struct {
				purpose string
				sealed  []byte
				to      *string
			}{{"request_subject.key", key, &u.Key}, {"request_subject.name", name, &u.Name}, {"request_subject.address", address, &u.Address}} {
				if *v.to, err = s.Keys.OpenText(v.purpose, v.sealed); err != nil {
					return err
				}
			}
		}
		byID[id].Subjects = append(byID[id].Subjects, u)
	}
	return rows.Err()
}

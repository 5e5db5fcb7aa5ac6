package request

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
)

// Link is a temporary way to the request's artefact, as a handler sees it.
type Link struct {
	ID           int64
	Level        string
	CreatedAt    time.Time
	ExpiresAt    *time.Time
	RevokedAt    *time.Time
	OpenedAt     *time.Time
	DownloadedAt *time.Time
	RevokedWhy   string
	Live         bool
}

// Mail is one message of the request, without its recipient.
type Mail struct {
	ID         int64
	Template   string
	State      string
	Code       string
	Tries      int
	CreatedAt  time.Time
	AcceptedAt *time.Time
}

// Job is one piece of work of the request.
type Job struct {
	ID         int64
	Kind       string
	State      string
	Code       string
	Stage      string
	Attempt    int
	Progress   int64
	Total      int64
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
}

// Evidence is what a correction, a decision or a question was, opened.
type Evidence struct {
	Kind string
	At   time.Time
	Body json.RawMessage
}

// StoredRehearsal is the newest rehearsal of an erasure; Body is its result as JSON.
type StoredRehearsal struct {
	At        time.Time
	PlanHash  []byte
	Decisions []byte // stands for what is decided about mentions; nil where nothing is
	Counts    map[string]int
	Body      json.RawMessage
}

// Shown is what an approver approves: the plan, and what is decided about mentions.
func (r *StoredRehearsal) Shown() []byte { return append(slices.Clone(r.PlanHash), r.Decisions...) }

// Timeline gives the audit lines of the request, newest first.
func (s *Store) Timeline(ctx context.Context, id int64) ([]audit.Row, error) {
	return audit.List(ctx, s.Pool, audit.Filter{RequestID: id, Limit: 500})
}

// Links gives the request's links, newest first.
func (s *Store) Links(ctx context.Context, id int64) ([]Link, error) {
	rows, err := s.Pool.Query(ctx, `
		select id, level, created_at, expires_at, revoked_at, opened_at, downloaded_at, coalesce(revoked_why, ''),
		       coalesce(revoked_at is null and expires_at > now(), false)
		  from insyn.link
		 where request_id = $1
		 order by id desc`, id)
	if err != nil {
		return nil, fmt.Errorf("list links of request %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Link])
}

// Mails gives the request's messages, newest first.
func (s *Store) Mails(ctx context.Context, id int64) ([]Mail, error) {
	rows, err := s.Pool.Query(ctx, `
		select id, template, state, coalesce(code, ''), tries, created_at, accepted_at
		  from insyn.mail
		 where request_id = $1
		 order by id desc`, id)
	if err != nil {
		return nil, fmt.Errorf("list mails of request %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Mail])
}

// Jobs gives the request's jobs in order.
func (s *Store) Jobs(ctx context.Context, id int64) ([]Job, error) {
	rows, err := s.Pool.Query(ctx, `
		select id, kind, state, coalesce(code, ''), coalesce(stage, ''), attempt, progress, total, created_at, started_at, finished_at
		  from insyn.job
		 where request_id = $1
		 order by id`, id)
	if err != nil {
		return nil, fmt.Errorf("list jobs of request %d: %w", id, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Job])
}

// Rehearsal gives the newest rehearsal: dsar.ErrNotFound when there is none.
func (s *Store) Rehearsal(ctx context.Context, id int64) (*StoredRehearsal, error) {
	var out StoredRehearsal
	var body []byte
	err := s.Pool.QueryRow(ctx, `
		select at, plan_hash, counts, body
		  from insyn.rehearsal
		 where request_id = $1
		 order by id desc
		 limit 1`, id).Scan(&out.At, &out.PlanHash, &out.Counts, &body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, dsar.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read the rehearsal of request %d: %w", id, err)
	}
	if out.Decisions, err = s.DecisionsHash(ctx, s.Pool, id); err != nil {
		return nil, err
	}
	out.Body, err = s.Keys.Open("rehearsal.body", body)
	return &out, err
}

// Evidence gives what was changed, decided or asked, newest first. A purged body is null.
func (s *Store) Evidence(ctx context.Context, id int64) ([]Evidence, error) {
	rows, err := s.Pool.Query(ctx, `
		select kind, at, body
		  from insyn.evidence
		 where request_id = $1
		 order by id desc`, id)
	if err != nil {
		return nil, fmt.Errorf("read the evidence of request %d: %w", id, err)
	}
	defer rows.Close()
	var out []Evidence
	for rows.Next() {
		var e Evidence
		var body []byte
		if err := rows.Scan(&e.Kind, &e.At, &body); err != nil {
			return nil, fmt.Errorf("read evidence: %w", err)
		}
		if e.Body, err = s.Keys.Open("evidence.body", body); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// AddEvidence keeps v, sealed, with the request.
func (s *Store) AddEvidence(ctx context.Context, tx pgx.Tx, id int64, kind string, v any) error {
	body, err := s.Keys.SealJSON("evidence.body", v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into insyn.evidence (request_id, kind, body) values ($1, $2, $3)`, id, kind, body)
	if err != nil {
		return fmt.Errorf("write evidence of request %d: %w", id, err)
	}
	return nil
}

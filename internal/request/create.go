package request

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/settings"
)

// New is a request as it comes in.
type New struct {
	Kind            dsar.Kind
	Asked           bool
	ReceivedOn      dsar.Date // zero: today in the controller's time zone; never in the future
	Channel         string
	AskedBy         string // "" is self
	Language        string
	AnswerBy        string // "" is mail
	Assurance       string // "" is B
	Handler         int64
	CreatedBy       int64 // 0: the person, on the share page
	OriginRequestID int64
	Notes, Wish     string
	Proposal        any // stored as sealed JSON
	VerifiedHow     string
	Ground          string
	NoWait          bool
	Subjects        []NewSubject
	IdempotencyKey  string // a form's or an event's: the second submit finds the first's request
}

// NewSubject names a person in a source.
type NewSubject struct{ Source, Key, Name, Address string }

// Create writes a request, its people and an audit line. existed tells that the idempotency key was used before; then the
// first request's id is returned and nothing is written.
func (s *Store) Create(ctx context.Context, tx pgx.Tx, set settings.Settings, n New) (id int64, existed bool, err error) {
	now, err := databaseNow(ctx, tx)
	if err != nil {
		return 0, false, err
	}
	if n.IdempotencyKey != "" {
		err := tx.QueryRow(ctx, `select id from insyn.request where idempotency_key = $1`, n.IdempotencyKey).Scan(&id)
		if err == nil {
			return id, true, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return 0, false, fmt.Errorf("look for an earlier submit: %w", err)
		}
	}
	n.defaults(dsar.DateOf(now, set.Location()))
	if err := n.validate(dsar.DateOf(now, set.Location())); err != nil {
		return 0, false, err
	}
	var due, strict *dsar.Date
	if n.Asked {
		d, err := dsar.LegalDate(dsar.DueInput{Received: n.ReceivedOn, Country: set.Country, Eves: set.Eves == "on"})
		if err != nil {
			return 0, false, fmt.Errorf("legal date: %w", err)
		}
		due, strict = &d.Due, &d.StrictWithoutPause
	}
	var proposal []byte
	if n.Proposal != nil {
		if proposal, err = s.Keys.SealJSON("request.proposal", n.Proposal); err != nil {
			return 0, false, err
		}
	}
	var verifiedAt *time.Time
	if n.VerifiedHow != "" {
		verifiedAt = &now
	}
	var requestedBy int64
	if n.Kind == dsar.Erasure {
		requestedBy = n.CreatedBy
	}
	err = tx.QueryRow(ctx, `
		insert into insyn.request (kind, asked, received_on, channel, asked_by, language, answer_by, assurance, country, eves, due,
		       due_strict, handler, created_by, origin_request_id, idempotency_key, notes, wish, proposal, verified_how,
		       verified_by, verified_at, ground, no_wait, requested_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, nullif($13, 0), nullif($14, 0), nullif($15, 0), nullif($16, ''),
		       $17, $18, $19, nullif($20, ''), $21, $22, nullif($23, ''), $24, nullif($25, 0))
		on conflict (idempotency_key) do nothing
		returning id`,
		n.Kind, n.Asked, n.ReceivedOn, n.Channel, n.AskedBy, n.Language, n.AnswerBy, n.Assurance, set.Country, set.Eves == "on", due,
		strict, n.Handler, n.CreatedBy, n.OriginRequestID, n.IdempotencyKey, s.Keys.SealText("request.notes", n.Notes),
		s.Keys.SealText("request.wish", n.Wish), proposal, n.VerifiedHow, idOr(n.VerifiedHow, n.CreatedBy), verifiedAt,
		n.Ground, n.NoWait, requestedBy).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) { // a parallel submit with the same key won
		err = tx.QueryRow(ctx, `select id from insyn.request where idempotency_key = $1`, n.IdempotencyKey).Scan(&id)
		return id, true, err
	}
	if err != nil {
		return 0, false, fmt.Errorf("write a request: %w", err)
	}
	for _, u := range n.Subjects {
		if err := s.addSubject(ctx, tx, id, u); err != nil {
			return 0, false, err
		}
	}
	return id, false, audit.Write(ctx, tx, audit.Entry{
		Actor: n.CreatedBy, Subject: n.CreatedBy == 0 && n.Channel == "share_page", Action: "request.created." + string(n.Kind),
		RequestID: id, Detail: audit.Detail{"subjects": int64(len(n.Subjects))},
	})
}

// AddSubject adds a person to a request that was registered before the person was found.
func (s *Store) AddSubject(ctx context.Context, tx pgx.Tx, id int64, u NewSubject, actor int64) error {
	if err := s.addSubject(ctx, tx, id, u); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: actor, Action: "request.subject_added", RequestID: id})
}

func (s *Store) addSubject(ctx context.Context, q postgres.Querier, id int64, u NewSubject) error {
	_, err := q.Exec(ctx, `
		insert into insyn.request_subject (request_id, source, key_hmac, key, name, address)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (request_id, key_hmac) do nothing`,
		id, u.Source, s.Keys.Subject(u.Source, u.Key), s.Keys.SealText("request_subject.key", u.Key),
		s.Keys.SealText("request_subject.name", u.Name), s.Keys.SealText("request_subject.address", u.Address))
	if err != nil {
		return fmt.Errorf("write a person of request %d: %w", id, err)
	}
	return nil
}

func (n *New) defaults(today dsar.Date) {
	for _, v := range []struct {
		to *string
		is string
	}{{&n.AskedBy, "self"}, {&n.AnswerBy, "mail"}, {&n.Assurance, "B"}, {&n.Language, "sv"}, {&n.Channel, "mail"}} {
		if *v.to == "" {
			*v.to = v.is
		}
	}
	if n.ReceivedOn.IsZero() {
		n.ReceivedOn = today
	}
}

func (n *New) validate(today dsar.Date) error {
	oneOf := func(field, v string, allowed ...string) error {
		for _, a := range allowed {
			if v == a {
				return nil
			}
		}
		return &dsar.Invalid{Field: field, Problem: "choice"}
	}
	if !n.Kind.Known() {
		return &dsar.Invalid{Field: "kind", Problem: "choice"}
	}
	if n.ReceivedOn.After(today) {
		return &dsar.Invalid{Field: "received_on", Problem: "future"}
	}
	return errors.Join(
		oneOf("channel", n.Channel, "mail", "phone", "letter", "visit", "share_page"),
		oneOf("asked_by", n.AskedBy, "self", "agent", "guardian"),
		oneOf("language", n.Language, "sv", "en"),
		oneOf("answer_by", n.AnswerBy, "mail", "paper"),
		oneOf("assurance", n.Assurance, "A", "B", "C"),
		oneOf("ground", n.Ground, "", "a", "b", "c", "d", "e", "f"),
		oneOf("verified_how", n.VerifiedHow, "", "login", "code_on_file", "call_back", "in_person", "known_mail"),
	)
}

func idOr(set string, id int64) *int64 {
	if set == "" || id == 0 {
		return nil
	}
	return &id
}

func databaseNow(ctx context.Context, q postgres.Querier) (time.Time, error) {
	var now time.Time
	if err := q.QueryRow(ctx, `select now()`).Scan(&now); err != nil {
		return now, fmt.Errorf("read the clock: %w", err)
	}
	return now, nil
}

// ParseProposal reads the JSON of a correction.
func ParseProposal(b []byte) (Proposal, error) {
	var p Proposal
	if len(b) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("proposal: not the expected form")
	}
	return p, nil
}

// Proposal is what a correction asks for.
type Proposal struct {
	Changes []Change `json:"changes"`
	Comment string   `json:"comment,omitempty"`
	// A consent change: which box, its new state, how we know, and which wording was shown.
	Box     string `json:"box,omitempty"`
	State   string `json:"state,omitempty"`
	How     string `json:"how,omitempty"`
	Wording string `json:"wording,omitempty"`
	At      string `json:"at,omitempty"`
}

// Change is one field: ID as records names it, the value that was seen, the value that is wanted.
type Change struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

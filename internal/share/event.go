package share

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/internal/seal"
)

// Kinds of share events.
const (
	CodeWanted = "code_wanted"
	Opened     = "opened"
	Downloaded = "downloaded"
	Proposal   = "proposal"
	OptOut     = "optout"
	Objection  = "objection"
	Erasure    = "erasure"
	Question   = "question"
	LinkWanted = "link_wanted"
	Closed     = "closed"
)

// EventBody is what an event says, sealed to the workers. Once is the same when one form was sent twice with the same
// words: with the link it makes a key under which the second is the first.
type EventBody struct {
	Lang string `json:"lang"`
	Once string `json:"once,omitempty"`

	// A proposal: which value of which entry, as it was shown, and what it should be. Field is empty when the words
	// in Comment stand alone.
	Section      string `json:"section,omitempty"`
	SectionLabel string `json:"section_label,omitempty"`
	Entry        int64  `json:"entry,omitempty"` // number in the section, from 1
	Field        string `json:"field,omitempty"`
	FieldLabel   string `json:"field_label,omitempty"`
	Today        string `json:"today,omitempty"`
	New          string `json:"new,omitempty"`
	Comment      string `json:"comment,omitempty"` // of a proposal, an objection, an erasure

	// An objection: to marketing, and to what rests on a legitimate interest.
	Marketing bool `json:"marketing,omitempty"`
	Interest  bool `json:"interest,omitempty"`

	Message string `json:"message,omitempty"` // of a question
}

// anHour is how many events of a kind a link may leave in an hour, so that nobody fills the handlers' lists.
const anHour = 20

// limits on asking for a code: an hour, a browser and a link.
const (
	codesBrowser = 3
	codesLink    = 10
)

// record leaves an event for the workers. errTooMany when the link has left enough of them.
func (s *site) record(ctx context.Context, l link, kind string, codeID *int64, browser []byte, body EventBody) error {
	sealed, err := s.sealed(ctx, body)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.Pool, func(tx pgx.Tx) error {
		// Counting and inserting must not interleave with another request of the same link.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(1936220517, $1)`, int32(l.id)); err != nil { //nolint:gosec // a lock may be shared
			return fmt.Errorf("lock link %d: %w", l.id, err)
		}
		if err := s.allowed(ctx, tx, l, kind, browser); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into insyn.share_event (link_id, code_id, kind, browser, body)
			values ($1, $2, $3, $4, $5)`, l.id, codeID, kind, browser, sealed)
		if err != nil {
			return fmt.Errorf("record %s of link %d: %w", kind, l.id, err)
		}
		return nil
	})
}

func (s *site) sealed(ctx context.Context, body EventBody) ([]byte, error) {
	var public []byte
	if err := s.Pool.QueryRow(ctx, `select public from insyn.share_key`).Scan(&public); err != nil {
		return nil, fmt.Errorf("read the public key: %w", err)
	}
	plain, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode an event: %w", err)
	}
	return seal.SealTo(public, plain)
}

// allowed counts what has been left already. Opening and closing are not limited.
func (s *site) allowed(ctx context.Context, tx pgx.Tx, l link, kind string, browser []byte) error {
	var ofLink, ofBrowser, ofRequest int
	err := tx.QueryRow(ctx, `
		select count(*) filter (where e.link_id = $1 and e.created_at > clock_timestamp() - interval '1 hour'),
		       count(*) filter (where e.link_id = $1 and e.browser = $3 and e.created_at > clock_timestamp() - interval '1 hour'),
		       count(*)
		  from insyn.share_event e
		  join insyn.link l on l.id = e.link_id
		 where l.request_id = $4
		   and e.kind = $2
		   and e.created_at > clock_timestamp() - interval '1 day'`, l.id, kind, browser, l.requestID).Scan(&ofLink, &ofBrowser, &ofRequest)
	if err != nil {
		return fmt.Errorf("count %s of link %d: %w", kind, l.id, err)
	}
	full := false
	switch kind {
	case Opened, Closed, Downloaded:
	case CodeWanted:
		full = ofBrowser >= codesBrowser || ofLink >= codesLink
	case LinkWanted:
		full = ofRequest >= anHour // the worker holds the number of the settings; this only keeps the table small
	default:
		full = ofLink >= anHour
	}
	if full {
		return errTooMany
	}
	return nil
}

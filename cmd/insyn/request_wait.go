package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"insyn/internal/dsar"
)

const waitStep = 200 * time.Millisecond

// afterwards is what to do when the step is taken.
type afterwards struct {
	wait    bool
	json    bool
	timeout time.Duration
}

func (r *requester) after(fs *flag.FlagSet) *afterwards {
	var a afterwards
	fs.BoolVar(&a.wait, "wait", false, "")
	fs.BoolVar(&a.json, "json", false, "")
	fs.DurationVar(&a.timeout, "timeout", 5*time.Minute, "")
	return &a
}

// settled are codes that say nothing any more once later work has begun.
var settled = []string{"tied_cards", "legal_hold", "refused_by_rule"}

// standing is a request in our own words: no personal data, so that it may be printed anywhere.
type standing struct {
	ID         int64      `json:"id"`
	Kind       dsar.Kind  `json:"kind"`
	State      dsar.State `json:"state"`
	WaitingFor dsar.Wait  `json:"waiting_for,omitempty"`
	Code       string     `json:"code,omitempty"` // of the job that failed or waits
	ReceivedOn dsar.Date  `json:"received_on"`
	Due        *dsar.Date `json:"due,omitempty"`
	DueStrict  *dsar.Date `json:"due_strict,omitempty"`

	onItsWay bool // its mail is not at the mail server yet: it waits for nobody
}

func (r *requester) standing(ctx context.Context, id int64) (standing, error) {
	q, err := r.desk.Get(ctx, id)
	if err != nil {
		return standing{}, err
	}
	s := standing{ID: q.ID, Kind: q.Kind, State: q.State, WaitingFor: q.WaitingFor, ReceivedOn: q.ReceivedOn, Due: q.Due, DueStrict: q.DueStrict}
	all, err := r.desk.Store.Jobs(ctx, id)
	if err != nil {
		return s, err
	}
	var latest int64
	for i, j := range all {
		if j.State == "done" && i < len(all)-1 && slices.Contains(settled, j.Code) {
			continue // the desk has let it go on since
		}
		if j.Code != "" && (j.State != "done" || q.State == dsar.Waiting) && j.ID > latest {
			s.Code, latest = j.Code, j.ID
		}
	}
	switch {
	case q.WaitingFor == dsar.ForHold:
		s.Code = "legal_hold"
	case q.WaitingFor == dsar.ForIdentity && q.Undecided > 0:
		s.Code = "tied_cards"
	}
	if q.State != dsar.Waiting || q.WaitingFor != dsar.ForDelivery {
		return s, nil
	}
	mails, err := r.desk.Store.Mails(ctx, id)
	if err != nil {
		return s, err
	}
	for _, m := range mails {
		// Tried and put off is worth telling; the first try is worth waiting for.
		s.onItsWay = s.onItsWay || m.Template == "mail.link" && (m.State == "sending" || m.State == "ready" && m.Tries == 0)
	}
	return s, nil
}

// finish prints how the request stands, with --wait when nothing more happens by itself, and gives the exit code.
func (r *requester) finish(ctx context.Context, id int64, o *afterwards) error {
	s, err := r.standing(ctx, id)
	if err != nil {
		return explain(err)
	}
	end := time.Now().Add(o.timeout)
	for o.wait && (s.State == dsar.Working || s.State == dsar.Received || s.onItsWay) {
		if time.Now().After(end) {
			return errors.Join(r.print(s, o.json), fmt.Errorf("timeout: request %d is still being worked on; does a worker run?", id))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitStep):
		}
		if s, err = r.standing(ctx, id); err != nil {
			return explain(err)
		}
	}
	if err := r.print(s, o.json); err != nil {
		return err
	}
	switch s.State {
	case dsar.Waiting:
		return errWaiting
	case dsar.Failed:
		return fmt.Errorf("request %d failed: %s", id, s.Code)
	}
	return nil
}

func (r *requester) print(s standing, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(r.stdout).Encode(s)
	}
	words := string(s.State)
	if s.WaitingFor != "" {
		words += " for " + string(s.WaitingFor)
	}
	if s.Code != "" {
		words += " (" + s.Code + ")"
	}
	due := ""
	if s.Due != nil {
		due = ", due " + s.Due.String()
	}
	_, err := fmt.Fprintf(r.stdout, "request %d (%s): %s%s\n", s.ID, s.Kind, words, due)
	return err
}

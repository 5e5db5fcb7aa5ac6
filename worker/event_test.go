package worker

import (
	"context"
	"encoding/json"
	"testing"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/internal/share"
)

// leave puts an event where the share site would, and lets a worker take it.
func (b *bench) leave(t *testing.T, linkID int64, kind string, body share.EventBody) {
	t.Helper()
	plain, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	public, err := b.Keys.Public()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal.SealTo(public, plain)
	if err != nil {
		t.Fatal(err)
	}
	b.exec(t, `insert into share_event (link_id, kind, body) values ($1, $2, $3)`, linkID, kind, sealed)
	if err := b.takeEvents(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.run(t)
}

func TestAProposalWithoutAFieldKeepsTheNewValue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	from := b.request(t)
	link, _ := b.linkMail(t, from)
	b.exec(t, `update job set state = 'done'`)
	b.leave(t, link, share.Proposal, share.EventBody{Lang: "en", New: "070-174 06 44", Comment: "That is my number now."})
	id := one[int64](t, b, `select id from request where kind = 'rectification'`)
	r, err := b.store.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if want := "070-174 06 44\n\nThat is my number now."; r.Wish != want {
		t.Errorf("wish %q, want %q", r.Wish, want)
	}
	if r.Channel != "share_page" || r.State != dsar.Waiting || r.WaitingFor != dsar.ForReview || r.Language != "en" || r.OriginRequestID != from.ID {
		t.Errorf("got %s %s %s %s of %d; want a proposal of the share page waiting for review", r.Channel, r.State, r.WaitingFor, r.Language, r.OriginRequestID)
	}
}

func TestAnEventSentTwiceIsOneRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	link, _ := b.linkMail(t, b.request(t))
	b.exec(t, `update job set state = 'done'`)
	for range 2 {
		b.leave(t, link, share.Erasure, share.EventBody{Lang: "sv", Once: "form-7"})
	}
	list, err := b.store.List(context.Background(), request.Filter{Kind: dsar.Erasure})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d erasures, %v; want one", len(list), err)
	}
	if n := one[int](t, b, `select count(*) from mail where template = 'mail.received'`); n != 1 {
		t.Errorf("%d confirmations, want one", n)
	}
	if n := one[int](t, b, `select count(*) from share_event where body is not null`); n != 0 {
		t.Errorf("%d handled events still hold what was said", n)
	}
}

package worker

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/share"
	"insyn/internal/smtpsink"
	"insyn/jobs"
)

// linkMail queues a mail with a link that nobody has got yet.
func (b *bench) linkMail(t *testing.T, r *request.Request) (linkID int64, token share.Token) {
	t.Helper()
	token = share.NewToken()
	b.tx(t, func(tx pgx.Tx) error {
		ctx := context.Background()
		err := tx.QueryRow(ctx, `
			insert into link (request_id, subject_id, level, token_hash, hours)
			values ($1, $2, 'B', $3, 24)
			returning id`, r.ID, r.Person().ID, token.Hash()).Scan(&linkID)
		if err != nil {
			return err
		}
		_, err = jobs.QueueMail(ctx, tx, b.Keys, jobs.OutMail{
			RequestID: r.ID, SubjectID: r.Person().ID, LinkID: linkID, Template: "mail.link",
			Language: "sv", Recipient: r.Person().Address, Token: token.Text(), Answers: dsar.Answered,
			Vars: map[string]any{"sentence": "access", "requested": true, "second_factor": map[string]string{"sv": "en kod", "en": "a code"}},
		})
		return err
	})
	return linkID, token
}

func TestAnAcceptedLinkMailAnswersTheRequestAndForgetsTheToken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.request(t)
	link, token := b.linkMail(t, r)
	b.run(t)
	got := b.sink.Messages()
	if len(got) != 1 || len(got[0].To) != 1 || got[0].To[0] != "ylva@provsson.example" {
		t.Fatalf("%d mails, want one to the address on file", len(got))
	}
	if !strings.Contains(got[0].Text, token.Address("http://127.0.0.1:9")) {
		t.Errorf("the mail does not hold its link")
	}
	if state := one[string](t, b, `select state from request where id = $1`, r.ID); state != "answered" {
		t.Errorf("request %s, want answered", state)
	}
	if n := one[int](t, b, `select count(*) from mail where token is null and recipient is null and vars is null and state = 'accepted'`); n != 1 {
		t.Errorf("the accepted mail still holds token, recipient or values")
	}
	if !one[bool](t, b, `select expires_at between now() + interval '23 hours 59 minutes' and now() + interval '24 hours' from link where id = $1`, link) {
		t.Errorf("the link does not end 24 hours after the commit before the dialogue")
	}
}

func TestARefusedMailIsNotTriedAgainAndItsLinkDies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.sink.Answer(func(_ int, to string) smtpsink.Answer {
		if to == "ylva@provsson.example" {
			return smtpsink.Answer{Action: smtpsink.Refuse, Code: 550, Status: [3]int{5, 1, 1}}
		}
		return smtpsink.Answer{}
	})
	r := b.request(t)
	link, _ := b.linkMail(t, r)
	b.run(t) // the link
	b.run(t) // the message to the DPO
	if why := one[string](t, b, `select coalesce(revoked_why, '') from link where id = $1`, link); why != "undeliverable" {
		t.Errorf("link revoked %q, want undeliverable", why)
	}
	if w := one[string](t, b, `select coalesce(waiting_for, '') from request where id = $1`, r.ID); w != "delivery" {
		t.Errorf("request waits for %q, want delivery", w)
	}
	if n := one[int](t, b, `select tries from mail where template = 'mail.link'`); n != 1 {
		t.Errorf("%d tries after a 550, want 1", n)
	}
	got := b.sink.Messages()
	if len(got) != 1 || got[0].To[0] != "dpo@nordlyft.example" || !strings.Contains(got[0].Text, "550 5.1.1") {
		t.Fatalf("%d mails arrived; want one that tells the DPO of 550 5.1.1", len(got))
	}
	if bytes.Contains(got[0].Raw, []byte("ylva")) {
		t.Errorf("the message to the DPO names the person")
	}
}

func TestALaterAnswerIsAwaited(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.sink.Answer(func(n int, _ string) smtpsink.Answer {
		if n <= 2 {
			return smtpsink.Answer{Action: smtpsink.Refuse, Code: 451, Status: [3]int{4, 7, 1}}
		}
		return smtpsink.Answer{}
	})
	b.linkMail(t, b.request(t))
	b.run(t)
	if later := one[bool](t, b, `select run_at > now() + interval '50 seconds' from job where state = 'queued'`); !later {
		t.Error("a 4xx is tried again at once; want a growing gap")
	}
	b.run(t)
	b.run(t)
	if n := len(b.sink.Messages()); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
	b2 := one[int](t, b, `select count(distinct message_id) from mail`)
	if b2 != 1 {
		t.Errorf("%d message ids, want the same in every try", b2)
	}
}

func TestAnUnseenEndIsTriedOnceMoreAndNeverAThirdTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.sink.Answer(func(_ int, to string) smtpsink.Answer {
		if to == "ylva@provsson.example" {
			return smtpsink.Answer{Stage: smtpsink.AfterData, Action: smtpsink.Drop, Keep: true}
		}
		return smtpsink.Answer{}
	})
	r := b.request(t)
	link, _ := b.linkMail(t, r)
	for range 3 {
		b.run(t)
	}
	ids := map[string]int{}
	for _, m := range b.sink.Messages() {
		if m.To[0] == "ylva@provsson.example" {
			ids[m.MessageID]++
		}
	}
	if len(ids) != 1 {
		t.Fatalf("message ids %d, want one", len(ids))
	}
	for _, n := range ids {
		if n != 2 {
			t.Errorf("%d copies, want two", n)
		}
	}
	if dead := one[bool](t, b, `select revoked_at is not null from link where id = $1`, link); dead {
		t.Error("the link was closed although its mail may have arrived")
	}
	if s := one[string](t, b, `select state from mail where template = 'mail.link'`); s != "failed" {
		t.Errorf("mail %s, want failed, and the DPO told", s)
	}
}

func TestAMailWhoseWorkerDiedInTheDialogueCountsAsUnseen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.linkMail(t, b.request(t))
	b.exec(t, `update mail set state = 'sending', tries = 1, message_id = 'same@nordlyft.example', first_try_at = now()`)
	b.run(t)
	if n := one[int](t, b, `select lost from mail`); n != 1 {
		t.Errorf("lost %d, want 1", n)
	}
	if got := b.sink.Messages(); len(got) != 1 || !strings.Contains(got[0].MessageID, "same@nordlyft.example") {
		t.Errorf("want one mail with the Message-ID of the first try")
	}
}

func TestAZombieChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.request(t)
	b.linkMail(t, r)
	id := one[int64](t, b, `select id from job where state = 'queued'`)
	c, err := b.claim(context.Background(), jobs.Ref{Job: id, Epoch: 1})
	if err != nil || c == nil {
		t.Fatalf("claim: %v", err)
	}
	if again, _ := b.claim(context.Background(), jobs.Ref{Job: id, Epoch: 1}); again != nil {
		t.Error("the same epoch was claimed twice")
	}
	b.exec(t, `update job set state = 'queued', lease_until = null, epoch = 2 where id = $1`, id) // as the relay does
	err = c.Commit(context.Background(), func(tx pgx.Tx) error {
		_, err := tx.Exec(context.Background(), `update request set state = 'failed', waiting_for = null where id = $1`, r.ID)
		return err
	})
	if err == nil {
		t.Error("an old epoch could commit")
	}
	if s := one[string](t, b, `select state from request where id = $1`, r.ID); s != "waiting" {
		t.Errorf("request %s, want waiting as before", s)
	}
}

func TestEveryKindHasAHandler(t *testing.T) {
	t.Parallel()
	if _, err := newBench(t).route(); err != nil {
		t.Error(err)
	}
}

func TestAMailThatCannotBeComposedDoesNotLookHalfSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.request(t)
	b.linkMail(t, r)
	b.exec(t, `update setting set body = body - 'controller'`)
	b.run(t)
	if s := one[string](t, b, `select state || ' ' || tries || ' ' || lost from mail`); s != "ready 0 0" {
		t.Errorf("with settings unanswered: got %q, want ready 0 0", s)
	}
	if code := one[string](t, b, `select code from job where state = 'queued'`); code != "settings_incomplete" {
		t.Errorf("code %q, want settings_incomplete", code)
	}
	b.answerSettings(t)
	b.exec(t, `update mail set vars = null`) // as a text whose values are missing
	b.run(t)
	if s := one[string](t, b, `select state from mail where template = 'mail.link'`); s != "failed" {
		t.Errorf("with a value missing: got %q, want failed", s)
	}
	if n := len(b.sink.Messages()); n != 0 {
		t.Errorf("%d mails left, want none", n)
	}
	if s := one[string](t, b, `select state || ' ' || code from job where kind = 'mail' order by id limit 1`); s != "failed text_incomplete" {
		t.Errorf("its job: got %q, want failed text_incomplete, for ops to run again", s)
	}
}

package e2e

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/smtpsink"
	"insyn/jobs"
)

// keepMails collects what comes in, since the sink forgets; the function gives all of it.
func (w *world) keepMails() func() []smtpsink.Message {
	ctx, cancel := context.WithCancel(w.t.Context())
	var mu sync.Mutex
	var all []smtpsink.Message
	take := func() {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range w.sink.Messages() {
			if len(all) == 0 || m.ID > all[len(all)-1].ID {
				all = append(all, m)
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			take()
			time.Sleep(200 * time.Millisecond)
		}
	}()
	w.t.Cleanup(func() { cancel(); <-done })
	return func() []smtpsink.Message {
		take()
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// handed is what the product hands to people instead of going on by itself: jobs whose worker died three times, which
// ops run again, and mails whose dialogue was lost twice, for which there is no third by themselves.
type handed struct{ crashed, mails int }

// finish waits until every request has its answer, and does what people do with what is handed to them.
func (w *world) finish(all []*faulted) (h handed) {
	w.t.Helper()
	ctx, desk, admin := w.t.Context(), w.desk(), w.account(anna)
	var ids []int64
	for _, f := range all {
		ids = append(ids, f.id)
	}
	open := 0
	// A worker killed between the queue's hand-over and its claim leaves a task id behind that blocks its job for two minutes.
	for end := time.Now().Add(150 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		if err := w.approve(ctx, admin); err != nil {
			w.t.Fatal(err)
		}
		rows, err := w.insyn.Query(ctx, `select id from insyn.job where state = 'failed' and code = 'crashed'`)
		if err != nil {
			w.t.Fatal(err)
		}
		crashed, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			w.t.Fatal(err)
		}
		for _, id := range crashed {
			h.crashed++
			if err := desk.RetryJob(ctx, id, admin); err != nil {
				w.t.Errorf("run job %d again: %v", id, err)
			}
		}
		h.mails += w.answerByHand(desk, admin)
		open = one[int](w, w.insyn, `select count(*) from insyn.request where id = any ($1) and (state not in ('answered', 'partly')
			or exists (select from insyn.job where request_id = request.id and state in ('queued', 'working')))`, ids)
		if open == 0 {
			return h
		}
		if time.Now().After(end) {
			break
		}
	}
	w.t.Errorf("%d of %d requests are not done", open, len(all))
	for i, f := range all {
		if s := w.state(f.id); s != "answered" && s != "partly" && i < 400 {
			w.t.Logf("request %d (%s) is %q:\n%s", f.id, f.kind, s, w.history(f.id))
		}
	}
	return h
}

// answerByHand closes the requests whose answer was lost in two dialogues, so that it may have come. The handler must have
// been told of each.
func (w *world) answerByHand(desk *jobs.Desk, handler int64) (n int) {
	rows, err := w.insyn.Query(w.t.Context(), `
		select r.id
		  from insyn.request as r
		  join insyn.mail as m on m.request_id = r.id
		 where r.waiting_for = 'delivery'
		   and m.state = 'failed'
		   and m.code = 'unknown'
		   and m.lost >= 1
		   and exists (select from insyn.mail as told where told.request_id = r.id and told.template = 'mail.undeliverable' and told.state = 'accepted')`)
	if err != nil {
		w.t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, id := range ids {
		n++
		w.byHand[id] = true
		if err := desk.AnsweredOnPaper(w.t.Context(), id, handler); err != nil {
			w.t.Errorf("answer request %d by hand: %v", id, err)
		}
	}
	return n
}

// effectsOnce checks that each request did what it should, and did it once.
func (w *world) effectsOnce(all []*faulted) {
	w.t.Helper()
	once := func(f *faulted, what string, n int) {
		if strings.HasPrefix(what, "mail") && w.byHand[f.id] {
			return // lost in two dialogues, and answered by a person
		}
		if n != 1 {
			w.t.Errorf("request %d (%s): got %d %s, want 1\n%s", f.id, f.kind, n, what, w.history(f.id))
		}
	}
	for _, f := range all {
		template := ""
		switch f.kind {
		case dsar.Access, dsar.Portability:
			template = "mail.link"
			once(f, "links", one[int](w, w.insyn, `select count(*) from insyn.link where request_id = $1`, f.id))
			once(f, "artefacts", one[int](w, w.insyn, `select count(*) from insyn.artefact where request_id = $1`, f.id))
			once(f, "live links", one[int](w, w.insyn, `select count(*) from insyn.link where request_id = $1 and revoked_at is null and expires_at > now()`, f.id))
		case dsar.Rectification:
			template = "mail.corrected"
			once(f, "changes of the card", one[int](w, w.crm, `select count(*) from crm.change_log where person_id = $1 and 'title' = any (changed_columns)`, f.person))
			once(f, "cards with the new value", one[int](w, w.crm, `select count(*) from crm.person where id = $1 and title = $2`, f.person, f.title()))
			once(f, "pieces of evidence", one[int](w, w.insyn, `select count(*) from insyn.evidence where request_id = $1`, f.id))
		case dsar.Objection:
			once(f, "changes of the card", one[int](w, w.crm, `select count(*) from crm.change_log where person_id = $1 and 'newsletter' = any (changed_columns)`, f.person))
			once(f, "lines of the consent log", one[int](w, w.crm, `select count(*) from crm.consent_log where person_id = $1 and state = 'objected'`, f.person))
			once(f, "consent events", one[int](w, w.insyn, `select count(*) from insyn.consent_event where request_id = $1`, f.id))
		case dsar.Erasure:
			once(f, "ledger rows", one[int](w, w.crm, `select count(*) from insyn_ledger.erasure where request_id = $1`, f.id))
			once(f, "anonymised cards", one[int](w, w.crm, `select count(*) from crm.person where id = $1 and personnummer is null and title is null`, f.person))
			once(f, "audit lines of the erasure", one[int](w, w.insyn, `select count(*) from insyn.audit where request_id = $1 and action = 'erasure.done'`, f.id))
			once(f, "mails of confirmation", one[int](w, w.insyn, `select count(*) from insyn.mail where request_id = $1 and template in ('mail.erased', 'mail.partly_erased') and state = 'accepted'`, f.id))
		}
		if template != "" {
			once(f, "mails: "+template, one[int](w, w.insyn, `select count(*) from insyn.mail where request_id = $1 and template = $2 and state = 'accepted'`, f.id, template))
		}
	}
}

// mailsOnce: each mail came once, and once more only where we killed its worker, then with the same Message-ID and link.
func (w *world) mailsOnce(mails []smtpsink.Message, killed map[int64]bool) {
	w.t.Helper()
	came := map[string][]smtpsink.Message{}
	for _, m := range mails {
		came[m.MessageID] = append(came[m.MessageID], m)
	}
	rows, err := w.insyn.Query(w.t.Context(), `
		select coalesce(m.message_id, ''), m.state, coalesce(j.id, 0)
		  from insyn.mail as m
		  left join insyn.job as j on j.mail_id = m.id and j.kind = 'mail'
		 where m.first_try_at is not null`)
	if err != nil {
		w.t.Fatal(err)
	}
	type row struct {
		MessageID, State string
		Job              int64
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		w.t.Fatal(err)
	}
	twice, known := 0, map[string]bool{}
	for _, r := range list {
		got := came[r.MessageID]
		known[r.MessageID] = true
		if r.State == "accepted" && len(got) == 0 {
			w.t.Errorf("a mail counts as accepted and did not come")
		}
		if len(got) > 2 || len(got) == 2 && !killed[r.Job] {
			w.t.Errorf("a mail came %d times; was its worker killed: %t", len(got), killed[r.Job])
		}
		if len(got) == 2 {
			twice++
			if linkText.FindString(got[0].Text) != linkText.FindString(got[1].Text) {
				w.t.Error("the second copy of a mail has another link")
			}
		}
	}
	for id, got := range came {
		if !known[id] {
			w.t.Errorf("%d mails with a Message-ID that no row knows", len(got))
		}
	}
	w.t.Logf("%d mails for %d rows, %d of them came twice", len(mails), len(list), twice)
}

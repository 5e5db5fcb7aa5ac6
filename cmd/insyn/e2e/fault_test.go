package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/smtpsink"
	"insyn/jobs"
)

// The mix of the fault test: how many requests of each kind.
const (
	faultAccess      = 200
	faultPortability = 60
	faultCorrection  = 100
	faultConsent     = 80
	faultErasure     = 60
	faultRequests    = faultAccess + faultPortability + faultCorrection + faultConsent + faultErasure
	faultWorkers     = 2
	faultTime        = 50 * time.Second // of killing; the requests come in over the first part of it
	faultBack        = 25 * time.Second // a lease and a sweep; how long the queue then is depends on the machine
)

// faulted is one request of the test.
type faulted struct {
	id, person int64
	kind       dsar.Kind
}

// TestFaults puts 500 requests through workers that are killed every 1 to 3 seconds, while Redis loses everything twice.
// Every request must be done, and each effect there once.
func TestFaults(t *testing.T) {
	w := newWorld(t, options{persons: faultRequests + 100, workers: faultWorkers, calm: true})
	mails := w.keepMails()
	// A server that thinks after it has taken the message: workers die in the middle of dialogues.
	w.sink.Answer(func(int, string) smtpsink.Answer {
		return smtpsink.Answer{Stage: smtpsink.AfterData, Delay: rand.N(300 * time.Millisecond)}
	})
	all := w.mix()
	c := &chaos{w: w, lost: map[int64]lostJob{}, ever: map[int64]bool{}}
	c.run(all)
	h := w.finish(all)
	slices.Sort(c.back)
	slices.Sort(c.recovered)
	t.Logf("%d requests, %d kills, %d FLUSHALL, %d jobs lost with their worker; handed to people: %d jobs after three crashes, %d mails after two lost dialogues",
		len(all), c.kills, c.flushes, len(c.recovered), h.crashed, h.mails)
	if len(c.recovered) < 10 || c.kills < 10 || c.flushes < 2 {
		t.Fatal("too little was broken: the test proves nothing")
	}
	if len(c.lost) > 0 {
		t.Errorf("%d jobs whose worker was killed were never claimed again", len(c.lost))
	}
	t.Logf("from kill to the queue: p50 %s, p99 %s; to the next claim: p50 %s, p99 %s, worst %s",
		at(c.back, 50), at(c.back, 99), at(c.recovered, 50), at(c.recovered, 99), at(c.recovered, 100))
	t.Logf("%d jobs were handed over by the queue and never claimed; the slowest job of all took %s from its row to its end",
		one[int](w, w.insyn, `select count(*) from insyn.job where epoch > 1 and attempt = 0 and crashes = 0 and kind <> 'mail'`),
		one[time.Duration](w, w.insyn, `select max(finished_at - created_at) from insyn.job`).Round(time.Second))
	if p99 := at(c.back, 99); p99 > faultBack {
		t.Errorf("lost work is back in the queue after %s (p99), want at most %s: a lease and a sweep", p99, faultBack)
	}
	w.effectsOnce(all)
	w.mailsOnce(mails(), c.ever)
}

func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)].Round(time.Millisecond)
}

// mix prepares the requests, each about a person of its own whose address is good enough for a mailed code.
func (w *world) mix() []*faulted {
	w.t.Helper()
	person := int64(democrm.MinPersons)
	for _, s := range []string{
		`delete from crm.person_email where person_id > $1`,
		`insert into crm.person_email (person_id, address, is_primary, changed_at) select id, 'person' || id || '@post.example', true, now() - interval '1 year' from crm.person where id > $1`,
		`delete from crm.person_phone where person_id > $1`, // a second card of somebody would stop for a decision
		`update crm.person set personnummer = null, custom = '{}' where id > $1`,
		`update crm.person set replaced_by = null, title = 'before', newsletter = 'unknown' where id > $1`,
		`delete from crm.change_log where person_id > $1`,
		`delete from crm.consent_log where person_id > $1`,
	} {
		w.exec(w.crm, s, person)
	}
	var out []*faulted
	for _, part := range []struct {
		kind dsar.Kind
		n    int
	}{{dsar.Access, faultAccess}, {dsar.Portability, faultPortability}, {dsar.Rectification, faultCorrection}, {dsar.Objection, faultConsent}, {dsar.Erasure, faultErasure}} {
		for range part.n {
			person++
			out = append(out, &faulted{person: person, kind: part.kind})
		}
	}
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// submit registers one, as a page does.
func (w *world) submit(ctx context.Context, desk *jobs.Desk, actor int64, f *faulted) error {
	sub := request.NewSubject{Source: "crm", Key: fmt.Sprint(f.person), Name: "N N"}
	n := request.New{Kind: f.kind, Asked: true, Channel: "mail", Language: "en", CreatedBy: actor, Handler: actor, Subjects: []request.NewSubject{sub}}
	var err error
	switch f.kind {
	case dsar.Rectification:
		n.Proposal = request.Proposal{Changes: []request.Change{{ID: "crm.person.title", Label: "Title", Old: "before", New: f.title()}}}
	case dsar.Objection:
		f.id, err = desk.SetConsent(ctx, actor, sub, "newsletter", "objected", "by mail", "")
		return err
	case dsar.Erasure:
		n.Ground, n.VerifiedHow = "b", "call_back"
	}
	f.id, _, err = desk.Submit(ctx, n)
	return err
}

func (f *faulted) title() string { return fmt.Sprintf("after %d", f.person) }

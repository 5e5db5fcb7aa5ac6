package worker

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/democrm"
	"insyn/internal/dsar"
	"insyn/internal/mention"
	"insyn/internal/receipt"
	"insyn/internal/request"
)

func (b *bench) account(t *testing.T, name string, role dsar.Role) int64 {
	t.Helper()
	var id int64
	b.tx(t, func(tx pgx.Tx) error {
		a, err := account.Create(context.Background(), tx, account.New{
			Email: name + "@nordlyft.example", Name: name + " Handläggarsson", Password: "korrekt häst batteri", Roles: []dsar.Role{role}, Language: "sv",
		}, 0)
		id = a.ID
		return err
	})
	return id
}

// erase takes an erasure of a card up to the run, which is the next job.
func (b *bench) erase(t *testing.T, person int64) (id int64, asked, approved int64) {
	t.Helper()
	asked, approved = b.account(t, "disa", dsar.DPO), b.account(t, "adam", dsar.Administrator)
	id, _, err := b.desk.Submit(t.Context(), request.New{
		Kind: dsar.Erasure, Asked: true, Language: "sv", Channel: "letter", CreatedBy: asked, Ground: "c", VerifiedHow: "in_person",
		Subjects: []request.NewSubject{{Source: "crm", Key: strconv.FormatInt(person, 10)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.run(t) // the rehearsal
	plan, err := b.desk.Rehearsal(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Approve(t.Context(), id, approved, plan.Shown()); err != nil {
		t.Fatal(err)
	}
	return id, asked, approved
}

// job does the newest queued job of a kind.
func (b *bench) job(t *testing.T, kind string) {
	t.Helper()
	b.exec(t, `update job set state = 'done' where state = 'queued' and kind <> $1`, kind)
	b.run(t)
}

func (b *bench) public() ed25519.PublicKey { return b.Keys.Receipt().Public().(ed25519.PublicKey) }

func TestACleanRescanSignsAReceiptThatNamesNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.withCRM(t)
	person := democrm.Unique
	canaries, err := b.Sources[0].Identifiers(t.Context(), []string{strconv.FormatInt(person, 10)})
	if err != nil {
		t.Fatal(err)
	}
	id, asked, approved := b.erase(t, person)
	b.job(t, "erasure")
	if _, err := receipt.Load(t.Context(), b.Pool, id); !errors.Is(err, dsar.ErrNotFound) {
		t.Fatalf("before the rescan: %v, want no receipt", err)
	}
	b.job(t, "verification")
	signed, err := receipt.Load(t.Context(), b.Pool, id)
	if err != nil {
		t.Fatalf("%v; the rescan met %s", err, one[string](t, b, `select coalesce(receipt ->> 'findings', '') from request_subject where request_id = $1`, id))
	}
	d, err := receipt.Verify(signed, b.public())
	if err != nil {
		t.Fatal(err)
	}
	if d.Request.Number != id || d.Requested.Account != asked || d.Approved.Account != approved || d.Approved.At == nil || d.Request.Ground != "c" {
		t.Errorf("the case: %+v %+v %+v", d.Request, d.Requested, d.Approved)
	}
	if d.Rescan.Result != receipt.Retained || d.Rescan.Tables < 15 || d.Rescan.Columns < 30 || len(d.Rescan.Places) == 0 {
		t.Errorf("the search: %+v", d.Rescan)
	}
	if len(d.Sources) != 1 || len(d.Sources[0].MapHash) != 64 || len(d.Sources[0].PlanHash) != 64 || d.Sources[0].Ledger == nil || len(d.Sources[0].Kept) == 0 {
		t.Fatalf("the source: %+v", d.Sources)
	}
	rows, told := 0, 0
	for _, c := range d.Sources[0].Counts {
		if c.Label["sv"] == "" {
			t.Errorf("%s has no label", c.Table)
		}
		rows += c.Rows
	}
	if told = one[int](t, b, `select (detail ->> 'rows')::int from audit where action = 'erasure.done' and request_id = $1`, id); rows != told || rows == 0 {
		t.Errorf("the receipt counts %d rows, the audit %d", rows, told)
	}
	if d.Backups == nil || d.Backups.Days != 30 {
		t.Errorf("backups: %+v", d.Backups)
	}
	holds(t, string(signed), canaries, "Handläggarsson", "@nordlyft.example")
}

// holds fails where a receipt names the person, or who of the company worked on it.
func holds(t *testing.T, text string, p mention.Person, more ...string) {
	t.Helper()
	canaries := append(more, p.Emails...)
	for _, list := range [][]string{p.Given, p.Surname, p.FormerSurnames, p.Nicknames, p.Phones, p.Handles, {p.Personnummer, p.CustomerNo}} {
		canaries = append(canaries, list...)
	}
	for _, a := range p.Addresses {
		canaries = append(canaries, a.Street)
	}
	looked := 0
	for _, c := range canaries {
		if c == "" {
			continue
		}
		looked++
		if strings.Contains(strings.ToLower(text), strings.ToLower(c)) {
			t.Errorf("the receipt holds %q", c)
		}
	}
	if looked < 6 {
		t.Fatalf("looked for %d identifiers only", looked)
	}
}

func TestWhatARescanMeetsHoldsTheReceiptBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	crm := b.withCRM(t)
	person := democrm.Unique
	ids, err := b.Sources[0].Identifiers(t.Context(), []string{strconv.FormatInt(person, 10)})
	if err != nil || len(ids.Emails) == 0 {
		t.Fatalf("no address: %v", err)
	}
	id, _, _ := b.erase(t, person)
	b.job(t, "erasure")
	if _, err := crm.Exec(t.Context(), `create table crm.leak (note text); grant select on crm.leak to insyn_worker`); err != nil {
		t.Fatal(err)
	}
	if _, err := crm.Exec(t.Context(), `insert into crm.leak values ($1)`, "mail "+ids.Emails[0]); err != nil {
		t.Fatal(err)
	}
	b.job(t, "verification")
	if got := one[string](t, b, `select coalesce(waiting_for, '') from request where id = $1`, id); got != "review" {
		t.Fatalf("the request waits for %q, want review", got)
	}
	if _, err := receipt.Load(t.Context(), b.Pool, id); !errors.Is(err, dsar.ErrNotFound) {
		t.Errorf("a receipt with findings: %v, want none", err)
	}
}

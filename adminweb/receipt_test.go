package adminweb

import (
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm/crmtest"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/receipt"
	"insyn/internal/records"
)

func (a *app) exec(sql string, args ...any) {
	a.t.Helper()
	if _, err := a.pool.Exec(a.t.Context(), sql, args...); err != nil {
		a.t.Fatal(err)
	}
}

// erasedRequest is an erasure that was done; its source told body.
func (a *app) erasedRequest(id int64, body string) {
	a.t.Helper()
	a.exec(`insert into request (id, kind, state, waiting_for, received_on, channel, language, country, asked, erased_at)
		overriding system value values ($1, 'erasure', 'waiting', 'review', '2026-11-02', 'mail', 'sv', 'SE', false, now())`, id)
	a.exec(`insert into request_subject (request_id, source, key_hmac, receipt) values ($1, 'crm', '\x01', $2)`, id, body)
}

func receiptDocument(number int64) receipt.Document {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	return receipt.Document{
		Program: "Insyn", Controller: receipt.Controller{Name: "Bolaget AB", Country: "SE", Timezone: "Europe/Stockholm"},
		Request:   receipt.Request{Number: number, Kind: dsar.Erasure, ReceivedOn: dsar.Date{Year: 2026, Month: 11, Day: 2}, Channel: "mail", AskedBy: "self", Ground: "c"},
		Requested: receipt.Actor{Account: 2, Roles: []string{"dpo"}}, Approved: receipt.Approval{Actor: receipt.Actor{Account: 3, Roles: []string{"administrator"}}, At: &at},
		Sources: []receipt.Source{{
			Name: "crm", Label: dossier.Label{"sv": "Kundregistret", "en": "The customer register"}, ErasedAt: at, MapVersion: 3, MapHash: strings.Repeat("ab", 32),
			PlanHash: strings.Repeat("cd", 32), Ledger: &receipt.Ledger{Hash: strings.Repeat("ef", 32)},
			Counts: []receipt.Count{
				{Table: "crm.person", Label: dossier.Label{"sv": "Person", "en": "Person"}, Action: "anonymise", Rows: 1},
				{Table: "crm.history", Label: dossier.Label{"sv": "Historik", "en": "History"}, Action: "redact", Rows: 12345},
			},
			Kept: []receipt.Kept{{
				Table: "crm.invoice", Label: dossier.Label{"sv": "Fakturor", "en": "Invoices"}, Law: dossier.Label{"sv": "bokföringslagen 7 kap. 2 §", "en": "Bookkeeping Act ch. 7 s. 2"},
				Sentence: dossier.Label{"sv": "Räkenskapsinformation bevaras i sju år.", "en": "Accounting information is kept for seven years."}, Rows: 2, Until: dsar.Date{Year: 2033, Month: 12, Day: 31},
			}},
		}},
		Rescan:  receipt.Rescan{At: at, Result: receipt.None, Tables: 31, Columns: 122, DurationMS: 4210, Places: []receipt.Place{}},
		Backups: &receipt.Backups{Days: 30, Until: dsar.Date{Year: 2026, Month: 12, Day: 20}}, SignedAt: at,
	}
}

func (a *app) sign(id int64, key ed25519.PrivateKey) []byte {
	a.t.Helper()
	d := receiptDocument(id)
	signed, err := receipt.Sign(d, key)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := receipt.Store(a.t.Context(), a.pool, id, signed, d.SignedAt); err != nil {
		a.t.Fatal(err)
	}
	return signed
}

func TestTheReceiptIsShownAndDownloaded(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.complete()
	a.user("dpo", dsar.DPO)
	b := a.login("dpo")
	a.erasedRequest(1001, `{"at": "2026-11-20T12:00:00Z", "counts": {"crm.person anonymise": 1}, "kept": []}`)

	b.want(b.get("/requests/1001/receipt"), http.StatusOK, "not a receipt yet", "the search for what may be left is not")
	if r := b.get("/requests/1001/receipt.json"); r.status != http.StatusNotFound {
		t.Errorf("the document before it is signed: got %d, want 404", r.status)
	}
	a.exec(`update request_subject set receipt = receipt || '{"rescanned_at": "2026-11-20T12:01:00Z", "findings": [{"table": "crm.leak", "column": "note", "rows": 3}]}'`)
	b.want(b.get("/requests/1001/receipt"), http.StatusOK, "still met the person", "crm.leak, note", ">3<")

	signed := a.sign(1001, a.store.Keys.Receipt())
	b.want(b.get("/requests/1001"), http.StatusOK, `href="/requests/1001/receipt"`)
	page := b.get("/requests/1001/receipt")
	b.want(page, http.StatusOK, "Receipt of an erasure, case 1001", "Bolaget AB", "12,345", "Bookkeeping Act", "31 December 2033", "account 3 (administrator)",
		`href="/requests/1001/receipt.pdf"`, `href="/requests/1001/receipt.json"`)
	for _, wrong := range []string{"not a receipt yet", "does not hold"} {
		if strings.Contains(page.body, wrong) {
			t.Errorf("a good receipt says %q", wrong)
		}
	}
	if r := b.get("/requests/1001/receipt.json"); r.body != string(signed) || !strings.Contains(r.header.Get("Content-Disposition"), "receipt-1001.json") {
		t.Errorf("the download is not the stored document: %d %s", r.status, r.header)
	}
	if r := b.get("/requests/1001/receipt.pdf"); !strings.HasPrefix(r.body, "%PDF-") || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the PDF: %d %s", r.status, r.header)
	}
	a.exec(`update receipt set body = replace(body, '12345', '12346')`)
	b.want(b.get("/requests/1001/receipt"), http.StatusOK, "signature does not hold")
}

func TestAReceiptOfAnEarlierKeySaysSo(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	b := a.login("dpo")
	a.erasedRequest(1001, `{"at": "2026-11-20T12:00:00Z", "counts": {}, "kept": []}`)
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	a.sign(1001, key)
	b.want(b.get("/requests/1001/receipt"), http.StatusOK, "earlier key")
}

func TestWhatIsNoErasureHasNoReceipt(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.user("dpo", dsar.DPO)
	b := a.login("dpo")
	a.exec(`insert into request (id, kind, received_on, channel, language, country, asked)
		overriding system value values (1001, 'access', '2026-11-02', 'mail', 'sv', 'SE', false),
		                               (1002, 'erasure', '2026-11-02', 'mail', 'sv', 'SE', false)`)
	for _, path := range []string{"/requests/1001/receipt", "/requests/1002/receipt", "/requests/1002/receipt.pdf", "/requests/9/receipt"} {
		if r := b.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, r.status)
		}
	}
}

func TestWhatIsFencedIsListed(t *testing.T) {
	t.Parallel()
	crm, src := fencedSource(t)
	a := newApp(t, func(c *Config) { c.Sources = []*records.Source{src} })
	a.user("dpo", dsar.DPO)
	b := a.login("dpo")
	b.want(b.get("/kept"), http.StatusOK, "Nothing is fenced")
	if _, err := crm.Exec(t.Context(), `
		insert into insyn_ledger.kept (request_id, table_name, row_key, rule, until)
		select 1001, 'crm.invoice', n::text, 'books', case when n < 4 then date '2017-12-31' else date '2097-12-31' end
		  from generate_series(1, 1500) n`); err != nil {
		t.Fatal(err)
	}
	page := b.get("/kept")
	b.want(page, http.StatusOK, "Invoices", "31 December 2017", "31 December 2097", "1,497", "3 rows are past their time", "past its time")
	if n := strings.Count(page.body, "left warn"); n != 1 {
		t.Errorf("%d lines are marked, want one", n)
	}
}

// fencedSource is the sample's schema without people, opened with the rights of web.
func fencedSource(t *testing.T) (*pgxpool.Pool, *records.Source) {
	t.Helper()
	m := crmtest.Map(t)
	crm := crmtest.New(t, m, crmtest.Content{})
	web, err := postgres.OpenWith(t.Context(), pgtest.DSN(crm), postgres.Options{Role: postgres.RoleWeb})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(web.Close)
	src, err := records.Open(t.Context(), "crm", web, m)
	if err != nil {
		t.Fatal(err)
	}
	return crm, src
}

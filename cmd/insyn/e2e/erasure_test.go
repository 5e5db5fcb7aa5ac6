package e2e

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/democrm"
)

// survivor is what an erasure of the person with id $1 leaves standing, and why. Of the columns only the named ones may
// differ from before.
type survivor struct {
	table, keys string // keys: SQL that gives the primary keys before the erasure
	may         []string
	reason      string
}

func survivors() []survivor {
	const linked = `select history_id::text from crm.history_person where person_id = $1`
	var all []string // of the card, but the row's own number and the coworker in charge
	for c := range strings.FieldsSeq(`customer_no given_name surname former_surname nickname title organisation_id street postcode city country
		personnummer birth_date tags custom language protected source register_id newsletter newsletter_at newsletter_how newsletter_wording
		newsletter_by processing processing_at processing_how processing_wording processing_by replaced_by created_at updated_at version`) {
		all = append(all, c)
	}
	return []survivor{
		{"crm.person", `select $1::bigint::text`, all, "vouchers refer to the card; constants and nothing else stand on it"},
		{"crm.invoice", `select id::text from crm.invoice where buyer_person_id = $1`, nil, "bokföringslagen 7 kap. 2 §: vouchers stay as they were written"},
		{"crm.invoice_line", `select l.id::text from crm.invoice_line as l join crm.invoice as i on i.id = invoice_id where buyer_person_id = $1`, nil, "bokföringslagen 7 kap. 2 §: they belong to the voucher"},
		{"crm.history", linked + ` except ` + linked + ` and history_id in (select history_id from crm.history_person where person_id <> $1)`, []string{"subject", "body", "at"}, "the company's own log, freed of the person, the time made coarse"},
		{"crm.history", `select history_id::text from crm.history_person where person_id <> $1 and history_id in (select history_id from crm.history_person where person_id = $1)`, []string{"subject", "body"}, "others are in it: their entry keeps its time"},
		{"crm.deal", `select deal_id::text from crm.deal_person where person_id = $1`, []string{"title", "description", "lost_reason"}, "the company's sales figures"},
		{"crm.newsletter_log", `select id::text from crm.newsletter_log where person_id = $1`, []string{"person_id", "email", "sent_at", "opened_at", "clicked_at"}, "the figures of a campaign"},
		{"crm.organisation", `select organisation_id::text from crm.person where id = $1`, nil, "the employer is not the person"},
		{"crm.history", fmt.Sprintf(`select h.id::text from crm.history as h join crm.history_person as p on p.history_id = h.id where p.person_id in (%d, %d) and (h.body ilike '%%ekenskär%%' or h.body ilike '%%ekenskar%%') and $1 > 0`, democrm.MentionInHistory, democrm.MentionInMail), []string{"body"}, "about somebody else; names the person"},
		{"crm.todo", fmt.Sprintf(`select id::text from crm.todo where person_id = %d and text like '%%174 06 11%%' and $1 > 0`, democrm.MentionInTodo), []string{"text"}, "somebody else's; holds the person's number"},
		{"crm.deal", fmt.Sprintf(`select deal_id::text from crm.deal_person join crm.deal on id = deal_id where person_id = %d and description like '%%Ekenskär%%' and $1 > 0`, democrm.MentionInDeal), []string{"description", "lost_reason"}, "somebody else's; names the person"},
		{"crm.document", fmt.Sprintf(`select id::text from crm.document where person_id in (%d, %d) and body like '%%Ekenskär%%' and $1 > 0`, democrm.MentionInDocument, democrm.Colleague), []string{"body"}, "somebody else's; names the person"},
		{"crm.organisation", fmt.Sprintf(`select id::text from crm.organisation where id = %d and $1 > 0`, democrm.MentionInOrganisation), []string{"note"}, "another company; its note names the person"},
	}
}

// goners are the rows that an erasure takes away whole.
func goners() map[string]string {
	return map[string]string{
		"crm.person_email":   `select id::text from crm.person_email where person_id = $1`,
		"crm.person_phone":   `select id::text from crm.person_phone where person_id = $1`,
		"crm.history_person": `select history_id || ',' || person_id from crm.history_person where person_id = $1`,
		"crm.deal_person":    `select deal_id || ',' || person_id from crm.deal_person where person_id = $1`,
		"crm.todo":           `select id::text from crm.todo where person_id = $1`,
		"crm.document":       `select id::text from crm.document where person_id = $1`,
		"crm.consent_log":    `select id::text from crm.consent_log where person_id = $1`,
		"crm.change_log":     `select id::text from crm.change_log where person_id = $1`,
	}
}

// keptColumns are the only places where an identifier may stand after the erasure, each with its law.
func keptColumns() map[string]string {
	return map[string]string{"crm.invoice.buyer_name": "bokföringslagen 5 kap. 7 §: a voucher names its counterparty"}
}

func (w *world) keysOf(sql string, person int64) []string {
	w.t.Helper()
	rows, err := w.crm.Query(w.t.Context(), sql, person)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	return keys
}

// differing lists the columns in which two rows differ.
func differing(t *testing.T, before, after string) []string {
	t.Helper()
	var a, b map[string]any
	if err := json.Unmarshal([]byte(before), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(after), &b); err != nil {
		t.Fatal(err)
	}
	var out []string
	for k := range a {
		if !reflect.DeepEqual(a[k], b[k]) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func TestErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{})
	u := democrm.KnownPerson(democrm.Unique)

	// A life of requests first, so that our own tables hold the person too.
	access := w.ask("access", u.ID, oskar)
	w.reach(access.ID, "answered")
	v := w.open(w.link(u.Emails[0]), u.Emails[0])
	page := v.get("/v/proposal?section=crm.person")
	form := v.form(page, "/v/proposal")
	form.Set("field", "title")
	form.Set("new", "Chef för allt på Sparvstigen 17")
	form.Set("comment", "Jag heter Ylvali, kallas Ylvis.")
	v.post("/v/proposal", form)
	question := v.form(v.get("/v/question"), "/v/question")
	question.Set("message", "Vem läser mina uppgifter? /Ylvali Ekenskär")
	v.post("/v/question", question)
	w.eventually(30e9, "the proposal became no request", func() bool {
		return one[int](w, w.insyn, `select count(*) from insyn.request where kind = 'rectification'`) == 1
	})
	correction := w.ask("rectification", u.ID, oskar, "--set", "crm.person.nickname=Ylvisan")
	w.reach(correction.ID, "answered")
	w.exec(w.crm, `update crm.person set nickname = $1 where id = $2`, u.Nickname, u.ID)

	before := w.takeSnapshot(w.crm, "crm")
	crm := w.dump(w.crm)
	for _, n := range needles(u) {
		if len(n.find(crm)) == 0 {
			t.Fatalf("%s %q is nowhere before the erasure: the search would prove nothing", n.name, n.text)
		}
	}
	stay, gone := map[string]survivor{}, map[string]bool{}
	for _, s := range survivors() {
		keys := w.keysOf(s.keys, u.ID)
		if len(keys) == 0 {
			t.Errorf("%s (%s): the sample holds no such row", s.table, s.reason)
		}
		for _, k := range keys {
			stay[s.table+" "+k] = s
		}
	}
	for table, sql := range goners() {
		keys := w.keysOf(sql, u.ID)
		if len(keys) == 0 {
			t.Errorf("%s: the sample holds no row that goes", table)
		}
		for _, k := range keys {
			gone[table+" "+k] = true
		}
	}

	id := w.erase(u.ID, "--no-wait")
	after := w.takeSnapshot(w.crm, "crm")
	other, missing, added := before.changed(after)
	for _, key := range other {
		s, listed := stay[key]
		if !listed {
			t.Errorf("%s changed, and it is nobody's business:\n%s\n%s", key, before[key], after[key])
			continue
		}
		for _, c := range differing(t, before[key], after[key]) {
			if !slices.Contains(s.may, c) {
				t.Errorf("%s, column %s changed (%s)", key, c, s.reason)
			}
		}
	}
	for key, s := range stay {
		if _, there := after[key]; !there {
			t.Errorf("%s is gone, and it must survive: %s", key, s.reason)
		}
	}
	for _, key := range missing {
		if !gone[key] {
			t.Errorf("%s is gone, and nobody asked for that:\n%s", key, before[key])
		}
	}
	for key := range gone {
		if _, there := after[key]; there {
			t.Errorf("%s is still there:\n%s", key, after[key])
		}
	}
	if len(added) > 0 {
		t.Errorf("the erasure left new rows: %v", added)
	}
	w.nowhere(u)

	t.Run("the receipt counts and names nobody", func(t *testing.T) {
		receipt := one[string](w, w.insyn, `select receipt::text from insyn.request_subject where request_id = $1`, id)
		if !strings.Contains(receipt, "crm.person_email") || !strings.Contains(receipt, "rescanned_at") {
			t.Errorf("got receipt %s", receipt)
		}
	})
	t.Run("the audit has one line of the erasure, with counts", func(t *testing.T) {
		if n := one[int](w, w.insyn, `select count(*) from insyn.audit where action = 'erasure.done' and request_id = $1 and (detail ->> 'rows')::int > 10`, id); n != 1 {
			t.Errorf("got %d lines, want 1", n)
		}
	})
	t.Run("twice is a no-op that says so", func(t *testing.T) { w.in(t).again(t, u, id) })
}

// nowhere searches dumps of the CRM's and our own database for every identifier of the person.
func (w *world) nowhere(u democrm.Known) {
	w.t.Helper()
	kept := 0
	for name, cells := range map[string][]cell{"crm": w.dump(w.crm), "insyn": w.dump(w.insyn)} {
		for _, n := range needles(u) {
			for place, times := range n.find(cells) {
				if _, law := keptColumns()[place]; law {
					kept += times
					continue
				}
				w.t.Errorf("the %s database holds the %s in %s (%d times)", name, n.name, place, times)
			}
		}
	}
	if kept == 0 {
		w.t.Error("the voucher does not name its counterparty any more")
	}
}

// again asks for the same erasure once more: in its own request, and in another, in the other language.
func (w *world) again(t *testing.T, u democrm.Known, first int64) {
	before, ledger := w.takeSnapshot(w.crm, "crm"), w.takeSnapshot(w.crm, "insyn_ledger")
	if out, code := w.run("request", "approve", itoa(first), "--as", anna); code != 1 || !strings.Contains(out, "conflict") {
		t.Errorf("approving it again: exit %d, %q; want 1 and conflict", code, out)
	}
	out, code := w.run("request", "erasure", "--person", fmt.Sprintf("crm:%d", u.ID), "--as", maria, "--language", "sv", "--ground", "b", "--verified", "call_back", "--wait")
	if code != 3 || !strings.Contains(out, "waiting for delivery (erased)") {
		t.Errorf("asking for it again: exit %d, %q; want 3 and that the person is erased", code, out)
	}
	id := one[int64](w, w.insyn, `select max(id) from insyn.request`)
	w.login(maria).get("/requests/"+itoa(id)).says(t, "The card is anonymised already. Nothing is left to do, and nothing was changed", "Stopped: erased before, nothing left to do")
	if n := one[int](w, w.insyn, `select count(*) from insyn.rehearsal where request_id = $1`, id); n != 0 {
		t.Error("there is a plan to approve, and nothing to do")
	}
	if other, missing, added := before.changed(w.takeSnapshot(w.crm, "crm")); len(other)+len(missing)+len(added) > 0 {
		t.Errorf("the second time changed %v, removed %v, added %v", other, missing, added)
	}
	if other, missing, added := ledger.changed(w.takeSnapshot(w.crm, "insyn_ledger")); len(other)+len(missing)+len(added) > 0 {
		t.Errorf("the second time changed %v, removed %v, added %v of the ledger", other, missing, added)
	}
}

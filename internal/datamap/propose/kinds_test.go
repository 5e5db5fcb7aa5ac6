package propose_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/datamap"
	"insyn/internal/postgres/pgtest"
)

//go:embed testdata/kinds.sql
var kinds string

func kindsDatabase(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.Empty(t)
	if _, err := pool.Exec(t.Context(), kinds); err != nil {
		t.Fatal(err)
	}
	return pool
}

// A schema with every kind of key; half of them are not declared.
func TestEveryKindOfKeyIsFound(t *testing.T) {
	t.Parallel()
	p, s := proposed(t, kindsDatabase(t), "app.kunder")
	if s.Subject.MergedInto != "merged_into" {
		t.Errorf("merged_into is %q", s.Subject.MergedInto)
	}
	for _, tc := range []struct{ kind, table, hop string }{
		{"declared", "app.bestallning", "kund_id = app.kunder.id"},
		{"composite", "app.bestallningsrad", "land = app.bestallning.land and nr = app.bestallning.nr"},
		{"many to many", "app.mote", "id = app.mote_deltagare.mote_id"},
		{"by name", "app.samtal", "customerId = app.kunder.id"},
		{"by a writer's name", "app.samtal", "createdby = app.kunder.id"},
		{"by value alone", "app.zz", "qx = app.kunder.id"},
		{"by another unique number", "app.export", "extnr = app.kunder.kundnr"},
		{"polymorphic", "app.kommentar", `target_id = app.kunder.id when target_type = 'App\Models\Kunder'`},
		{"polymorphic, to another table", "app.kommentar", `target_id = app.mote.id when target_type = 'App\Models\Mote'`},
		{"text", "app.bevakning", "objekt = kunder,{app.kunder.id}"},
		{"array", "app.utskick", "kundIds[] = app.kunder.id"},
		{"key in json", "app.webhook", "payload$.customer.id = app.kunder.id"},
		{"address in json", "app.webhook", "payload$.recipients[*].email = app.kunder.epost folded"},
		{"address", "app.mejllogg", "mottagare_adress = app.kunder.epost folded"},
		{"audit", "app.audit", "row_id = app.kunder.id when table_name = 'kunder'"},
		{"partitioned", "app.besok", "kund_id = app.kunder.id"},
		{"inherited", "app.sondernotiz", "kunde_id = app.kunder.id"},
	} {
		table, ok := s.Table(tc.table)
		if !ok {
			t.Errorf("%s: %s is not mapped", tc.kind, tc.table)
			continue
		}
		var hops []string
		for _, path := range table.Paths {
			hops = append(hops, hopText(path))
		}
		if !slices.Contains(hops, tc.hop) {
			t.Errorf("%s: %s has the ways %q, want %q", tc.kind, tc.table, hops, tc.hop)
		}
	}
	for _, tc := range []struct{ table, column, want string }{
		{"app.kunder", "förnamn", "given"},
		{"app.kunder", "efternamn", "surname"},
		{"app.kunder", "epost", "email"},
		{"app.kunder", "mobilnummer", "phone"},
		{"app.kunder", "personnr", "personnummer"},
		{"app.kunder", "fodelseDatum", "birth_date"},
		{"app.kunder", "kundnr", "customer_no"},
	} {
		table, _ := s.Table(tc.table)
		if got := table.Column(tc.column).Role; got != tc.want {
			t.Errorf("%s.%s has role %q, want %q", tc.table, tc.column, got, tc.want)
		}
	}
	table := func(name string) *datamap.Table { t, _ := s.Table(name); return t }
	for _, tc := range []struct {
		what string
		ok   bool
	}{
		{"a password is not told", table("app.kunder").Column("losenord").Disclose == "no"},
		{"a unique number that cannot be null gets a random one", table("app.kunder").Column("kundnr").Erase.Action == datamap.Random},
		{"a country with a CHECK gets one that it allows", table("app.kunder").Column("land").Erase.String() == `constant ["SE"]`},
		{"what nothing is known of is asked", table("app.kunder").Column("xq").Decide != ""},
		{"a tie by value alone is asked", strings.Contains(string(p.YAML), "is it a reference? Keep the path")},
		{"tokens go", table("app.kunder_token").Erase == datamap.DeleteRow},
		{"the log is a log", table("app.audit").LogOf == "app.kunder"},
		{"an invoice is kept", table("app.faktura").Keep != nil && table("app.faktura").Decide != ""},
		{"a document is asked", table("app.bilaga").Column("innehall").Decide != ""},
		{"ids in a list are cut", table("app.utskick").Column("kundIds").Erase.Action == datamap.Cut},
		{"a table without a key is asked", table("app.besok").Decide != "" && len(table("app.besok").Key) > 0},
	} {
		if !tc.ok {
			t.Error("not so: " + tc.what)
		}
	}
	if reason, _ := s.Exclude.Get("app.valuta"); reason == "" || strings.HasPrefix(reason, datamap.Undecided) {
		t.Errorf("a list of codes is excluded because %q", reason)
	}
	if reason, _ := s.Exclude.Get("app.leads"); !strings.HasPrefix(reason, datamap.Undecided) {
		t.Errorf("a table of unknown persons is excluded because %q", reason)
	}
	p.Summary.Print(os.Stdout)
	if p.Summary.Median > 3 {
		t.Errorf("%d decisions a table in the median, want 3 at most", p.Summary.Median)
	}
}

// hopText is the first hop of a path.
func hopText(p datamap.Path) string {
	h := p.Hops[0]
	var pairs []string
	for _, pair := range h.On {
		left, right := pair.Ours+pair.OursPart.JSON, h.Table+"."+pair.Theirs
		if pair.OursPart.Array {
			left += "[]"
		}
		if pair.Text != "" {
			right = strings.Replace(pair.Text, "{}", "{"+right+"}", 1)
		}
		if pair.Folded {
			right += " folded"
		}
		pairs = append(pairs, left+" = "+right)
	}
	out := strings.Join(pairs, " and ")
	if p.When != "" {
		out += " when " + p.When
	}
	return out
}

func TestNoValueGetsOut(t *testing.T) {
	t.Parallel()
	p, _ := proposed(t, kindsDatabase(t), "app.kunder")
	if i := strings.Index(strings.ToLower(string(p.YAML)), "kanarie"); i >= 0 {
		t.Errorf("a value stands in the map: … %s …", p.YAML[max(0, i-80):i+20])
	}
	pool := crm(t)
	p, _ = proposed(t, pool, "crm.person")
	// The head of the map is the same for every database, and "Live" is a name too.
	_, p.YAML, _ = bytes.Cut(p.YAML, []byte("\nsources:"))
	written := map[string]bool{}
	for _, w := range strings.FieldsFunc(string(p.YAML), func(r rune) bool { return strings.ContainsRune(" \n\"'{}[],:()=", r) }) {
		written[strings.ToLower(w)] = true
	}
	text := strings.ToLower(string(p.YAML))
	values := 0
	for _, place := range [][2]string{
		{"person", "given_name"},
		{"person", "surname"},
		{"person", "customer_no"},
		{"person", "personnummer"},
		{"person", "street"},
		{"person", "city"},
		{"person", "title"},
		{"person", "custom"},
		{"person_email", "address"},
		{"person_phone", "number"},
		{"organisation", "name"},
		{"organisation", "org_number"},
		{"history", "subject"},
		{"history", "body"},
		{"deal", "title"},
		{"document", "file_name"},
		{"invoice", "number"},
		{"invoice", "buyer_address"},
		{"change_log", "old_values"},
		{"coworker", "name"},
	} {
		rows, err := pool.Query(t.Context(), fmt.Sprintf(`select distinct lower(%s::text) from crm.%s where length(%s::text) > 3`, place[1], place[0], place[1]))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var v string
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			values++
			if written[v] || strings.ContainsAny(v, " @-") && strings.Contains(text, v) {
				t.Errorf("a value of crm.%s.%s stands in the map", place[0], place[1])
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if values < 1000 {
		t.Errorf("only %d values were looked for", values)
	}
}

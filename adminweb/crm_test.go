package adminweb

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/refdata"
)

// crm gives the sample CRM, cloned from one template, as a source.
func crm(t *testing.T) (*records.Source, *pgxpool.Pool) {
	t.Helper()
	m := crmtest.Map(t)
	pool := crmtest.New(t, m, crmtest.Content{Size: democrm.Size{Persons: 60, Seed: 7, AsOf: crmtest.AsOf}})
	src, err := records.Open(t.Context(), "crm", pool, m)
	if err != nil {
		t.Fatal(err)
	}
	return src, pool
}

// register is a reference register of two entries: one of its own, and one that a card refers to.
type register struct{}

func (register) Provider() refdata.Provider {
	return refdata.Provider{Name: "Registerbolaget", Contact: "dataskydd@registerbolaget.example"}
}

func (r register) entries() []refdata.Person {
	return []refdata.Person{
		{RegisterID: democrm.RegisterOnly, Given: "Ragnvi", Surname: "Registersson", Street: "Registergatan 1", Postcode: "111 11", City: "Stockholm", Organisation: "Registrerade AB"},
		{RegisterID: democrm.RegisterLinkedID, Given: "Länkad", Surname: "Registersson"},
	}
}

func (r register) Search(_ context.Context, q refdata.Query) (out []refdata.Person, _ error) {
	for _, p := range r.entries() {
		if strings.Contains(strings.ToLower(p.Given+" "+p.Surname), strings.ToLower(q.Text)) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (r register) Get(_ context.Context, id string) (refdata.Person, error) {
	for _, p := range r.entries() {
		if p.RegisterID == id {
			return p, nil
		}
	}
	return refdata.Person{}, dsar.ErrNotFound
}

// office is the app beside the sample CRM and the register, its settings complete, with an account a role.
type office struct {
	*app
	src *records.Source
	crm *pgxpool.Pool
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{}
	o.src, o.crm = crm(t)
	o.app = newApp(t, func(c *Config) { c.Sources, c.Register = []*records.Source{o.src}, register{} })
	for _, r := range dsar.Roles {
		o.user(string(r), r)
	}
	o.complete()
	return o
}

var cardLink = regexp.MustCompile(`href="(/person/[a-z]+/[A-Za-z0-9_-]+)"`)

// card opens the card of a person of the sample CRM and gives its path.
func (b *browser) card(id int64) string {
	b.t.Helper()
	k := democrm.KnownPerson(id)
	r := b.post("/search", values("q", k.CustomerNo))
	m := cardLink.FindStringSubmatch(r.body)
	if m == nil {
		b.t.Fatalf("person %d is not found: %d %s", id, r.status, r.body)
	}
	return m[1]
}

// requestID is the request that a redirect leads to.
func (b *browser) requestID(r reply) int64 {
	b.t.Helper()
	id, err := strconv.ParseInt(strings.TrimPrefix(r.location, "/requests/"), 10, 64)
	if r.status != 303 || err != nil {
		b.t.Fatalf("got %d to %q, want 303 to a request: %s", r.status, r.location, r.body)
	}
	return id
}

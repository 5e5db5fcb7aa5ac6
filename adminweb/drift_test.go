package adminweb

import (
	"strconv"
	"strings"
	"testing"

	"insyn/internal/democrm"
	"insyn/internal/democrm/crmtest"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

func TestAChangedDatabaseIsToldWhereItMatters(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := crmtest.Map(t)
	if err := records.MigrateSource(t.Context(), o.crm, m, "crm"); err != nil {
		t.Fatal(err)
	}
	if err := records.Accept(t.Context(), o.crm, m, "crm", "a test"); err != nil {
		t.Fatal(err)
	}
	ids := map[dsar.Kind]string{}
	for _, kind := range []dsar.Kind{dsar.Access, dsar.Erasure, dsar.Rectification} {
		id, _, err := o.desk.Submit(t.Context(), request.New{
			Kind: kind, Asked: true, CreatedBy: 1, Ground: "a", VerifiedHow: "in_person",
			Subjects: []request.NewSubject{{Source: "crm", Key: strconv.FormatInt(democrm.Unique, 10)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[kind] = "/requests/" + strconv.FormatInt(id, 10)
	}
	admin, handler := o.login("administrator"), o.login("handler")
	for _, page := range []string{"/", ids[dsar.Access], ids[dsar.Erasure]} {
		if r := admin.get(page); strings.Contains(r.body, "has changed since") {
			t.Errorf("%s speaks of a change before there is one", page)
		}
	}
	if _, err := o.crm.Exec(t.Context(), `alter table crm.person add column hobby text`); err != nil {
		t.Fatal(err)
	}
	admin.want(admin.get("/"), 200, "has changed since its data map was accepted", "crm.person.hobby", "insyn datamap check --accept")
	handler.want(handler.get(ids[dsar.Erasure]), 200, "This erasure waits", "crm.person.hobby")
	handler.want(handler.get(ids[dsar.Access]), 200, "look whether something about the person is missing", "crm.person.hobby")
	handler.want(handler.get(ids[dsar.Access]+"/review"), 200, "look whether something about the person is missing")
	if r := handler.get("/"); strings.Contains(r.body, "crm.person.hobby") {
		t.Error("a handler's day begins with what only an administrator can mend")
	}
	if r := handler.get(ids[dsar.Rectification]); strings.Contains(r.body, "crm.person.hobby") {
		t.Error("a correction is told of a change that does not concern it")
	}
}

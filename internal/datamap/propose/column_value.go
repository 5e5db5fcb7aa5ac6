package propose

import (
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// detail is how a kind of personal detail is described on the table of persons and on tables that are theirs.
type detail struct {
	role, category, edit string
	search, portable     bool
}

var details = map[string]detail{
	"given":          {"given", "", "name", true, true},
	"fullname":       {"given", "", "name", true, true},
	"surname":        {"surname", "", "name", true, true},
	"former_surname": {"former_surname", "", "name", true, true},
	"nickname":       {"nickname", "", "name", true, true},
	"handle":         {"handle", "", "text", true, true},
	"email":          {"email", "", "email", true, true},
	"phone":          {"phone", "", "phone", true, true},
	"personnummer":   {"personnummer", "identity", "personnummer", true, true},
	"birth_date":     {"birth_date", "identity", "date", false, true},
	"street":         {"address.street", "", "text", false, true},
	"postcode":       {"address.postcode", "", "text", false, true},
	"city":           {"address.city", "", "text", false, true},
	"region":         {"", "", "text", false, true},
	"country":        {"", "", "", false, true},
	"customer_no":    {"customer_no", "", "", true, false},
	"language":       {"language", "", "", false, true},
	"timezone":       {"", "", "", false, true},
	"organisation":   {"organisation", "role", "", true, true},
	"org_number":     {"personnummer", "identity", "", false, false},
	"vat_number":     {"", "", "", false, false},
	"title":          {"", "role", "text", false, true},
	"special":        {"", "", "", false, true},
	"income":         {"", "", "", false, false},
	"bank":           {"", "", "", false, true},
	"image":          {"", "", "", false, true},
	"register_id":    {"register_id", "", "", false, false},
	"ip":             {"", "", "", false, false},
	"useragent":      {"", "", "", false, false},
	"url":            {"", "", "", false, false},
	"protected":      {"protected", "", "", false, false},
	"source":         {"", "", "", false, false},
	"tags":           {"", "assessment", "", false, false},
	"custom":         {"", "assessment", "", false, false},
	"messageid":      {"", "", "", false, false},
}

// shapeMeaning are the shapes that say by themselves what a column is.
var shapeMeaning = []struct{ shape, meaning, what string }{
	{likeEmail, "email", "email addresses"},
	{likePersonnummer, "personnummer", "personal identity numbers"},
	{likeOrgNumber, "org_number", "company numbers"},
	{likePhone, "phone", "phone numbers"},
	{likeIP, "ip", "network addresses"},
	{likeHash, "secret", "hashes or tokens"},
	{likeURL, "url", "web addresses"},
}

// valueColumn says what a column is that is neither key nor reference.
func (p *proposer) valueColumn(out *draftColumn, t *draftTable, typ datamap.ColumnType, f *facts, w word, exact, known bool) {
	live := t.kind.table
	// What the values look like weighs more than the name.
	if isText(typ) {
		for _, s := range shapeMeaning {
			if f.share(s.shape) >= 60 && f.full >= 3 {
				if w.meaning != "messageid" && !(w.meaning == "text" && s.shape != likeEmail) && !(s.shape == likeHash && w.meaning == "technical") && !(s.shape == likePhone && slices.Contains([]string{"org_number", "personnummer", "customer_no"}, w.meaning)) {
					if _, named := details[w.meaning]; out.meaning != s.meaning && (named || !known) {
						for _, label := range p.names {
							if label.meaning == s.meaning {
								out.sv, out.en = label.sv, label.en
								break
							}
						}
					}
					out.meaning, known = s.meaning, true
					if s.shape == likeHash && w.meaning != "secret" && !mine(t) {
						out.meaning = "technical"
						if w.meaning == "" {
							out.decide = "values like hashes: a checksum or key of the system (keep, as proposed), a secret, or made of a person's details (null)?"
						}
					}
				}
				out.why = percent(f, s.what, s.shape)
				break
			}
		}
		if out.meaning == "phone" && f.full >= 10 && f.share(likePhone) < 20 && !exact {
			out.decide = "its name says phone number, its values do not: null, or keep with a reason"
		}
	}
	if out.meaning == "heading" && joined(out.name) == "name" && t.kind.is == isContext {
		out.meaning = "organisation"
	}
	if out.meaning == "heading" && isText(typ) && slices.Contains([]string{isSubject, isSatellite}, t.kind.is) {
		out.meaning = p.headingMeaning(live, out, f)
	}
	if p.consent(out, t, typ) {
		return
	}
	if p.beside(out, t, typ) {
		return
	}
	switch {
	case out.meaning == "secret" && (isText(typ) || typ.Base == "bytea" || isNumber(typ)):
		out.withheld()
		p.vanish(out, t, typ)
	case strings.HasPrefix(typ.Base, "timestamp"), typ.Base == "date" && out.meaning != "birth_date":
		p.timeColumn(out, t)
	case typ.Base == "bool" && !(out.meaning == "protected" && t.kind.is == isSubject):
		p.codeColumn(out, t, "a yes or no that many rows share")
	case typ.IsJSON():
		p.jsonColumn(out, t, f)
	case typ.IsArray():
		p.arrayColumn(out, t, typ)
	case typ.Base == "bytea":
		p.bytesColumn(out, t, f)
	case p.isDetail(out.meaning, t, f, exact):
		p.detailColumn(out, t, typ)
	case isText(typ):
		p.textColumn(out, t, typ, f, exact, known)
	case p.enums[typ.Base]:
		p.codeColumn(out, t, "one of few words that many rows share")
	case isNumber(typ):
		p.numberColumn(out, t, f, known)
	default:
		p.otherColumn(out, t, typ)
	}
}

// headingMeaning is what "name" or "title" is on a person's row.
func (p *proposer) headingMeaning(live *datamap.LiveTable, out *draftColumn, f *facts) string {
	switch {
	case joined(out.name) != "name":
		return "title"
	case f.full > 0 && f.share(likeProse) == 0 && hasColumn(p, live, "fullname", "given", "surname"):
		return "handle"
	}
	return "fullname"
}

func hasColumn(p *proposer, t *datamap.LiveTable, meanings ...string) bool {
	for _, c := range t.Order {
		if w, _, _ := p.names.find(afterDot(t.Name), c); slices.Contains(meanings, w.meaning) {
			return true
		}
	}
	return false
}

// isDetail says that a column holds a detail of a person, or of a firm that may be one. Where a table is about something
// else, only what cannot be anything but a detail is one; the rest of its texts are searched.
func (p *proposer) isDetail(meaning string, t *draftTable, f *facts, exact bool) bool {
	_, ok := details[meaning]
	if !ok {
		return false
	}
	switch t.kind.is {
	case isSubject, isSatellite, isContext, isOwned:
		return !(meaning == "source" && f.few() && t.kind.is != isSubject)
	}
	return slices.Contains([]string{"ip", "useragent", "birth_date", "bank", "personnummer", "special", "income"}, meaning) && exact
}

// detailColumn is told and goes.
func (p *proposer) detailColumn(out *draftColumn, t *draftTable, typ datamap.ColumnType) {
	d := details[out.meaning]
	if isText(typ) || typ.Base == "date" || typ.Base == "bool" {
		out.role = d.role
	}
	out.category = d.category
	out.portable = d.portable && slices.Contains([]string{isSubject, isSatellite}, t.kind.is)
	out.search = d.search && (slices.Contains([]string{isSubject, isSatellite}, t.kind.is) || out.meaning == "organisation")
	if slices.Contains([]string{isSubject, isSatellite}, t.kind.is) {
		out.edit = d.edit
	}
	if out.meaning == "organisation" && t.kind.is != isContext {
		out.role, out.search = "", false
	}
	if slices.Contains([]string{"title", "source", "tags"}, out.meaning) && isText(typ) {
		out.scan = true
	}
	if out.meaning == "country" && t.kind.is == isContext {
		out.shared("a country alone points to nobody")
		return
	}
	if out.meaning == "ip" || out.meaning == "useragent" || out.meaning == "language" && t.kind.is != isSubject {
		out.provenance = "observed"
	}
	p.of(out, t)
	p.vanish(out, t, typ)
	if out.meaning == "fullname" && t.kind.is == isSubject && !hasColumn(p, t.kind.table, "given", "surname") {
		out.role = "name" // the whole name stands in one column
	}
}

// of names the one of several persons in the row whom a column is about: buyer_name beside buyer_id.
func (p *proposer) of(out *draftColumn, t *draftTable) {
	direct := 0
	for _, x := range t.kind.ties {
		if x.to == p.Person {
			direct++
		}
	}
	if direct < 2 {
		return
	}
	for _, x := range t.kind.ties {
		st := stem(x.cols[0])
		if x.to == p.Person && x.plain() && x.when == "" && split(out.name)[0] == st[0] && !slices.Contains(x.cols, out.name) {
			out.of = strings.Join(st, "_")
			return
		}
	}
}

func isNumber(t datamap.ColumnType) bool {
	return t.IsInteger() || slices.Contains([]string{"numeric", "float4", "float8", "money"}, t.Base)
}

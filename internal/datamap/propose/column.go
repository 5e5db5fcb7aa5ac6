package propose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// draftColumn is a column before it is written. alts are erase actions to try after the first, where the live schema does
// not allow it.
type draftColumn struct {
	name                string
	meaning             string
	role, category      string
	provenance, purpose string
	retention           string
	sv, en              string
	disclose            string
	typ, edit, of       string
	encoding, document  string
	portable, search    bool
	scan                bool
	erase               string
	alts                []string
	keep                string
	json                string
	why, decide         string
	eraseless           bool
}

// draftColumn says what a column is and what becomes of it, from the most certain evidence to the least.
func (p *proposer) draftColumn(t *draftTable, c string) *draftColumn {
	live := t.kind.table
	typ, f := live.Columns[c], p.samples[live.Name].columns[c]
	if f == nil {
		f = newFacts()
	}
	w, exact, known := p.names.find(afterDot(live.Name), c)
	out := &draftColumn{name: c, meaning: w.meaning}
	out.sv, out.en = p.columnLabel(live.Name, c, w, exact)
	out.typ = tellType(typ, w.meaning)
	// Rows that go as a whole need no action, where no other person can share them.
	typed := func(x *tie) bool { return x.to == p.Person && x.nature == stamp }
	theirs := slices.DeleteFunc(slices.Clone(t.kind.ties), typed)
	out.eraseless = t.erase == datamap.CutLink || t.erase == datamap.DeleteRow && t.kind.is != isOwned && len(theirs) == 1 && len(t.kind.via) == 0
	if x := p.tieOf(live.Name, c); x != nil && typed(x) {
		out.eraseless = false // others' rows stay, and may not say who typed them
	}
	if slices.Contains(t.keeps, c) {
		p.keptColumn(out, live, w)
		return out
	}
	switch x := p.tieOf(live.Name, c); {
	case typ.Generated:
		out.technical("the database makes it of other columns")
	case x != nil && x.when != "":
		p.typedColumn(out, t)
	case x != nil && p.refersColumn(out, t, x, typ):
	case slices.Contains(live.Key, c):
		p.keyColumn(out, typ, f)
	case p.tiedInside(out, live.Name, c, typ):
	default:
		p.valueColumn(out, t, typ, f, w, exact, known)
	}
	if out.eraseless {
		out.erase, out.alts, out.json, out.scan = "", nil, "", false
		out.decide = ""
	}
	return out
}

// technical keeps a column that says nothing of a person.
func (c *draftColumn) technical(reason string) {
	c.keep, c.sv, c.en, c.typ = reason, "", "", ""
	c.erase, c.alts, c.role = "", nil, ""
}

// shared keeps a column that is told, but says nothing of the person when the rest is gone.
func (c *draftColumn) shared(reason string) { c.keep, c.erase, c.alts = reason, "", nil }

// withheld hides a column and erases it.
func (c *draftColumn) withheld() { c.disclose, c.sv, c.en, c.typ = "no", "", "", "" }

// keptColumn stays as a law wants it.
func (p *proposer) keptColumn(out *draftColumn, live *datamap.LiveTable, w word) {
	x := p.tieOf(live.Name, out.name)
	if slices.Contains(live.Key, out.name) || x != nil || w.meaning == "technical" {
		out.withheld()
		return
	}
	if w.meaning == "secret" {
		out.withheld()
	}
}

// refersColumn handles a reference: to a person, to our own people, to another row.
func (p *proposer) refersColumn(out *draftColumn, t *draftTable, x *tie, typ datamap.ColumnType) bool {
	out.why = x.why
	switch {
	case x.to == p.Person && slices.Contains([]string{isSatellite, isLink, isLog}, t.kind.is) && (x.nature != stamp && out.eraseless):
		out.technical("the reference to the person")
	case x.to == p.Person || x.self && t.kind.is == isSubject:
		out.withheld()
		p.cut(out, t, typ)
	case x.to == p.staff:
		out.technical("our own coworker, not the subject")
	case x.to == p.Person:
		return false
	case t.kind.is == isSubject && p.kinds[x.to] != nil:
		out.withheld()
		out.erase = "cut"
		out.alts = []string{}
		if typ.NotNull {
			out.erase = ""
			out.technical("a reference to " + x.to + ", which says nothing when the rest is gone")
		}
	case p.kinds[x.to] != nil:
		out.technical("a reference to " + x.to)
	default:
		out.technical("a code of " + x.to)
	}
	return true
}

// typedColumn is the key of a typed pair. Where it may be a person's, those rows are the person's own: they go.
func (p *proposer) typedColumn(out *draftColumn, t *draftTable) {
	var whens []string
	for _, x := range p.ties {
		if x.from == t.name && x.when != "" && x.to == p.Person && slices.Contains(x.cols, out.name) {
			whens = append(whens, x.when)
		}
	}
	out.technical("refers to what its type says")
	if len(whens) == 0 || out.eraseless {
		return
	}
	if t.erase == "" && t.kind.is != isKept && t.kind.is != isPart {
		t.deleteWhen = strings.Join(whens, " or ")
		t.decide = append(t.decide, "rows that refer to the person by type go (delete_when, as proposed), or "+out.name+" is cut in them?")
	}
}

// cut takes a reference to the person away, or points it at nobody.
func (p *proposer) cut(out *draftColumn, t *draftTable, typ datamap.ColumnType) {
	nobody := ""
	if p.nobody != "" {
		nobody = "{cut: " + quote(p.nobody) + "}"
	}
	unique := inUnique(t.kind.table, out.name)
	switch {
	case !typ.NotNull:
		out.erase = "cut"
	case nobody != "" && !unique:
		out.erase = nobody
	default:
		out.erase = ""
		out.keep = "a reference to the person that cannot be null"
		out.sv, out.en, out.disclose = "", "", ""
		out.decide = "it cannot be null: {cut: KEY} with the key of a row that stands for nobody, or delete the rows (erase: delete_row)"
		if unique {
			out.decide = "it is unique and cannot be null: delete the rows (erase: delete_row), or keep them with a reason"
		}
	}
}

// inUnique says that a column tells rows apart, alone, with others or in an expression such as lower(login).
func inUnique(t *datamap.LiveTable, c string) bool {
	return slices.Contains(t.Key, c) || slices.ContainsFunc(t.Uniques, func(u datamap.Constraint) bool {
		if slices.Contains(u.Columns, c) {
			return true
		}
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(c) + `\b`)
		return slices.ContainsFunc(t.Indexes, func(x datamap.Index) bool {
			return x.Name == u.Name && slices.ContainsFunc(x.Exprs, word.MatchString)
		})
	})
}

// keyColumn is the row's own number, unless it is a value that means something.
func (p *proposer) keyColumn(out *draftColumn, typ datamap.ColumnType, f *facts) {
	if !isText(typ) || f.share(likeHash) >= 80 || out.eraseless {
		out.technical("the system's own row number")
		return
	}
	if f.share(likeEmail, likePhone, likePersonnummer) >= 5 || slices.Contains([]string{"email", "phone", "personnummer", "handle", "customer_no"}, out.meaning) {
		out.decide = "the key of the row is a detail of a person: delete the row, or give it {random: x} if nothing refers to it"
	}
	out.technical("the key of the row")
}

// tiedInside handles a column that holds references within: a list of keys, a text around a key.
func (p *proposer) tiedInside(out *draftColumn, table, c string, typ datamap.ColumnType) bool {
	for _, x := range p.ties {
		if x.from != table || x.plain() || !slices.Contains(x.cols, c) || x.folded || typ.IsJSON() {
			continue
		}
		out.why = x.why
		switch {
		case typ.IsArray() && x.to == p.Person:
			out.withheld()
			out.erase = "cut"
		case x.to == p.Person:
			out.withheld()
			out.erase, out.alts = "cut", []string{"empty"}
			if typ.NotNull {
				out.erase, out.alts = "empty", []string{"redact"}
			}
		default:
			out.technical("a reference to " + x.to)
		}
		return true
	}
	return false
}

// tellType is how a value is shown.
func tellType(typ datamap.ColumnType, meaning string) string {
	switch {
	case typ.Base == "bool":
		return "bool"
	case typ.Base == "date":
		return "date"
	case strings.HasPrefix(typ.Base, "timestamp"), strings.HasPrefix(typ.Base, "time"):
		return "time"
	case typ.IsJSON():
		return "json"
	case typ.IsArray():
		return "list"
	case meaning == "money" && isNumber(typ):
		return "money"
	case typ.IsInteger(), slices.Contains([]string{"numeric", "float4", "float8"}, typ.Base):
		return "number"
	}
	return ""
}

// percent is the comment about a share of a sample.
func percent(f *facts, what string, shapes ...string) string {
	return fmt.Sprintf("%d %% of a sample look like %s", f.share(shapes...), what)
}

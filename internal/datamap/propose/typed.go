package propose

import (
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// typedTables is from how many tables on a column that says who typed a row is said once, for all.
const typedTables = 3

// typed takes what says in many tables alike who typed a row out of them, and says it once for the source. A table that
// nothing else ties to a person is then nobody's, and only its texts may name people.
func (d *draft) typed() {
	counts := map[string]int{}
	for _, t := range d.tables {
		for _, one := range t.paths {
			if c := t.column(one.by); c != nil && strings.Contains(c.erase, "cut") {
				counts[c.name+" "+c.body()]++
			}
		}
	}
	for _, t := range d.tables {
		t.paths = slices.DeleteFunc(t.paths, func(one path) bool {
			c := t.column(one.by)
			if c == nil || counts[c.name+" "+c.body()] < typedTables || one.doubt != "" {
				return false
			}
			if !slices.ContainsFunc(d.by, func(o *draftColumn) bool { return o.name == c.name }) {
				said := *c
				said.why = ""
				d.by = append(d.by, &said)
			} else if !slices.ContainsFunc(d.by, func(o *draftColumn) bool { return o.name == c.name && o.body() == c.body() }) {
				return false // of another form here
			}
			t.columns = slices.DeleteFunc(t.columns, func(o *draftColumn) bool { return o == c })
			return true
		})
		if len(t.paths) == 0 && t.kind.stamps {
			t.nobodys()
		}
	}
	// The persons' own table has no paths; who typed a person's row is the same question.
	for _, t := range d.tables {
		if t.kind.is == isSubject {
			t.columns = slices.DeleteFunc(t.columns, func(c *draftColumn) bool {
				return slices.ContainsFunc(d.by, func(o *draftColumn) bool { return o.name == c.name && o.body() == c.body() })
			})
		}
	}
}

func (t *draftTable) column(name string) *draftColumn {
	for _, c := range t.columns {
		if c.name == name && name != "" {
			return c
		}
	}
	return nil
}

// mayName says that a table which nothing ties to a person has texts that people fill in, or bytes that nobody can rule out.
func (p *proposer) mayName(t *datamap.LiveTable) bool {
	if s := p.samples[t.Name]; t.Name == p.staff || s == nil || s.problem != "" {
		return false
	}
	if hasWord(afterDot(t.Name), personWords) && len(split(afterDot(t.Name))) == 1 {
		return false // asked about
	}
	return slices.ContainsFunc(t.Order, func(c string) bool { return p.filledIn(t, c) || p.samples[t.Name].holdsBytes(t, c) })
}

// filledIn says that a column holds what people write: by its name, or by a sample.
func (p *proposer) filledIn(t *datamap.LiveTable, c string) bool {
	f, typ := p.samples[t.Name].columns[c], t.Columns[c]
	if !isText(typ) || typ.Generated || f == nil || p.few(t, c) && f.full >= 20 || slices.Contains(t.Key, c) {
		return false
	}
	if f.share(likeEmail, likePhone, likePersonnummer, likeAddressed, likeMail) >= 5 {
		return true
	}
	w, _, _ := p.names.find(afterDot(t.Name), c)
	return w.meaning == "text" || w.meaning == "filename" || w.meaning == "heading" && f.full > 0 && f.share(likeProse) > 0 || f.full >= 1 && f.share(likeProse, likeHTML) >= 30
}

func (s *sampled) holdsBytes(t *datamap.LiveTable, c string) bool {
	return t.Columns[c].Base == "bytea" && s.columns[c] != nil && s.columns[c].full > 0
}

// nobodys drafts a table whose rows are nobody's and whose texts may name people.
func (p *proposer) nobodys(t *datamap.LiveTable) *draftTable {
	out := &draftTable{name: t.Name, kind: &kind{table: t, is: isShared}}
	p.tableKey(out)
	out.decide = nil
	for _, c := range t.Order {
		out.columns = append(out.columns, p.draftColumn(out, c))
	}
	out.nobodys()
	if !slices.ContainsFunc(t.Order, func(c string) bool { return p.filledIn(t, c) }) {
		out.erase = datamap.DeleteRow
		out.decide = append(out.decide, "its bytes name persons without a key to them, as sessions do: rows that name the person go (as proposed), or erase: empty")
	}
	return out
}

// nobodys makes a drafted table one whose texts alone may name people.
func (t *draftTable) nobodys() {
	t.mentions, t.sv, t.en, t.category, t.purpose, t.provenance, t.retention, t.order, t.disclose = true, "", "", "", "", "", "", "", ""
	live := t.kind.table
	for _, c := range t.columns {
		c.sv, c.en, c.typ, c.role, c.category, c.provenance, c.portable, c.search, c.edit, c.disclose = "", "", "", "", "", "", false, false, "", "no"
		typ := live.Columns[c.name]
		switch {
		case c.keep != "":
			c.disclose, c.decide = "", ""
		case isText(typ) || typ.IsJSON() || typ.Base == "bytea" || slices.Contains([]string{"_text", "_varchar", "_bpchar"}, typ.Base):
			c.erase, c.alts, c.json, c.scan = "redact", nil, "", false
			if typ.Base != "bytea" {
				c.decide = ""
			}
		default:
			c.keep, c.erase, c.alts, c.disclose, c.decide = "a value that is nobody's", "", nil, "", ""
		}
	}
}

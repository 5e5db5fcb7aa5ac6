package property

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

const inherits = "inherits"

func (w *world) keyColumns() []string {
	if w.keyKind == compositeKey {
		return []string{"firm", "no"}
	}
	return []string{"id"}
}

// personTable is the table of the persons themselves.
func (w *world) personTable() {
	t := &table{name: "crm.person", pk: w.keyColumns()}
	kept := fields{{"keep", "the row's own number"}}
	switch w.keyKind {
	case compositeKey:
		t.cols = append(t.cols, &column{name: "firm", typ: "integer", says: kept}, &column{name: "no", typ: "integer", says: kept})
	default:
		t.cols = append(t.cols, &column{name: "id", typ: w.keyKind, says: kept})
	}
	label := field{"label", raw("{sv: Fält, en: Field}")}
	add := func(name, typ string, says fields, after func(cell) (cell, bool)) {
		t.cols = append(t.cols, &column{name: name, typ: typ, says: append(says, label), after: after})
	}
	t.cols = append(t.cols, ridColumn(), &column{name: "kind", typ: "text not null", says: kept})
	add("given_name", "text", fields{{"role", "given"}, {"erase", raw("{constant: {sv: Anonymiserad, en: Anonymised}}")}}, constant("Anonymiserad"))
	add("surname", "text", fields{{"role", "surname"}, {"erase", raw("{constant: {sv: Person, en: Somebody}}")}}, constant("Person"))
	if w.mail == inPerson {
		add("email", "text", fields{{"role", "email"}, {"erase", raw("null")}}, null)
	}
	add("phone", "varchar(30)", fields{{"role", "phone"}, {"erase", raw("null")}}, null)
	add("code", "text unique", fields{{"role", "customer_no"}, {"erase", raw("null")}}, null)
	if w.merges {
		typ := w.keyKind
		if rapid.Bool().Draw(w.t, "declared") {
			typ += " references crm.person (id)"
		}
		t.cols = append(t.cols, &column{name: "replaced_by", typ: typ, says: fields{{"keep", "ties the cards of one person"}}})
	}
	for i := range rapid.IntRange(0, 2).Draw(w.t, "person columns") {
		t.cols = append(t.cols, w.dataColumn(t, fmt.Sprintf("c%d", i)))
	}
	if rapid.Bool().Draw(w.t, "generated") {
		t.cols = append(t.cols, &column{name: "search", typ: "text generated always as (lower(surname)) stored", generated: true, says: fields{{"keep", "made from the surname"}}})
	}
	w.tables = append(w.tables, t)
	w.placeholder(t)
	// A row comes after the one that replaced it.
	for _, dup := range []bool{false, true} {
		for i, p := range w.people {
			if (p.root != i) == dup {
				w.personRow(t, i)
			}
		}
	}
	if w.keyKind != compositeKey && rapid.IntRange(0, 3).Draw(w.t, "log of persons") == 3 {
		w.logOf(t)
	}
}

func (w *world) placeholder(t *table) {
	r := w.newRow()
	for i, k := range w.keyColumns() {
		r.set(k, is(w.none()[i]))
	}
	r.set("kind", is("Nobody"))
	w.fillData(t, r)
	t.rows = append(t.rows, r)
}

// none is the key of the placeholder.
func (w *world) none() []string {
	switch w.keyKind {
	case uuidKey:
		return []string{"00000000-0000-0000-0000-000000000009"}
	case compositeKey:
		return []string{"9", "9"}
	case textKey:
		return []string{"k9"}
	}
	return []string{fmt.Sprint(nobody)}
}

func (w *world) personRow(t *table, i int) {
	p := w.people[i]
	r := w.newRow()
	for k, name := range w.keyColumns() {
		r.set(name, is(p.key[k]))
	}
	r.owners = []int{i}
	r.set("kind", is("Person"))
	if p.group {
		r.set("kind", is("Group"))
		r.owners = nil
	}
	r.set("given_name", is(p.given))
	r.set("surname", is(p.token))
	r.set("email", is(p.email))
	r.set("phone", is(p.phone))
	r.set("code", is(p.code))
	if p.root != i {
		r.set("replaced_by", is(w.people[p.root].text()))
	}
	w.fillData(t, r)
	t.rows = append(t.rows, r)
}

func (w *world) fillData(t *table, r *row) {
	for _, c := range t.cols {
		if c.fill != nil {
			r.set(c.name, c.fill(r))
		}
	}
}

// addresses is where an address leads to.
func (w *world) addresses() string {
	if w.mail == inPerson {
		return "crm.person.email"
	}
	return "crm.mail.address"
}

// mailTable holds the addresses: it is tied to persons by a column, or by another table.
func (w *world) mailTable() {
	t := &table{name: "crm.mail", pk: []string{"rid"}, cols: []*column{ridColumn()}}
	var one tie
	if w.mail == linked {
		one = w.manyToMany(t)
	} else {
		one = w.single(t, "", true, "")
	}
	t.cols = append(t.cols, &column{name: "address", typ: "text", says: fields{{"role", "email"}, {"erase", raw("null")}, {"label", raw("{sv: Fält, en: Field}")}}, after: null})
	if rapid.Bool().Draw(w.t, "address goes") {
		t.deletes = "delete_row"
		t.says = t.says.with("erase", "delete_row")
	}
	w.tables = append(w.tables, t)
	if t.link != nil {
		w.tables = append(w.tables, t.link)
	}
	for i, p := range w.people {
		if p.group {
			continue
		}
		r := w.newRow()
		one.fill(r, []int{i})
		r.set("address", is(p.email))
		t.rows = append(t.rows, r)
	}
}

// drawTable draws one table: how it is tied, how it is stored, what an erasure does to its rows, what else it holds.
func (w *world) drawTable(name string) {
	t := &table{name: name, pk: []string{"rid"}, cols: []*column{ridColumn()}}
	tie := w.drawTie(t)
	if !t.says.has("keep") {
		w.drawEnd(t)
	}
	for i := range rapid.IntRange(1, 3).Draw(w.t, "columns") {
		c := w.dataColumn(t, fmt.Sprintf("c%d", i))
		if len(tie.names) > 0 && !c.redacts && c.after != nil && rapid.Bool().Draw(w.t, "of") {
			w.ofColumn(c, rapid.SampledFrom(tie.names).Draw(w.t, "of whom"))
		}
		t.cols = append(t.cols, c)
	}
	child := w.drawStorage(t)
	w.tables = append(w.tables, t)
	if child != nil {
		w.tables = append(w.tables, child)
	}
	if t.link != nil {
		w.tables = append(w.tables, t.link)
	}
	for range rapid.IntRange(1, 5).Draw(w.t, "rows") {
		at := t
		if child != nil && rapid.Bool().Draw(w.t, "in the child") {
			at = child
		}
		r := w.newRow()
		tie.fill(r, w.drawOwners(t))
		if t.deletes == "delete_when" {
			r.draft = rapid.Bool().Draw(w.t, "draft")
			r.set("state", is(map[bool]string{true: "draft", false: "sent"}[r.draft]))
		}
		if at.column("label") != nil {
			r.set("label", is(rapid.SampledFrom([]string{"a", "b,c", "d,1"}).Draw(w.t, "label")))
		}
		w.fillData(at, r)
		at.rows = append(at.rows, r)
	}
	if w.keyKind != compositeKey && t.parents && t.link == nil && !t.says.has("keep") && rapid.IntRange(0, 4).Draw(w.t, "log") == 4 {
		w.logOf(t)
	}
}

// ofColumn makes a column one that is about the one person of a path.
func (w *world) ofColumn(c *column, path string) {
	c.of = path
	c.says = c.says.with("of", path)
	fill := c.fill
	c.fill = func(r *row) cell {
		one := &row{rid: r.rid, cells: r.cells, of: r.of}
		if i, ok := r.of[path]; ok {
			one.owners = []int{i}
		}
		out := fill(one)
		return out
	}
}

func (w *world) drawOwners(t *table) []int {
	var out []int
	most := 1
	if t.many {
		most = 3
	}
	for range rapid.IntRange(0, most).Draw(w.t, "owners") {
		i := w.subject
		if rapid.Bool().Draw(w.t, "other") {
			i = rapid.IntRange(0, len(w.people)-1).Draw(w.t, "owner")
		}
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// drawEnd draws what becomes of rows that are the person's alone.
func (w *world) drawEnd(t *table) {
	switch rapid.IntRange(0, 5).Draw(w.t, "end") {
	case 0, 1, 2:
	case 3:
		t.deletes = "delete_row"
		t.says = t.says.with("erase", "delete_row")
	case 4:
		t.deletes = "delete_when"
		t.says = t.says.with("delete_when", "state = 'draft'")
		t.cols = append(t.cols, &column{name: "state", typ: "text not null", says: fields{{"keep", "how far it is"}}})
	case 5:
		if !t.many && t.parent == nil && t.link == nil {
			w.keptBy(t)
		}
	}
}

// drawStorage draws how the rows lie.
func (w *world) drawStorage(t *table) *table {
	label := func() {
		t.cols = append(t.cols, &column{name: "label", typ: "text not null", says: fields{{"keep", "a word of ours"}}})
	}
	switch rapid.IntRange(0, 5).Draw(w.t, "storage") {
	default:
		t.parents = true
	case 2:
		t.parents = true
		if slices.ContainsFunc(t.cols, func(c *column) bool { return strings.Contains(c.typ, "unique") }) {
			return nil // a unique index would need the partition's key
		}
		t.storage = " partition by range (rid)"
		t.extra = append(t.extra,
			fmt.Sprintf("create table %s_p1 partition of %s for values from (0) to (%d)", t.name, t.name, w.rid+3),
			fmt.Sprintf("create table %s_p2 partition of %s default", t.name, t.name))
	case 3:
		label()
		t.pk = []string{"label", "rid"}
	case 4:
		label()
		t.pk, t.mapKey = nil, []string{"rid", "label"}
	case 5:
		if t.link != nil || t.says.has("keep") {
			t.parents = true
			return nil
		}
		child := *t
		child.name += "_kid"
		child.storage = inherits
		child.cols = append(slices.Clone(t.cols), w.dataColumn(&child, "k0"))
		child.pk = []string{"rid"}
		k0 := child.cols[len(child.cols)-1]
		t.extra = append(t.extra, fmt.Sprintf("create table %s (primary key (rid), k0 %s) inherits (%s)", child.name, k0.typ, t.name))
		return &child
	}
	return nil
}

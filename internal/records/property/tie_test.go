package property

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// tie is how the rows of a table lead to persons.
type tie struct {
	names []string // of paths, where a row has several persons
	fill  func(r *row, owners []int)
}

// reference makes columns that hold a person's key and what a path says of them.
func (w *world) reference(t *table, prefix, typ string, declared bool) (on fields, set func(r *row, i int)) {
	cut := func(name, typ string) *column {
		return &column{name: name, typ: typ, refers: true, says: fields{{"erase", "cut"}, {"disclose", "no"}}, after: null}
	}
	if w.keyKind == compositeKey {
		a, b := prefix+"_firm", prefix+"_no"
		t.cols = append(t.cols, cut(a, "integer"), cut(b, "integer"))
		if declared {
			t.extra = append(t.extra, fmt.Sprintf("alter table %s add foreign key (%s, %s) references crm.person (firm, no)", t.name, a, b))
		}
		return fields{{a, "crm.person.firm"}, {b, "crm.person.no"}}, func(r *row, i int) {
			r.set(a, is(w.people[i].key[0]))
			r.set(b, is(w.people[i].key[1]))
		}
	}
	name := prefix + "_id"
	if typ == "" {
		typ = w.keyKind
	}
	c := cut(name, typ)
	if rapid.IntRange(0, 3).Draw(w.t, "not null") == 3 {
		c.typ += " not null default '" + w.none()[0] + "'"
		c.says = fields{{"erase", fields{{"cut", w.none()[0]}}}, {"disclose", "no"}}
		c.after = constant(w.none()[0])
		w.groups = true // the placeholder is no person
	}
	if declared {
		c.typ += " references crm.person (id)"
	}
	t.cols = append(t.cols, c)
	nobody := is(w.none()[0])
	if !strings.Contains(c.typ, "not null") {
		nobody = nil
	}
	return fields{{name, "crm.person.id"}}, func(r *row, i int) {
		if i < 0 {
			r.set(name, nobody)
			return
		}
		r.set(name, is(w.people[i].text()))
	}
}

func (w *world) drawTie(t *table) tie {
	kinds := []func(*table) tie{
		func(t *table) tie { return w.single(t, "", true, "") },
		func(t *table) tie { return w.single(t, "", false, "") },
		w.polymorphic, w.manyToMany, w.twoPersons, w.twoPersons, w.through, w.byValue, w.byCode,
	}
	if w.keyKind != compositeKey {
		kinds = append(kinds, w.textReference, w.array, w.inJSON, w.inList, w.inMembers, w.oldValues, w.through,
			func(t *table) tie { return w.single(t, "text", false, "") })
	}
	return kinds[rapid.IntRange(0, len(kinds)-1).Draw(w.t, "tie")](t)
}

// single is a reference in a column, declared or not, perhaps in another type.
func (w *world) single(t *table, typ string, declared bool, when string) tie {
	on, set := w.reference(t, "person", typ, declared)
	path := fields{{"on", on}}
	if when != "" {
		path = path.with("when", when)
	}
	t.paths = []fields{path}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) == 0 {
			if w.keyKind != compositeKey {
				set(r, -1)
			}
			return
		}
		r.owners = owners[:1]
		set(r, owners[0])
	}}
}

// polymorphic leads to a person or to a thing that has the same number.
func (w *world) polymorphic(t *table) tie {
	t.cols = append(t.cols, &column{name: "target_type", typ: "text not null", says: fields{{"keep", "what it leads to"}}})
	typ := ""
	if w.keyKind != compositeKey && rapid.Bool().Draw(w.t, "as text") {
		typ = "varchar(60)"
	}
	one := w.single(t, typ, false, "target_type = 'Person'")
	return tie{fill: func(r *row, owners []int) {
		one.fill(r, owners)
		r.set("target_type", is("Person"))
		if len(r.owners) > 0 && rapid.IntRange(0, 3).Draw(w.t, "thing") == 3 {
			r.owners = nil
			r.set("target_type", is("Thing"))
		}
	}}
}

// manyToMany has a table between that ties rows to persons.
func (w *world) manyToMany(t *table) tie {
	t.many = true
	link := &table{name: t.name + "_person", deletes: "cut", says: fields{{"erase", "cut"}, {"disclose", "no"}}}
	link.cols = append(link.cols, ridColumn(), &column{name: "row_id", typ: "integer not null", says: fields{{"keep", "the row"}}})
	on, set := w.reference(link, "person", "", rapid.Bool().Draw(w.t, "declared"))
	link.pk = []string{"rid"}
	link.paths = []fields{{{"on", on}}}
	t.link = link
	t.paths = []fields{{{"via", link.name}, {"on", fields{{"row_id", "rid"}}}, {"to", on}}}
	return tie{fill: func(r *row, owners []int) {
		r.owners = owners
		for _, i := range owners {
			l := w.newRow()
			l.set("row_id", is(fmt.Sprint(r.rid)))
			set(l, i)
			l.owners = []int{i}
			link.rows = append(link.rows, l)
		}
	}}
}

// twoPersons has a buyer and a seller in a row.
func (w *world) twoPersons(t *table) tie {
	t.many = true
	out := tie{names: []string{"buyer", "seller"}}
	var sets []func(*row, int)
	for _, name := range out.names {
		on, set := w.reference(t, name, "", rapid.Bool().Draw(w.t, "declared"))
		sets = append(sets, set)
		t.paths = append(t.paths, fields{{"name", name}, {"on", on}})
		for _, c := range t.cols {
			if strings.HasPrefix(c.name, name+"_") {
				c.of = name
			}
		}
	}
	for _, name := range out.names {
		c := &column{name: name + "_name", typ: "text", says: fields{{"erase", raw("null")}, {"label", raw("{sv: Fält, en: Field}")}}, fill: func(r *row) cell { return w.own(r, "Is %s") }, after: null}
		w.ofColumn(c, name)
		t.cols = append(t.cols, c)
	}
	out.fill = func(r *row, owners []int) {
		for k, set := range sets {
			if k >= len(owners) && w.keyKind != compositeKey {
				set(r, -1)
			}
			if k < len(owners) {
				set(r, owners[k])
				r.owners = append(r.owners, owners[k])
				r.of[out.names[k]] = owners[k]
			}
		}
	}
	return out
}

// through leads through the rows of another table.
func (w *world) through(t *table) tie {
	var parents []*table
	for _, p := range w.tables[1:] {
		if p.parents && len(p.rows) > 0 && !p.log && p.storage != inherits {
			parents = append(parents, p)
		}
	}
	if len(parents) == 0 {
		return w.single(t, "", true, "")
	}
	p := parents[rapid.IntRange(0, len(parents)-1).Draw(w.t, "parent")]
	t.parent, t.many = p, p.many
	c := &column{name: "parent_id", typ: "integer", says: fields{{"keep", "the row that it belongs to"}}}
	if p.deletes == "" && rapid.Bool().Draw(w.t, "declared") {
		c.typ += " references " + p.name + " (rid)"
	}
	t.cols = append(t.cols, c)
	t.paths = []fields{{{"on", fields{{"parent_id", p.name + ".rid"}}}}}
	if p.says.has("keep") {
		w.keptWith(t, p)
	}
	return tie{fill: func(r *row, owners []int) {
		of := p.rows[rapid.IntRange(0, len(p.rows)-1).Draw(w.t, "parent row")]
		r.set("parent_id", is(fmt.Sprint(of.rid)))
		r.owners = slices.Clone(of.owners)
	}}
}

// byValue is a log that holds the e-mail address alone, in some other case.
func (w *world) byValue(t *table) tie {
	t.byValue = true
	c := &column{name: "address", typ: "varchar(100)", refers: true, says: fields{{"erase", raw("null")}}, after: null}
	t.cols = append(t.cols, c)
	t.paths = []fields{{{"on", fields{{"address", w.addresses()}}}, {"match", "folded"}}}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) == 0 {
			r.set("address", is("someone@else.example"))
			return
		}
		r.owners = owners[:1]
		r.set("address", is(strings.ToUpper(w.people[owners[0]].email)))
	}}
}

// byCode refers to what is not the key.
func (w *world) byCode(t *table) tie {
	t.byValue = true
	t.cols = append(t.cols, &column{name: "code", typ: "text", refers: true, says: fields{{"erase", "cut"}, {"disclose", "no"}}, after: null})
	t.paths = []fields{{{"on", fields{{"code", "crm.person.code"}}}}}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) > 0 {
			r.owners = owners[:1]
			r.set("code", is(w.people[owners[0]].code))
		}
	}}
}

// textReference is "person,12", beside references to things with the same number.
func (w *world) textReference(t *table) tie {
	t.cols = append(t.cols, &column{name: "ref", typ: "text", refers: true, says: fields{{"erase", "cut"}, {"disclose", "no"}}, after: null})
	t.paths = []fields{{{"on", fields{{"ref", "person,{crm.person.id}"}}}}}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) == 0 {
			r.set("ref", is("thing,"+w.people[w.subject].text()))
			return
		}
		r.owners = owners[:1]
		r.set("ref", is("person,"+w.people[owners[0]].text()))
	}}
}

func (w *world) array(t *table) tie {
	t.many = true
	typ := rapid.SampledFrom([]string{w.keyKind, "text"}).Draw(w.t, "element")
	before, to := "", "crm.person.id"
	if typ == "text" && rapid.Bool().Draw(w.t, "in words") {
		before, to = "person:", "person:{crm.person.id}"
	}
	t.cols = append(t.cols, &column{name: "ids", typ: typ + "[] not null default '{}'", refers: true, says: fields{{"erase", "cut"}, {"disclose", "no"}}, after: free})
	t.paths = []fields{{{"on", fields{{"ids[]", to}}}}}
	return tie{fill: func(r *row, owners []int) {
		r.owners = owners
		keys := []string{"NULL"}
		for _, i := range owners {
			keys = append(keys, before+w.people[i].text())
		}
		r.set("ids", is("{"+strings.Join(keys, ",")+"}"))
	}}
}

// jsonKey is the key as a json document writes it.
func (w *world) jsonKey(p *person) string {
	if w.keyKind == intKey && rapid.Bool().Draw(w.t, "number") {
		return p.text()
	}
	return `"` + p.text() + `"`
}

func (w *world) inJSON(t *table) tie {
	action := rapid.SampledFrom([]string{"remove", "null"}).Draw(w.t, "action")
	t.cols = append(t.cols, &column{name: "payload", typ: "jsonb", refers: true, after: free, says: fields{
		{"json", raw(`{"$.owner.id": {erase: ` + action + `}, "$.*": {keep: nobody's}}`)}, {"disclose", "no"},
	}})
	t.paths = []fields{{{"on", fields{{"payload$.owner.id", "crm.person.id"}}}}}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) == 0 {
			r.set("payload", is(`{"owner": {}, "n": 1}`))
			return
		}
		r.owners = owners[:1]
		r.set("payload", is(`{"owner": {"id": `+w.jsonKey(w.people[owners[0]])+`, "of": "x"}, "n": 1.50}`))
	}}
}

// inList is a json list of bare keys.
func (w *world) inList(t *table) tie {
	t.many = true
	t.cols = append(t.cols, &column{name: "payload", typ: "jsonb", refers: true, after: free, says: fields{
		{"json", raw(`{"$.ids[*]": {erase: remove}, "$.*": {keep: nobody's}}`)}, {"disclose", "no"},
	}})
	t.paths = []fields{{{"on", fields{{"payload$.ids[*]", "crm.person.id"}}}}}
	return tie{fill: func(r *row, owners []int) {
		r.owners = owners
		parts := []string{"null", `"else"`}
		for _, i := range owners {
			parts = append(parts, w.jsonKey(w.people[i]))
		}
		r.set("payload", is(`{"ids": [`+strings.Join(parts, ", ")+`], "n": 1}`))
	}}
}

func (w *world) inMembers(t *table) tie {
	t.many = true
	t.cols = append(t.cols, &column{name: "payload", typ: rapid.SampledFrom([]string{"jsonb", "json"}).Draw(w.t, "json"), refers: true, redacts: true, after: free, says: fields{
		{"json", raw(`{"$.members[*].id": {erase: remove}, "$.members[*].name": {erase: redact}, "$.*": {keep: nobody's}}`)}, {"disclose", "no"},
	}})
	t.paths = []fields{{{"on", fields{{"payload$.members[*].id", "crm.person.id"}}}}}
	return tie{fill: func(r *row, owners []int) {
		r.owners = owners
		var parts []string
		for _, i := range owners {
			p := w.people[i]
			name := p.full()
			if p.group {
				name = "the group"
			}
			parts = append(parts, `{"id": `+w.jsonKey(p)+`, "name": "`+name+`", "n": 2}`)
		}
		r.set("payload", is(`{"members": [`+strings.Join(parts, ", ")+`], "n": 1}`))
	}}
}

// oldValues is a journal: the old value is a key only where the field says so.
func (w *world) oldValues(t *table) tie {
	keep := fields{{"keep", "which field"}}
	t.cols = append(t.cols, &column{name: "field", typ: "text not null", says: keep}, &column{
		name: "old_value", typ: "text", refers: true, redacts: true, after: free,
		says: fields{{"erase", "redact"}, {"refers_when", "field = 'Owner'"}, {"disclose", "no"}},
	})
	t.paths = []fields{{{"on", fields{{"old_value", "crm.person.id"}}}, {"when", "field = 'Owner'"}}}
	return tie{fill: func(r *row, owners []int) {
		if len(owners) == 0 {
			r.set("field", is("Price"))
			r.set("old_value", is(w.people[w.subject].text())) // a number, and nobody's key
			return
		}
		r.owners = owners[:1]
		r.set("field", is("Owner"))
		r.set("old_value", is(w.people[owners[0]].text()))
	}}
}

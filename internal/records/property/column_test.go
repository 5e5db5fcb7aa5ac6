package property

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// about is whom a row's plain values are about: of several owners somebody else than the subject, since what an erasure
// must not touch is then theirs.
func (w *world) about(r *row) *person {
	persons := w.persons(r.owners)
	switch {
	case len(persons) == 0:
		return nil
	case len(persons) > 1 && persons[0] == w.subject:
		return w.people[persons[1]]
	case len(persons) > 1:
		return w.people[persons[0]]
	}
	for _, i := range r.owners {
		if !w.people[i].group {
			return w.people[i]
		}
	}
	return nil
}

func (w *world) own(r *row, format string) cell {
	if p := w.about(r); p != nil {
		return is(fmt.Sprintf(format, p.token))
	}
	return is(strings.ReplaceAll(format, "%s", "plain"))
}

func low(f func(r *row) cell) func(r *row) cell {
	return func(r *row) cell { return is(strings.ToLower(*f(r))) }
}

// names draws whom a text of the row names: perhaps its owners, perhaps somebody else.
func (w *world) names(r *row) []int {
	var out []int
	add := func(i int) {
		if !slices.Contains(out, i) && !w.people[i].group {
			out = append(out, i)
		}
	}
	for _, i := range r.owners {
		if rapid.Bool().Draw(w.t, "names owner") {
			add(i)
		}
	}
	switch rapid.IntRange(0, 3).Draw(w.t, "names others") {
	case 1:
		add(w.subject)
	case 2:
		add(rapid.IntRange(0, len(w.people)-1).Draw(w.t, "named"))
	}
	for _, i := range out {
		if !slices.Contains(r.mentions, i) {
			r.mentions = append(r.mentions, i)
		}
	}
	return out
}

// prose is a text that names some persons.
func (w *world) prose(r *row) string {
	text := "Called about the roof"
	for _, i := range w.names(r) {
		p := w.people[i]
		switch rapid.IntRange(0, 2).Draw(w.t, "named by") {
		case 0:
			text += "; it was " + p.full()
		case 1:
			text += "; write to " + p.email
		default:
			text += "; call " + p.phone
		}
	}
	return text + "."
}

func (w *world) document(r *row) string {
	doc := map[string]any{
		"note":  w.prose(r),
		"size":  44,
		"likes": []any{map[string]any{"what": w.prose(r), "n": json.Number("12345678901234567890")}},
	}
	out, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func null(cell) (cell, bool) { return nil, true }

func constant(s string) func(cell) (cell, bool) {
	return func(cell) (cell, bool) { return is(s), true }
}

func free(cell) (cell, bool) { return nil, false }

// dataColumn draws a column that holds something of the person, with an action that fits its type.
func (w *world) dataColumn(t *table, name string) *column {
	erase := func(v any) fields { return fields{{"erase", v}} }
	own := func(format string) func(*row) cell { return func(r *row) cell { return w.own(r, format) } }
	prose := func(r *row) cell { return is(w.prose(r)) }
	unique := func(r *row) cell { return is(fmt.Sprintf("%s-%d", *w.own(r, "u-%s"), r.rid)) }
	pick := func(values ...string) func(*row) cell {
		return func(*row) cell { return is(rapid.SampledFrom(values).Draw(w.t, name)) }
	}
	kinds := []func() *column{
		func() *column {
			return &column{typ: "text", says: erase(raw("null")), fill: own("about %s"), after: null}
		},
		func() *column {
			return &column{typ: "text not null", says: fields{{"erase", "redact"}, {"disclose", "mask_others"}}, fill: prose, redacts: true, after: free}
		},
		func() *column {
			return &column{typ: "varchar(60) not null", says: erase(raw("{constant: {sv: Borta, en: Gone}}")), fill: own("%s"), after: constant("Borta")}
		},
		func() *column {
			return &column{typ: "text not null default ''", says: erase("empty"), fill: own("of %s"), after: constant("")}
		},
		func() *column {
			return &column{typ: "text not null unique", says: erase(raw("{random: x-}")), fill: unique, after: free}
		},
		func() *column {
			w.types = append(w.types, fmt.Sprintf("create type crm.%s_%s as enum ('a', 'b', 'gone')", t.short(), name))
			return &column{typ: "crm." + t.short() + "_" + name + " not null", says: erase(raw("{constant: gone}")), fill: pick("a", "b"), after: constant("gone")}
		},
		func() *column {
			w.types = append(w.types, fmt.Sprintf("create domain crm.%s_%s as varchar(40) check (value ~ '^[a-z ]+$')", t.short(), name))
			return &column{typ: "crm." + t.short() + "_" + name + " not null", says: erase(raw("{constant: gone}")), fill: low(own("d %s")), after: constant("gone")}
		},
		func() *column {
			return &column{typ: "text check (" + name + " = 'none' or length(" + name + ") > 5)", says: erase(raw("{constant: none}")), fill: own("about %s"), after: constant("none")}
		},
		func() *column {
			return &column{typ: "date", says: erase(raw("{generalise: month}")), fill: pick("2021-03-17", "2019-11-30"), after: func(was cell) (cell, bool) { return is((*was)[:8] + "01"), true }}
		},
		func() *column {
			return &column{typ: "timestamptz not null", says: erase(raw("{generalise: year}")), fill: pick("2021-03-17 10:11:12+00", "2019-11-30 23:59:59+00"), after: func(was cell) (cell, bool) { return is((*was)[:4] + "-01-01 00:00:00+00"), true }}
		},
		func() *column {
			return &column{typ: "numeric(10,2)", says: erase(raw("{generalise: {band: 1000}}")), fill: pick("52333.25", "-1200.00"), after: func(was cell) (cell, bool) {
				return is(map[string]string{"52333.25": "52000.00", "-1200.00": "-2000.00"}[*was]), true
			}}
		},
		func() *column {
			return &column{typ: "char(6)", says: erase(raw("{generalise: {prefix: 2}}")), fill: pick("113 55", "85"), after: func(was cell) (cell, bool) { return is((*was + "  ")[:2]), true }}
		},
		func() *column {
			return &column{typ: "text[] not null", says: fields{{"erase", "redact"}, {"disclose", "mask_others"}}, redacts: true, after: free, fill: func(r *row) cell {
				return is(`{"` + w.prose(r) + `",NULL,"a, \"b\"",` + `"` + w.prose(r) + `"}`)
			}}
		},
		func() *column {
			return &column{typ: "varchar(80)[]", says: erase("empty"), fill: func(r *row) cell { return is(`{"` + *w.own(r, "of %s") + `",x}`) }, after: constant("{}")}
		},
		func() *column {
			return &column{typ: "jsonb not null", says: fields{{"erase", "redact"}, {"disclose", "mask_others"}}, redacts: true, after: free, fill: func(r *row) cell { return is(w.document(r)) }}
		},
		func() *column {
			return &column{typ: "json", says: fields{{"json", raw(`{"$.size": {erase: remove}, "$.note": {erase: redact}, "$.likes[*].what": {erase: redact}, "$.likes": {keep: what}, "$.*": {keep: nobody}}`)}, {"disclose", "mask_others"}}, redacts: true, fill: func(r *row) cell { return is(w.document(r)) }, after: func(was cell) (cell, bool) {
				return nil, false
			}}
		},
		func() *column {
			return &column{typ: "jsonb not null", says: erase("empty"), fill: func(r *row) cell { return is(`{"who": "` + *w.own(r, "of %s") + `"}`) }, after: constant("{}")}
		},
		func() *column {
			return &column{typ: "boolean", says: fields{{"keep", "no word of a person"}}, fill: pick("true", "false")}
		},
		func() *column {
			return &column{typ: "bytea", says: fields{{"erase", raw("null")}, {"disclose", "no"}}, fill: own("of %s"), after: null}
		},
		func() *column {
			return &column{typ: "text not null", says: fields{{"erase", "redact"}, {"disclose", "no"}}, fill: prose, redacts: true, after: free}
		},
	}
	c := kinds[rapid.IntRange(0, len(kinds)-1).Draw(w.t, "column")]()
	c.name = name
	if !c.says.has("label") && !c.says.has("disclose") && !c.says.has("keep") {
		c.says = c.says.with("label", raw("{sv: Fält, en: Field}"))
	}
	return c
}

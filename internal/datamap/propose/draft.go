package propose

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"insyn/internal/datamap"
)

// draft is the map before it is written.
type draft struct {
	p        *proposer
	tables   []*draftTable
	exclude  []exclusion
	by       []*draftColumn
	purposes map[string]bool
	subject  subjectRow
}

type exclusion struct{ name, reason string }

// subjectRow is what the map says of persons as rows.
type subjectRow struct{ merged, when string }

type draftTable struct {
	name       string
	kind       *kind
	sv, en     string
	category   string
	purpose    string
	provenance string
	retention  string
	disclose   string
	erase      string
	deleteWhen string
	mentions   bool
	order      string
	logOf      string
	key        []string
	keep       []string // lines
	keeps      []string // columns
	paths      []path
	columns    []*draftColumn
	decide     []string
	note       string
}

// path is one way; by is the column of one that only says who typed a row.
type path struct{ text, why, doubt, by string }

// draft writes down each table, in the order in which rows are read and, backwards, deleted.
func (p *proposer) draft() *draft {
	d := &draft{p: p, purposes: map[string]bool{}}
	d.subject.merged = p.mergedInto()
	d.subject.when = p.personsWhen()
	p.nobody = p.findNobody()
	for _, name := range p.order() {
		d.tables = append(d.tables, p.draftTable(d, p.kinds[name]))
	}
	d.typed()
	for _, t := range p.tables {
		if p.kinds[t.Name] == nil && p.mayName(t) {
			d.tables = append(d.tables, p.nobodys(t))
		} else if p.kinds[t.Name] == nil {
			d.exclude = append(d.exclude, exclusion{t.Name, p.reason(t)})
		}
	}
	for _, name := range sortedKeys(p.catalog.Tables) {
		switch p.catalog.Tables[name].Kind {
		case "m":
			d.exclude = append(d.exclude, exclusion{name, datamap.Undecided + " a copy of other tables: does somebody refresh it after an erasure? Then say so"})
		case "f":
			d.exclude = append(d.exclude, exclusion{name, datamap.Undecided + " its rows lie in another database: describe that one as a source of its own"})
		}
	}
	return d
}

// reason is why a table is left out.
func (p *proposer) reason(t *datamap.LiveTable) string {
	s := p.samples[t.Name]
	hangs := ""
	for _, x := range p.ties {
		if x.from == t.Name && p.kinds[x.to] != nil && x.to != p.Person {
			hangs = x.to
		}
	}
	switch trace := p.traces(t); {
	case t.Name == p.staff:
		return "our own people, who are users of the system and not its subjects"
	case s.problem != "":
		return datamap.Undecided + " " + s.problem + ", so nothing is known of it: map it, or say why not"
	case hasWord(afterDot(t.Name), personWords) && hangs == "" && len(split(afterDot(t.Name))) == 1:
		return datamap.Undecided + " it is named after persons: is its key theirs ({on: {key: " + p.Person + "." + p.subject.Key[0] + "}})? Map it, or say why not"
	case trace != "":
		return datamap.Undecided + " no reference to a person found, but " + trace + ": map it, or say why not"
	case hangs != "" && p.worth(t):
		return "it refers to " + hangs + ", which persons only take part in, and no personal data was seen in a sample"
	case hangs != "":
		return "it refers to " + hangs + ", but holds keys, codes and figures alone"
	case s.rows == 0:
		return "no rows, and no reference to a person by its names"
	}
	return "no reference to a person found in a sample"
}

// order puts the subject table first, then every table after those that it refers to, and logs last.
func (p *proposer) order() []string {
	var out []string
	done := map[string]bool{p.Person: true}
	out = append(out, p.Person)
	var visit func(name string, open map[string]bool)
	visit = func(name string, open map[string]bool) {
		if done[name] || open[name] {
			return
		}
		open[name] = true
		var before []string
		for _, x := range p.ties {
			if x.from == name && x.to != name && p.kinds[x.to] != nil {
				before = append(before, x.to)
			}
		}
		sort.Strings(before)
		for _, b := range before {
			visit(b, open)
		}
		done[name] = true
		out = append(out, name)
	}
	rank := map[string]int{isSatellite: 0, isContext: 1, isOwned: 2, isShared: 2, isLink: 3, isKept: 4, isPart: 5, isLog: 6}
	var rest []string
	for name := range p.kinds {
		if name != p.Person {
			rest = append(rest, name)
		}
	}
	sort.Slice(rest, func(i, j int) bool {
		a, b := rank[p.kinds[rest[i]].is], rank[p.kinds[rest[j]].is]
		return a < b || a == b && rest[i] < rest[j]
	})
	for _, name := range rest {
		visit(name, map[string]bool{})
	}
	return out
}

// mergedInto is the column that leads from a duplicate to the row that took its place.
func (p *proposer) mergedInto() string {
	for _, x := range p.ties {
		if x.self && x.from == p.Person && x.plain() && len(x.cols) == 1 && mergeWords[strings.Join(stem(x.cols[0]), "")] {
			return x.cols[0]
		}
	}
	return ""
}

// personsWhen is the condition that tells persons from other rows of a table that holds several classes of them.
func (p *proposer) personsWhen() string {
	for _, c := range []string{"type", "class", "sti_type"} {
		f := p.samples[p.Person].columns[c]
		if f == nil || len(f.values) < 2 {
			continue
		}
		for _, v := range distinct(f) {
			if singular(joined(afterDot(p.Person))) == joined(v) {
				return column(c) + " = " + literal(v)
			}
		}
	}
	return ""
}

// findNobody is the query for the row that stands for nobody, where a name or class of the table of persons says so.
func (p *proposer) findNobody() string {
	if len(p.subject.Key) != 1 {
		return ""
	}
	best, query := "", ""
	for _, c := range p.subject.Order {
		f := p.samples[p.Person].columns[c]
		w, _, _ := p.names.find(afterDot(p.Person), c)
		if f == nil || !isText(p.subject.Columns[c]) || !slices.Contains([]string{"given", "surname", "fullname", "handle", "heading", "code", "nickname"}, w.meaning) {
			continue
		}
		for _, v := range distinct(f) {
			word := joined(v)
			if !nobodyWords[word] || f.values[v] != 1 {
				continue
			}
			// "nobody" says more than "system".
			if best == "" || word == "nobody" || strings.HasPrefix(word, "anonymous") && best != "nobody" {
				best, query = word, fmt.Sprintf("select %s from %s where %s = %s", column(p.subject.Key[0]), p.Person, column(c), literal(v))
			}
		}
	}
	return query
}

func (p *proposer) draftTable(d *draft, k *kind) *draftTable {
	t := k.table
	out := &draftTable{name: t.Name, kind: k, erase: k.erase, provenance: "staff", purpose: "service", retention: "history", category: "history"}
	out.sv, out.en = p.tableLabel(t.Name)
	switch k.is {
	case isSubject, isSatellite:
		out.category, out.provenance, out.retention = "contact", "provided", "contact"
	case isContext:
		out.category, out.provenance, out.retention = "role", "provided", "contact"
	case isLink:
		out.category, out.erase = "role", datamap.CutLink
	case isLog:
		out.category, out.purpose, out.provenance, out.retention = "log", "order", "observed", "log"
	case isKept, isPart:
		out.category, out.purpose, out.provenance, out.retention = "invoice", "books", "observed", "books"
	}
	if hasWord(afterDot(t.Name), set("consent consents samtycke einwilligung")) {
		out.category, out.purpose, out.retention = "choice", "proof", "choice"
	}
	d.purposes[out.purpose] = true
	out.decide = append(out.decide, p.questions[t.Name]...)
	if k.question != "" {
		out.decide = append(out.decide, k.question)
	}
	if s := p.samples[t.Name]; s.problem != "" {
		out.note = s.problem
	}
	out.paths = p.paths(k)
	p.tableKey(out)
	p.keepRule(out)
	if k.is == isLog {
		out.logOf = p.Person
		for _, of := range p.logs[t.Name] {
			if p.kinds[of] != nil {
				out.logOf = of
				break
			}
		}
		if slices.Contains(p.logs[t.Name], p.Person) {
			out.logOf = p.Person
		}
	}
	for _, c := range t.Order {
		out.columns = append(out.columns, p.draftColumn(out, c))
	}
	if k.is == isLink && p.onlyKeys(out) || k.stamps {
		out.disclose = "no"
	}
	out.order = p.orderBy(t)
	if k.is == isSubject {
		p.subjectQuestions(d, out)
	}
	return out
}

// subjectQuestions are asked once for the whole source, where it is described: at the persons.
func (p *proposer) subjectQuestions(d *draft, t *draftTable) {
	if d.subject.when != "" {
		t.decide = append(t.decide, "subject.when tells persons from the other rows of this table: is it right?")
	}
	if p.nobody != "" {
		t.decide = append(t.decide, "references that cannot be null are pointed at the row that stands for nobody (cut: select …): is it the right row?")
	}
}

// tableKey names the key of a table that declares none.
func (p *proposer) tableKey(t *draftTable) {
	live := t.kind.table
	if len(live.Key) > 0 {
		return
	}
	for _, u := range live.Uniques {
		if !slices.Contains(u.Columns, "") {
			t.key = u.Columns
			return
		}
	}
	for _, c := range live.Order {
		if keyType(live.Columns[c]) {
			t.key = append(t.key, c)
		}
	}
	if t.kind.is != isLink {
		t.decide = append(t.decide, "no key is declared: do these columns tell each row?")
	}
}

func (p *proposer) onlyKeys(t *draftTable) bool {
	return !slices.ContainsFunc(t.columns, func(c *draftColumn) bool { return c.sv != "" })
}

func (p *proposer) orderBy(t *datamap.LiveTable) string {
	for _, c := range t.Order {
		typ := t.Columns[c]
		w, _, _ := p.names.find(afterDot(t.Name), c)
		if typ.NotNull && (typ.Base == "date" || typ.Base == "timestamp" || typ.Base == "timestamptz") && (w.meaning == "created" || w.meaning == "time") {
			return c
		}
	}
	return ""
}

// tableLabel is the table's name in words.
func (p *proposer) tableLabel(name string) (sv, en string) {
	if name == p.Person {
		return "Dina kontaktuppgifter", "Your contact details"
	}
	s := joined(afterDot(name))
	for _, try := range []string{s, singular(s), singular(lastWord(afterDot(name)))} {
		if w, ok := tableLabels[try]; ok {
			return w[0], w[1]
		}
	}
	h := humanise(afterDot(name))
	return h, h
}

package propose

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// What a table is to the persons.
const (
	isSubject   = "subject"
	isSatellite = "satellite" // rows that are the person's alone: addresses, tokens, choices
	isOwned     = "owned"     // rows about one person, with texts: todos, documents
	isLink      = "link"      // ties persons to rows of another table
	isLog       = "log"       // old values
	isKept      = "kept"      // a law demands it
	isPart      = "part"      // goes with a row that is kept
	isContext   = "context"   // around the person: an employer
	isShared    = "shared"
)

// kind is what has been found of a mapped table.
type kind struct {
	table    *datamap.LiveTable
	is       string
	ties     []*tie   // its ways to a person, in order
	via      []via    // its ways through a link table
	through  []*tie   // its ways through a table of participants, which refers to it by type
	firm     []string // paths, written, of a context
	solo     bool     // some of these firms are their owners
	parent   string   // of a part
	carries  bool     // rows that hang on it are about the person too
	question string
	erase    string
	stamps   bool // only who wrote a row ties it to persons
}

type via struct{ link, to *tie }

// turn makes what a table of participants refers to by type (watchers, groups of a ticket) lead to persons through it.
func (p *proposer) turn(add func(string) *kind) {
	for _, name := range sortedKeys(p.kinds) {
		k := p.kinds[name]
		group := k.is == isShared && len(k.via) > 0 && hasWord(afterDot(name), holderWords)
		if k.is != isLink && !group {
			continue
		}
		for _, x := range p.ties {
			if x.from != name || x.when == "" || x.to == p.Person || x.self || p.kinds[x.to] == nil && !p.worth(p.catalog.Tables[x.to]) {
				continue
			}
			x.turned = true
			o := add(x.to)
			o.through = append(o.through, x)
		}
	}
}

// classify decides which tables are mapped, by which ways, and what each is.
func (p *proposer) classify() {
	p.kinds = map[string]*kind{p.Person: {table: p.subject, is: isSubject, carries: true}}
	add := func(name string) *kind {
		k := p.kinds[name]
		if k == nil {
			k = &kind{table: p.catalog.Tables[name], is: isShared}
			p.kinds[name] = k
		}
		return k
	}
	for _, x := range p.ties {
		if x.to == p.Person && !x.self && x.from != p.staff {
			k := add(x.from)
			if hasWord(afterDot(x.from), tokenWords) && x.nature == author {
				x.nature = about
			}
			k.ties = append(k.ties, x)
			k.carries = k.carries || x.nature != stamp
		}
	}
	for _, x := range p.ties {
		if x.from == p.Person && !x.self && x.to != p.staff && p.kinds[x.to] == nil && p.isFirm(x.to) && len(x.cols) == 1 {
			k := add(x.to)
			k.is = isContext
			on := fmt.Sprintf("{%s: %s}", quote(x.toCols[0]), p.Person+"."+x.cols[0])
			if c := p.soloCode(k.table); c != "" {
				k.solo, k.carries = true, true
				k.firm = append(k.firm, fmt.Sprintf("{on: %s, when: %s, as: subject}", on, quote(c)))
			}
			k.firm = append(k.firm, fmt.Sprintf("{on: %s, as: context}", on))
		}
	}
	p.links(add)
	p.turn(add)
	p.spread(add)
	p.folded(add)
	for name, k := range p.kinds {
		if k.is == isShared {
			p.settleKind(name, k)
		}
	}
	p.parts()
}

// isFirm says whether a table that persons refer to is about firms and the like, and not a list of codes.
func (p *proposer) isFirm(name string) bool {
	if hasWord(afterDot(name), firmWords) {
		return true
	}
	for _, c := range p.catalog.Tables[name].Order {
		if w, exact, _ := p.names.find(afterDot(name), c); exact && slices.Contains([]string{"phone", "email", "street", "given", "surname", "personnummer"}, w.meaning) {
			return true
		}
	}
	return false
}

// soloCode is the condition under which a firm is its owner, where a code in the schema or in the sample says so.
func (p *proposer) soloCode(t *datamap.LiveTable) string {
	for _, c := range t.Order {
		for _, v := range append(codes(t, c), distinct(p.samples[t.Name].columns[c])...) {
			if soloWords[joined(v)] {
				return column(c) + " = " + literal(v)
			}
		}
	}
	return ""
}

// links finds tables that only tie persons to rows of another table, and gives that table a way through them.
func (p *proposer) links(add func(string) *kind) {
	for _, t := range p.tables {
		k := p.kinds[t.Name]
		if k == nil || k.is != isShared {
			continue
		}
		var person, other, typed []*tie
		for _, x := range p.ties {
			switch {
			case x.from != t.Name || x.nature == stamp && x.to == p.Person || x.self || x.to == p.staff || !x.plain():
			case x.to == p.Person:
				person = append(person, x)
			case x.when != "":
				typed = append(typed, x)
			case !p.isLookup(x.to):
				other = append(other, x)
			}
		}
		if len(person) == 0 || len(person)+len(other) != 2 && (len(typed) == 0 || len(person) != 1 || len(other) > 0) || len(t.Order) > 9 || !p.bare(t) || person[0].when != "" {
			continue
		}
		k.is = isLink
		if len(other) == 0 {
			continue
		}
		o := add(other[0].to)
		if o.is == isContext || o.is == isSubject {
			continue
		}
		o.via = append(o.via, via{other[0], person[0]})
		// history_person says who took part in history; members of a project say nothing of its parts.
		if strings.HasPrefix(afterDot(t.Name), strings.TrimSuffix(afterDot(o.table.Name), "s")) {
			o.carries = true
		}
	}
}

// bare says that a table has no text, document or detail of its own.
func (p *proposer) bare(t *datamap.LiveTable) bool {
	for _, c := range t.Order {
		typ, f := t.Columns[c], p.samples[t.Name].columns[c]
		w, _, _ := p.names.find(afterDot(t.Name), c)
		switch {
		case typ.IsJSON(), typ.Base == "bytea", typ.IsArray():
			return false
		case isText(typ) && !p.few(t, c) && (w.meaning != "code" || f != nil && f.full > 0 && f.average() > 30):
			return false
		}
	}
	return true
}

// isLookup says that a table is a list of codes: small, without persons.
func (p *proposer) isLookup(name string) bool {
	t := p.catalog.Tables[name]
	if p.kinds[name] != nil || len(t.Order) > 8 {
		return false
	}
	s := p.samples[name]
	return s != nil && s.rows > 0 && s.rows < 60 && t.Rows < 200 && !p.personal(t)
}

// spread maps the tables that hang on rows which are about persons, without running in circles.
func (p *proposer) spread(add func(string) *kind) {
	for changed := true; changed; {
		changed = false
		for _, x := range p.ties {
			k := p.kinds[x.to]
			if pointerWords[split(x.cols[0])[0]] && x.plain() {
				continue
			}
			if x.self || x.to == p.Person || x.from == p.Person || x.from == p.staff || k == nil || !k.carries && k.is != isLink || x.folded || x.turned {
				continue
			}
			child := p.kinds[x.from]
			if child != nil && (child.is == isLink || child.is == isContext || child.has(x) || p.reaches(x.to, x.from)) {
				continue
			}
			if child == nil && !p.worth(p.catalog.Tables[x.from]) && !p.isBook(k.table) && k.is != isLink {
				continue
			}
			c := add(x.from)
			c.ties = append(c.ties, x)
			c.carries = true
			changed = true
		}
	}
}

func (k *kind) has(x *tie) bool { return slices.Contains(k.ties, x) }

// reaches says whether the ways of a table lead through another.
func (p *proposer) reaches(from, to string) bool {
	if from == to {
		return true
	}
	k := p.kinds[from]
	if k == nil {
		return false
	}
	for _, x := range k.ties {
		if x.to != p.Person && p.reaches(x.to, to) {
			return true
		}
	}
	for _, x := range k.through {
		if p.reaches(x.from, to) {
			return true
		}
	}
	return false
}

// worth says that a table which hangs on a person's row holds more than keys, codes and figures.
func (p *proposer) worth(t *datamap.LiveTable) bool {
	for _, c := range t.Order {
		typ := t.Columns[c]
		if typ.IsJSON() || typ.Base == "bytea" || typ.IsArray() {
			return true
		}
		if isText(typ) && !p.few(t, c) {
			if w, _, _ := p.names.find(afterDot(t.Name), c); w.meaning != "code" && w.meaning != "technical" {
				return true
			}
		}
	}
	return false
}

// folded adds the ways by addresses, where a row may have no other.
func (p *proposer) folded(add func(string) *kind) {
	for _, x := range p.ties {
		if !x.folded || x.to == p.Person || x.from == p.Person || x.from == p.staff {
			continue
		}
		k := p.kinds[x.from]
		if k != nil && (k.has(x) || k.is == isContext || k.is == isLink || p.reaches(x.to, x.from)) {
			continue
		}
		if k == nil {
			k = add(x.from)
		}
		k.ties = append(k.ties, x)
	}
	for _, k := range p.kinds {
		// Where every row names its person, the address beside says nothing more.
		sure := slices.ContainsFunc(k.ties, func(x *tie) bool {
			return x.to == p.Person && x.plain() && x.when == "" && k.table.Columns[x.cols[0]].NotNull && x.nature == about
		})
		if sure {
			k.ties = slices.DeleteFunc(k.ties, func(x *tie) bool { return x.folded || x.when != "" && len(p.logs[k.table.Name]) > 0 })
		}
	}
}

package propose

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"insyn/internal/datamap"
)

// What a tie to a person says of the row.
const (
	about  = "about"  // the row is the person's, or about them
	author = "author" // the person acts in it
	stamp  = "stamp"  // the person wrote or changed it once
)

// tie is a reference from a table's columns to another's, declared or found.
type tie struct {
	from, to string
	cols     []string // plain names, ours
	toCols   []string
	left     string // as the map writes our side, where it is not a plain column
	text     string // what stands around their value, with {} for it
	when     string
	folded   bool
	declared bool
	nature   string // of a tie to persons
	self     bool
	turned   bool   // the way to persons leads against it
	why      string // a comment
	doubt    string // a question
}

// on is the tie as a path's on.
func (t *tie) on() string {
	var pairs []string
	for i, c := range t.cols {
		left := quote(c)
		if t.left != "" {
			left = quote(t.left)
		}
		right := t.to + "." + t.toCols[i]
		if t.text != "" {
			right = strings.Replace(t.text, "{}", "{"+right+"}", 1)
		}
		pairs = append(pairs, left+": "+quote(right))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// plain says that the tie is an equality of columns.
func (t *tie) plain() bool { return t.left == "" && t.text == "" && !t.folded }

// findTies collects declared references and looks for the others.
func (p *proposer) findTies(ctx context.Context) error {
	p.staff = p.findStaff()
	taken := map[string]bool{}
	for _, k := range p.catalog.ForeignKeys {
		if p.catalog.Tables[k.From] == nil || p.catalog.Tables[k.To] == nil {
			continue
		}
		t := &tie{from: k.From, to: k.To, cols: k.Columns, toCols: k.ToColumns, declared: true, self: k.From == k.To, nature: nature(k.Columns[0])}
		p.ties = append(p.ties, t)
		for _, c := range k.Columns {
			taken[k.From+"."+c] = true
		}
	}
	if err := p.identify(ctx); err != nil {
		return err
	}
	type finder = func(context.Context, *datamap.LiveTable, map[string]bool) error
	for _, pass := range [][]finder{{p.typed, p.named}, {p.inside, p.byValue}} {
		for _, t := range p.tables {
			for _, find := range pass {
				if err := find(ctx, t, taken); err != nil {
					return fmt.Errorf("look for references of %s: %w", t.Name, err)
				}
			}
		}
		p.collectAddresses()
	}
	p.inherit()
	sort.SliceStable(p.ties, func(i, j int) bool { return p.ties[i].from < p.ties[j].from })
	return nil
}

// findStaff is the table of the company's own people, if it is not the persons'.
func (p *proposer) findStaff() string {
	for _, t := range p.tables {
		if t == p.subject || !hasWord(afterDot(t.Name), staffWords) || len(t.Key) != 1 || len(split(afterDot(t.Name))) > 2 {
			continue
		}
		var name, email bool
		for _, c := range t.Order {
			w, _, _ := p.names.find(afterDot(t.Name), c)
			name = name || slices.Contains([]string{"heading", "fullname", "given", "surname", "handle"}, w.meaning)
			email = email || w.meaning == "email"
		}
		if name && email {
			return t.Name
		}
	}
	return ""
}

func nature(column string) string {
	st := strings.Join(stem(column), "")
	switch {
	case pointerWords[split(column)[0]]:
		return stamp
	case stampWords[st] || hasWord(column, stampWords):
		return stamp
	case authorWords[st] || hasWord(column, authorWords):
		return author
	}
	return about
}

// stem is a column's name without the word that says that it is a key.
func stem(column string) []string {
	parts := split(column)
	last := parts[len(parts)-1]
	if len(parts) > 1 && keyWords[last] {
		return parts[:len(parts)-1]
	}
	for _, end := range []string{"ids", "id"} {
		if rest, ok := strings.CutSuffix(last, end); ok && len(rest) > 3 {
			return append(slices.Clone(parts[:len(parts)-1]), rest)
		}
	}
	return parts
}

var keyWords = set("id ids no nr key ref fk uid uuid guid code number")

// keyed says whether the name itself says that it is a key.
func keyed(column string) bool { return len(strings.Join(stem(column), "")) < len(joined(column)) }

// called are the tables that a word may name: by the whole name, then by its last word.
func (p *proposer) called(words []string, isKeyed bool) []*datamap.LiveTable {
	whole := singular(strings.Join(words, ""))
	var out, last []*datamap.LiveTable
	for _, t := range p.tables {
		name := split(afterDot(t.Name))
		if singular(strings.Join(name, "")) == whole {
			out = append(out, t)
		} else if isKeyed && singular(name[len(name)-1]) == singular(words[len(words)-1]) {
			last = append(last, t)
		}
	}
	if len(out) > 0 {
		return out
	}
	return last
}

// named looks for undeclared references by the names of columns, and holds their values against the keys.
func (p *proposer) named(ctx context.Context, t *datamap.LiveTable, taken map[string]bool) error {
	for _, c := range t.Order {
		typ := t.Columns[c]
		place := t.Name + "." + c
		elem := typ
		if typ.IsArray() {
			elem.Base = typ.Base[1:]
		}
		if taken[place] || !keyType(elem) || len(t.Key) == 1 && t.Key[0] == c || typ.Generated {
			continue
		}
		words := stem(c)
		st := strings.Join(words, "")
		isKeyed := keyed(c) || typ.IsArray()
		var targets []*datamap.LiveTable
		person := false
		if !selfWords[st] {
			targets = p.called(words, isKeyed)
		}
		switch {
		case selfWords[st] && isKeyed, selfWords[st] && elem.IsInteger():
			targets = []*datamap.LiveTable{t}
		case hasWord(st, personWords) || hasWord(strings.Join(words, "_"), personWords) || hasWord(st, stampWords) || hasWord(c, stampWords):
			person = true
			if !slices.Contains(targets, p.subject) {
				targets = append(targets, p.subject)
			}
			if s := p.catalog.Tables[p.staff]; s != nil && !slices.Contains(targets, s) {
				targets = append(targets, s)
				if nature(c) != about {
					slices.Reverse(targets)
				}
			}
		}
		if len(targets) == 0 || isText(elem) && !isKeyed && !person {
			continue
		}
		if err := p.settle(ctx, t, c, elem, targets, isKeyed, taken); err != nil {
			return err
		}
	}
	return nil
}

// settle chooses between the tables that a column may refer to, by the share of its values that are their keys.
func (p *proposer) settle(ctx context.Context, t *datamap.LiveTable, c string, elem datamap.ColumnType, targets []*datamap.LiveTable, isKeyed bool, taken map[string]bool) error {
	f := p.samples[t.Name].columns[c]
	if f != nil && t.Columns[c].IsArray() {
		f = f.elements
	}
	values := distinct(f)
	type match struct {
		table *datamap.LiveTable
		share int
	}
	var found []match
	for _, to := range targets {
		if len(to.Key) != 1 || !fits(elem, to.Columns[to.Key[0]]) {
			continue
		}
		if len(values) == 0 {
			if !isText(elem) || isKeyed {
				found = append(found, match{to, -1})
			}
			continue
		}
		n, err := p.overlap(ctx, values, to, to.Key[0], false)
		if err != nil {
			return err
		}
		// Keys of persons that share a column with those of groups are a tie too, but a doubtful one.
		if share := 100 * n / len(values); share >= 60 || to == p.subject && isKeyed && (share >= 20 || n > 1 && 2*n >= p.samples[p.Person].rows) {
			found = append(found, match{to, share})
		}
	}
	if len(found) == 0 {
		return nil
	}
	best := found[0]
	for _, m := range found[1:] {
		if m.share > best.share+5 {
			best = m
		}
	}
	x := &tie{from: t.Name, to: best.table.Name, cols: []string{c}, toCols: best.table.Key, self: best.table == t, nature: nature(c)}
	if t.Columns[c].IsArray() {
		x.left = c + "[]"
	}
	switch {
	case best.share < 0:
		x.why = "a reference by its name; no values yet"
	default:
		x.why = fmt.Sprintf("a reference by its name; %d %% of a sample are keys of %s", best.share, best.table.Name)
	}
	personal := best.table == p.subject
	switch {
	case personal && best.share >= 0 && best.share < 95:
		x.doubt = fmt.Sprintf("%d %% of a sample are keys of %s: rows that are gone, or another table? Keep the path, or take it out", best.share, best.table.Name)
	case personal && len(found) > 1 && p.staff != "" && best.share >= 0:
		x.doubt = fmt.Sprintf("its values are keys of %s and of %s: whose? Keep the path, or say keep", found[0].table.Name, found[1].table.Name)
	}
	p.ties = append(p.ties, x)
	taken[t.Name+"."+c] = true
	return nil
}

// distinct are the values of a sample that may be keys: 0 and -1 stand for none.
func distinct(f *facts) []string {
	if f == nil {
		return nil
	}
	var out []string
	for v := range f.values {
		if v != "0" && v != "-1" {
			out = append(out, v)
		}
	}
	sort.Strings(out)
	return out
}

func keyType(t datamap.ColumnType) bool {
	return t.IsInteger() || t.Base == "uuid" || isText(t) || t.Base == "numeric"
}

// fits says whether values of a type can be keys of another.
func fits(ours, theirs datamap.ColumnType) bool {
	switch {
	case ours.IsInteger():
		return theirs.IsInteger() || theirs.Base == "numeric"
	case ours.Base == "uuid":
		return theirs.Base == "uuid"
	}
	return keyType(theirs)
}

func afterDot(name string) string { return name[strings.IndexByte(name, '.')+1:] }

// identify learns what tells one person: the key, and whatever else is unique.
func (p *proposer) identify(ctx context.Context) error {
	var err error
	if p.density, err = p.dense(ctx, p.subject); err != nil {
		return err
	}
	if len(p.subject.Key) == 1 {
		p.unique = append(p.unique, p.subject.Key[0])
	}
	for _, u := range p.subject.Uniques {
		if len(u.Columns) == 1 && u.Columns[0] != "" && !slices.Contains(p.unique, u.Columns[0]) {
			p.unique = append(p.unique, u.Columns[0])
		}
	}
	return nil
}

// collectAddresses finds the columns that hold persons' own addresses: on their table, and on tables that are theirs.
func (p *proposer) collectAddresses() {
	p.addresses = nil
	for _, t := range p.tables {
		mine := t == p.subject
		for _, x := range p.ties {
			mine = mine || x.from == t.Name && x.to == p.Person && x.plain() && x.nature == about && x.when == "" && hasWord(afterDot(t.Name), addressWords)
		}
		for _, c := range t.Order {
			if f := p.samples[t.Name].columns[c]; mine && f != nil && isText(t.Columns[c]) && f.share(likeEmail) >= 60 {
				p.addresses = append(p.addresses, address{t, c})
			}
		}
	}
}

// inherit gives a child table the references of its parent, which PostgreSQL does not hand down.
func (p *proposer) inherit() {
	for _, t := range p.tables {
		for _, parent := range t.Parents {
			for _, x := range slices.Clone(p.ties) {
				if x.from != parent || slices.ContainsFunc(p.ties, func(o *tie) bool { return o.from == t.Name && o.to == x.to && slices.Equal(o.cols, x.cols) }) {
					continue
				}
				child := *x
				child.from, child.declared, child.why = t.Name, false, "as "+parent+", which it inherits from"
				p.ties = append(p.ties, &child)
			}
		}
	}
}

package propose

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// settleKind says what a table with ways to persons is, and what an erasure does to its rows.
func (p *proposer) settleKind(name string, k *kind) {
	t := k.table
	var own []*tie
	for _, x := range k.ties {
		if x.to == p.Person && x.nature == about && x.plain() && x.when == "" {
			own = append(own, x)
		}
	}
	ways := len(k.via) + len(k.through)
	alone := len(own) == 1 && len(k.ties) == 1 && ways == 0
	single := len(own) == 1 && !slices.ContainsFunc(k.ties, func(x *tie) bool { return x.to == p.Person && x.nature == author })
	stamps := len(k.ties) > 0 && ways == 0 && !slices.ContainsFunc(k.ties, func(x *tie) bool { return x.to != p.Person || x.nature != stamp })
	switch {
	case stamps && !p.isLogTable(t):
		k.stamps = true // nobody's rows, but for who typed them
	case p.isLogTable(t):
		k.is = isLog
		// Whose row it was says whose the old values are; an address in them need not be theirs alone.
		if slices.ContainsFunc(k.ties, func(x *tie) bool { return x.to == p.Person && !x.folded }) {
			k.ties = slices.DeleteFunc(k.ties, func(x *tie) bool { return x.folded })
		}
		if alone && t.Columns[own[0].cols[0]].NotNull {
			k.erase = datamap.DeleteRow
		}
	case p.isBook(t):
		k.is = isKept
	case single && ways == 0 && p.isSatellite(t, own[0]):
		k.is, k.erase = isSatellite, datamap.DeleteRow
	case single && ways == 0 && p.hangs(name) == 0 && !p.isBookish(t):
		k.is, k.erase = isOwned, datamap.DeleteRow
		k.question = "do rows about one person alone go (erase: delete_row), or stay without them (take erase out)?"
	case p.isBookish(t) && len(own) > 0:
		k.question = "does a law keep these rows (keep: until …)? Otherwise the actions are as proposed"
	}
}

// isLogTable: a trigger fills it, or its name and an old value or image of a row say so.
func (p *proposer) isLogTable(t *datamap.LiveTable) bool {
	if len(p.logs[t.Name]) > 0 {
		return true
	}
	if !hasWord(afterDot(t.Name), logWords) {
		return false
	}
	for _, c := range t.Order {
		if w, _, _ := p.names.find(afterDot(t.Name), c); w.meaning == "oldvalue" {
			return true
		}
	}
	return false
}

// isBook says that a table looks like vouchers: by its name, an amount and a date.
func (p *proposer) isBook(t *datamap.LiveTable) bool {
	name := split(afterDot(t.Name))
	if !bookWords[singular(name[len(name)-1])] {
		return false
	}
	var money bool
	for _, c := range t.Order {
		w, _, _ := p.names.find(afterDot(t.Name), c)
		money = money || w.meaning == "money"
	}
	return money && p.bookDate(t) != ""
}

// isBookish says that a table may hang on books.
func (p *proposer) isBookish(t *datamap.LiveTable) bool { return hasWord(afterDot(t.Name), bookWords) }

// bookDate is the column that the end of keeping is counted from.
func (p *proposer) bookDate(t *datamap.LiveTable) string {
	var date string
	for _, c := range t.Order {
		typ := t.Columns[c]
		if typ.Base != "date" && typ.Base != "timestamp" && typ.Base != "timestamptz" || !typ.NotNull {
			continue
		}
		if n := joined(c); strings.Contains(n, "financialyear") || strings.Contains(n, "rakenskapsar") || strings.Contains(n, "fiscalyear") {
			return c
		}
		if w, _, _ := p.names.find(afterDot(t.Name), c); date == "" && (w.meaning == "time" || w.meaning == "created") {
			date = c
		}
	}
	return date
}

// isSatellite says that rows are the person's alone, by the table's name (person_email, user_tokens) or because nothing else
// is in it than the person's details, choices and secrets.
func (p *proposer) isSatellite(t *datamap.LiveTable, own *tie) bool {
	if hasWord(afterDot(t.Name), tokenWords) {
		return true
	}
	parts := split(afterDot(t.Name))
	subject := split(afterDot(p.Person))
	if len(parts) > 1 && singular(parts[0]) == singular(subject[len(subject)-1]) {
		return true
	}
	if p.isBookish(t) || p.hangs(t.Name) > 0 {
		return false
	}
	for _, c := range t.Order {
		w, _, _ := p.names.find(afterDot(t.Name), c)
		if slices.Contains(own.cols, c) || slices.Contains(t.Key, c) {
			continue
		}
		if slices.Contains([]string{"text", "heading", "filename", "money", "oldvalue"}, w.meaning) || t.Columns[c].Base == "bytea" {
			return false
		}
		if x := p.tieOf(t.Name, c); x != nil && x.to != p.staff && x.nature != stamp && !p.isLookup(x.to) {
			return false
		}
	}
	return t.Columns[own.cols[0]].NotNull
}

// tieOf is the tie that a column is part of.
func (p *proposer) tieOf(table, column string) *tie {
	for _, x := range p.ties {
		if x.from == table && x.plain() && slices.Contains(x.cols, column) {
			return x
		}
	}
	return nil
}

// hangs counts the tables whose rows refer to a table's.
func (p *proposer) hangs(name string) int {
	n := 0
	for _, x := range p.ties {
		if x.to == name && x.from != name {
			n++
		}
	}
	return n
}

// parts are tables that hang on kept or deleted rows: they are kept, or go, along.
func (p *proposer) parts() {
	for _, name := range sortedKeys(p.kinds) {
		k := p.kinds[name]
		if k.is != isShared || slices.ContainsFunc(k.ties, func(x *tie) bool { return x.to == p.Person }) || len(k.via) > 0 {
			continue
		}
		for _, x := range k.ties {
			parent := p.kinds[x.to]
			switch {
			case parent == nil || len(k.ties) > 1:
			case parent.is == isKept:
				k.is, k.parent = isPart, x.to
			case parent.is == isSatellite || parent.is == isLink:
				k.is, k.erase = isSatellite, datamap.DeleteRow
			}
		}
	}
}

// few says that a column holds one of few words: an enum, a list in a CHECK, or a sample with few words.
func (p *proposer) few(t *datamap.LiveTable, c string) bool {
	f := p.samples[t.Name].columns[c]
	return len(codes(t, c)) > 0 || p.enums[t.Columns[c].Base] || f != nil && f.few() && f.codes() && f.share(likeEmail, likePhone, likePersonnummer, likeProse) == 0
}

// codes are the words that a CHECK allows, as the catalog writes them: (kind = ANY (ARRAY['a'::text, …])).
func codes(t *datamap.LiveTable, c string) []string {
	for _, k := range t.Checks {
		if len(k.Columns) != 1 || k.Columns[0] != c || !strings.Contains(k.Expr, "ARRAY[") {
			continue
		}
		var out []string
		for i, part := range strings.Split(k.Expr, "'") {
			if i%2 == 1 {
				out = append(out, part)
			}
		}
		return out
	}
	return nil
}

// personal says whether a table that nothing ties to a person seems to hold personal data, and why.
func (p *proposer) personal(t *datamap.LiveTable) bool { return p.traces(t) != "" }

func (p *proposer) traces(t *datamap.LiveTable) string {
	s := p.samples[t.Name]
	if s == nil {
		return ""
	}
	for _, c := range t.Order {
		f, typ := s.columns[c], t.Columns[c]
		if f == nil {
			return column(c) + " may not be read"
		}
		if f.share(likeEmail, likePhone, likePersonnummer, likeAddressed, likeMail) >= 5 && isText(typ) {
			return fmt.Sprintf("%d %% of %s look like addresses or numbers of persons", f.share(likeEmail, likePhone, likePersonnummer, likeAddressed, likeMail), column(c))
		}
		for _, path := range sortedKeys(f.inside) {
			if f.inside[path].share(likeEmail, likePersonnummer, likeAddressed) >= 5 {
				return column(c) + " has addresses or numbers of persons inside"
			}
		}
		w, exact, _ := p.names.find(afterDot(t.Name), c)
		if exact && isText(typ) && slices.Contains([]string{"given", "surname", "email", "phone", "personnummer", "birth_date", "street", "ip"}, w.meaning) && !f.few() {
			return column(c) + " is named like a detail of a person"
		}
		if isText(typ) && f.share(likeProse, likeHTML) >= 30 && f.full >= 5 && f.average() > 60 {
			return column(c) + " holds free text, which may name persons"
		}
		if typ.Base == "bytea" && f.full > 0 {
			return column(c) + " holds documents or data, which may name persons"
		}
	}
	return ""
}

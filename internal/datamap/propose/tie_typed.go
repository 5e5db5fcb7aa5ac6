package propose

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"insyn/internal/datamap"
)

// typedPairs are the columns of a table that together say what a row is about: a type, and a key of that type.
func typedPairs(t *datamap.LiveTable) []pair {
	var out []pair
	for _, a := range t.Order {
		if !isText(t.Columns[a]) {
			continue
		}
		name := joined(a)
		for _, end := range []string{"type", "class", "model", "tablename", "table", "entity", "domain"} {
			st, ok := strings.CutSuffix(name, end)
			if !ok {
				continue
			}
			for _, b := range t.Order {
				id := joined(b)
				if b == a || !keyType(t.Columns[b]) {
					continue
				}
				if st != "" && (id == st+"id" || id == st+"key" || id == st+"rowid") ||
					st == "" && slices.Contains([]string{"rowid", "recordid", "resid", "objectid", "entityid", "instance", "instanceid", "refid"}, id) {
					out = append(out, pair{a, b})
				}
			}
			break
		}
	}
	return out
}

// typed turns pairs into one tie for each table that a type names. A type value is printed only where it is the name of a
// table, or a word for a person.
func (p *proposer) typed(ctx context.Context, t *datamap.LiveTable, taken map[string]bool) error {
	for _, pr := range typedPairs(t) {
		place := t.Name + "." + pr.id
		if taken[place] {
			continue
		}
		kinds := p.samples[t.Name].pairs[pr]
		if len(kinds) > 60 {
			continue // not classes
		}
		var unknown []string
		some := false
		for _, kind := range sortedKeys(kinds) {
			var ids []string
			for id := range kinds[kind] {
				ids = append(ids, id)
			}
			sort.Strings(ids)
			if len(ids) == 0 {
				continue
			}
			to := p.typeNames(kind)
			persons, err := p.overlap(ctx, ids, p.subject, p.subject.Key[0], false)
			if err != nil {
				return err
			}
			x := &tie{from: t.Name, cols: []string{pr.id}, when: fmt.Sprintf("%s = %s", column(pr.kind), literal(kind)), nature: about}
			switch {
			case to != nil && len(to.Key) == 1:
				n, err := p.overlap(ctx, ids, to, to.Key[0], false)
				if err != nil {
					return err
				}
				x.to, x.toCols, x.self = to.Name, to.Key, to == t
				x.why = fmt.Sprintf("%s says what %s refers to; %d %% of a sample are keys of %s", pr.kind, pr.id, 100*n/len(ids), to.Name)
				if n*2 < len(ids) {
					x.doubt = fmt.Sprintf("only %d %% of the sample are keys of %s: keep the path, or take it out", 100*n/len(ids), to.Name)
				}
			case personWords[singular(joined(kind))] && persons*10 >= len(ids)*9:
				x.to, x.toCols = p.subject.Name, p.subject.Key
				x.why = fmt.Sprintf("a word for a person; %d %% of a sample are keys of %s", 100*persons/len(ids), p.subject.Name)
				x.doubt = "does this type mean " + p.subject.Name + "? Keep the path, or take it out"
			default:
				if persons*10 >= len(ids)*9 {
					unknown = append(unknown, kind)
				}
				continue
			}
			some = true
			p.ties = append(p.ties, x)
		}
		taken[place] = true
		switch {
		case len(kinds) == 0:
			p.ask(t.Name, fmt.Sprintf("%s and %s have no values yet: which types are persons? Add a path for each", pr.kind, pr.id))
		case len(unknown) > 0:
			p.ask(t.Name, fmt.Sprintf("%d values of %s name no table, and their %s could be keys of %s: add a path for each that is", len(unknown), pr.kind, pr.id, p.subject.Name))
		case !some:
			taken[place] = false
		}
	}
	return nil
}

// ask puts a question to a table.
func (p *proposer) ask(table, question string) {
	if p.questions == nil {
		p.questions = map[string][]string{}
	}
	p.questions[table] = append(p.questions[table], question)
}

// typeShape is how programs write the names of their classes; anything else is not printed.
var typeShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*((::|[.\\/])[A-Za-z_][A-Za-z0-9_]*){0,4}(-[A-Z][A-Za-z]+)?$`)

// typeNames is the table that a type value names: "RT::Ticket", "App\Models\Order", "crm.person", "Issue".
func (p *proposer) typeNames(kind string) *datamap.LiveTable {
	if !typeShape.MatchString(kind) {
		return nil
	}
	if t := p.catalog.Tables[kind]; t != nil && slices.Contains(p.tables, t) {
		return t
	}
	name := kind[strings.LastIndexAny(kind, `:.\/`)+1:]
	name, _, _ = strings.Cut(name, "-")
	whole := singular(joined(name))
	for _, t := range p.tables {
		if singular(joined(afterDot(t.Name))) == whole {
			return t
		}
	}
	if c := p.called(split(name), true); len(c) == 1 && singular(joined(name)) == singular(lastWord(afterDot(c[0].Name))) {
		return c[0]
	}
	return nil
}

func lastWord(name string) string {
	parts := split(name)
	return parts[len(parts)-1]
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

var plainColumn = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// column is a column's name as SQL wants it.
func column(name string) string {
	if plainColumn.MatchString(name) && !reserved[name] {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

var reserved = set("user order group table column end from to when where select default check limit offset primary references desc asc all and any array as case cast both do else except false for grant in into is leading not null on only or some then true union unique using with")

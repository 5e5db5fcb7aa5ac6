package propose

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"insyn/internal/datamap"
)

var referenceShape = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.:\\]*[A-Za-z0-9])([,#:/ -]{1,3})([0-9]{1,18}|[0-9a-fA-F-]{36})$`)

// reference notes a text that reads as a reference: "person,12", "user#12", "RT::User-12".
func (f *facts) reference(v string) {
	m := referenceShape.FindStringSubmatch(v)
	if m == nil {
		return
	}
	name := m[1] + m[2]
	if _, ok := f.refs[name]; ok || len(f.refs) < 50 {
		f.refs[name] = append(f.refs[name], m[3])
	}
}

// inside looks for references to persons within texts and json documents.
func (p *proposer) inside(ctx context.Context, t *datamap.LiveTable, taken map[string]bool) error {
	for _, c := range t.Order {
		f, place := p.samples[t.Name].columns[c], t.Name+"."+c
		if f == nil || taken[place] || len(p.subject.Key) != 1 {
			continue
		}
		for _, prefix := range sortedKeys(f.refs) {
			ids := f.refs[prefix]
			name := strings.TrimRight(prefix, ",#:/ -")
			to := p.typeNames(name)
			if to == nil || len(to.Key) != 1 || len(ids)*50 < f.full {
				continue
			}
			n, err := p.overlap(ctx, ids, to, to.Key[0], false)
			if err != nil {
				return err
			}
			if n*2 < len(unique(ids)) {
				continue
			}
			p.ties = append(p.ties, &tie{
				from: t.Name, to: to.Name, cols: []string{c}, toCols: to.Key, text: prefix + "{}", nature: nature(c), self: to == t,
				why: fmt.Sprintf("%d %% of a sample read as a reference to %s", 100*len(ids)/f.full, to.Name),
			})
			taken[place] = true
		}
		for _, path := range sortedKeys(f.inside) {
			in := f.inside[path]
			if in.full == 0 || !p.knownSteps(path) {
				continue
			}
			if err := p.insidePath(ctx, t, c, path, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// insidePath makes a tie of one path in a json column whose values are persons' keys or addresses.
func (p *proposer) insidePath(ctx context.Context, t *datamap.LiveTable, c, path string, in *facts) error {
	values := distinct(in)
	if len(values) == 0 {
		return nil
	}
	steps := datamap.JSONSteps(path)
	var named bool
	for _, s := range steps {
		named = named || hasWord(strings.Join(stem(s), "_"), personWords) || hasWord(s, stampWords)
	}
	last := joined(steps[len(steps)-1])
	if named && (last == "id" || last == "[*]" || keyed(last) || personWords[last]) {
		n, err := p.overlap(ctx, values, p.subject, p.subject.Key[0], false)
		if err != nil {
			return err
		}
		if n*10 >= len(values)*9 {
			p.ties = append(p.ties, &tie{
				from: t.Name, to: p.subject.Name, cols: []string{c}, toCols: p.subject.Key, left: c + path, nature: about,
				why: fmt.Sprintf("%s: %d %% of a sample are keys of %s", path, 100*n/len(values), p.subject.Name),
			})
		}
	}
	if in.share(likeEmail) >= 60 {
		return p.byAddress(ctx, t, c, c+path, values)
	}
	return nil
}

// knownSteps says that each name on a json path is a word of the dictionary or the schema: any other could be a person's.
func (p *proposer) knownSteps(path string) bool {
	for _, s := range datamap.JSONSteps(path) {
		if s != "[*]" && !p.knownWord(s) {
			return false
		}
	}
	return true
}

func (p *proposer) knownWord(s string) bool {
	if p.columnNames == nil {
		p.columnNames = map[string]bool{}
		for _, t := range p.tables {
			p.columnNames[joined(afterDot(t.Name))], p.columnNames[singular(joined(afterDot(t.Name)))] = true, true
			for _, c := range t.Order {
				p.columnNames[joined(c)] = true
			}
		}
	}
	if p.columnNames[joined(s)] || p.columnNames[singular(joined(s))] {
		return true
	}
	if _, ok := p.names[joined(s)]; ok {
		return true
	}
	for _, w := range split(s) {
		_, known := p.names[w]
		if !known && !keyWords[w] && !personWords[singular(w)] && !p.columnNames[w] && !stampWords[w] && w != "by" {
			return false
		}
	}
	return true
}

// byValue looks for a text column whose values are a person's: a natural key, a number of theirs, an address.
func (p *proposer) byValue(ctx context.Context, t *datamap.LiveTable, taken map[string]bool) error {
	if t == p.subject || len(p.unique) == 0 {
		return nil
	}
	for _, c := range t.Order {
		typ, f := t.Columns[c], p.samples[t.Name].columns[c]
		if f == nil || taken[t.Name+"."+c] || !isText(typ) && typ.Base != "uuid" && !typ.IsInteger() {
			continue
		}
		values := distinct(f)
		enough := 3
		if w, _, _ := p.names.find(afterDot(t.Name), c); w.meaning == "oldvalue" {
			enough = 1
		}
		if numbers := only(values, wholeNumber); isText(typ) && f.share(likeNumber) >= 3 && len(numbers) >= enough && p.subject.Columns[p.unique[0]].IsInteger() {
			n, err := p.overlap(ctx, numbers, p.subject, p.unique[0], false)
			if err != nil {
				return err
			}
			if n*2 >= len(numbers) {
				p.maybeKeys[t.Name+"."+c] = f.share(likeNumber)
			}
		}
		if f.share(likeEmail) >= 60 {
			if err := p.byAddress(ctx, t, c, "", values); err != nil {
				return err
			}
			continue
		}
		if len(values) < 5 || typ.IsInteger() && (len(values) < 20 || p.density > 20) || len(t.Key) == 1 && t.Key[0] == c && typ.IsInteger() {
			continue
		}
		for _, theirs := range p.unique {
			key := p.subject.Columns[theirs]
			if typ.IsInteger() != key.IsInteger() || (typ.Base == "uuid") != (key.Base == "uuid") {
				continue
			}
			n, err := p.overlap(ctx, values, p.subject, theirs, false)
			if err != nil {
				return err
			}
			share := 100 * n / len(values)
			if share < 50 || typ.IsInteger() && share < 98 {
				continue
			}
			x := &tie{from: t.Name, to: p.subject.Name, cols: []string{c}, toCols: []string{theirs}, nature: nature(c), why: fmt.Sprintf("%d %% of a sample are values of %s.%s", share, p.subject.Name, theirs)}
			if share < 90 || typ.IsInteger() {
				x.doubt = fmt.Sprintf("%d %% of a sample are values of %s.%s: is it a reference? Keep the path, or take it out", share, p.subject.Name, theirs)
			}
			p.ties = append(p.ties, x)
			taken[t.Name+"."+c] = true
			break
		}
	}
	return nil
}

// byAddress ties a column of addresses to the persons who have them.
func (p *proposer) byAddress(ctx context.Context, t *datamap.LiveTable, c, left string, values []string) error {
	for _, place := range p.addresses {
		if place.table == t {
			return nil
		}
		n, err := p.overlap(ctx, values, place.table, place.column, true)
		if err != nil {
			return err
		}
		if n == 0 || n*20 < len(values) {
			continue
		}
		p.ties = append(p.ties, &tie{
			from: t.Name, to: place.table.Name, cols: []string{c}, toCols: []string{place.column}, left: left, folded: true, nature: about,
			why: fmt.Sprintf("%d %% of the addresses in a sample are those of persons", 100*n/len(values)),
		})
	}
	return nil
}

func unique(list []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out
}

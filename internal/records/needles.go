package records

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// needles are what a text must hold to be worth reading: a wide net in SQL, since the matcher decides in Go. They are
// pieces of plain letters, so that a name is found with and without its dots and in an encoded text.
type needles struct {
	given, surname, texts, numbers []string
	usual                          []string // numbers as people usually write them
	named                          []string // surnames that are searched for alone
}

func needlesOf(people []mention.Person) needles {
	var n needles
	for _, p := range people {
		n.usual = append(n.usual, usualNumbers(p)...)
		for _, g := range append(append([]string{p.Called}, p.Given...), p.Nicknames...) {
			n.given = addNeedle(n.given, longestPlain(g), 2)
		}
		for _, s := range append(append([]string(nil), p.Surname...), p.FormerSurnames...) {
			n.surname = addNeedle(n.surname, longestPlain(s), 2)
		}
		for _, e := range p.Emails {
			local, _, _ := strings.Cut(strings.ToLower(e), "@")
			if len(local) < 5 {
				local = strings.ToLower(e)
			}
			n.texts = addNeedle(n.texts, local, 3)
		}
		for _, h := range append([]string{p.CustomerNo}, p.Handles...) {
			n.texts = addNeedle(n.texts, strings.ToLower(h), 3)
		}
		for _, a := range p.Addresses {
			n.texts = addNeedle(n.texts, longestPlain(a.Street), 4)
		}
		for _, t := range p.Phones {
			n.numbers = addNeedle(n.numbers, national(digits(t)), 6)
		}
		if d := digits(p.Personnummer); len(d) >= 10 {
			n.numbers = addNeedle(n.numbers, d[len(d)-10:], 10)
			// The last four are often covered; the date and the dash give it away.
			n.texts = addNeedle(n.texts, d[len(d)-10:len(d)-4]+"-", 7)
		}
	}
	return n
}

// usualNumbers are the person's numbers as people usually write them, without what may stand before (0, +46), each once.
func usualNumbers(p mention.Person) []string {
	var forms []string
	for _, form := range mention.Patterns(mention.Person{Phones: p.Phones, Personnummer: p.Personnummer}) {
		form = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(form, "+"), "46"), "0 -")
		if len(digits(form)) >= 6 {
			forms = append(forms, form)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(a) - len(b) })
	var out []string
	for i, form := range forms {
		if !slices.ContainsFunc(forms[:i], func(shorter string) bool { return strings.Contains(form, shorter) }) {
			out = append(out, contains(form))
		}
	}
	return out
}

func addNeedle(list []string, s string, least int) []string {
	if len(s) < least || slices.Contains(list, contains(s)) {
		return list
	}
	return append(list, contains(s))
}

// longestPlain is the longest run of plain letters in a name, in lower case.
func longestPlain(s string) string {
	best := ""
	for _, run := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if len(run) > len(best) {
			best = run
		}
	}
	return best
}

// short says whether a needle holds no trigram.
func short(needle string) bool { return len(needle) < len("%abc%") }

func (n needles) empty() bool { return len(n.surname)+len(n.texts)+len(n.numbers) == 0 }

// numberRun is what a number of some length looks like, however it is grouped.
const numberRun = `'[0-9][-0-9 ()./+\u00a0]{4,}[0-9]'`

// where holds, on alias x, for rows that may name the person in one of the columns, and gives its arguments, the first of
// which is $first. Each part of it can be answered by a trigram index; columns without one are read.
func (n needles) where(t *datamap.PlannedTable, columns []*datamap.Column, first int) (string, []any) {
	args := []any{n.given, n.surname, n.texts, n.numbers, n.usual, n.named}
	p := func(i int) string { return fmt.Sprintf("$%d::text[]", first+i) }
	var arms []string
	for _, c := range columns {
		text, numbers := trigrams(t.Live, c.Name)
		if !text {
			where := n.reading(columns, p)
			return where + placed(where, p(4)) + placed(where, p(5)), args
		}
		x := searchText("x."+quote(c.Name), t.Types[c.Name])
		// The index meets both names at once. One of two letters is too short for it: asked for, all of the index would be read.
		given := fmt.Sprintf("%s ilike any (%s)", x, p(0))
		if slices.ContainsFunc(n.given, short) {
			given = fmt.Sprintf("lower(%s) like any (%s)", x, p(0))
		}
		arms = append(arms, fmt.Sprintf("%s ilike any (%s) and %s", x, p(1), given), fmt.Sprintf("%s ilike any (%s)", x, p(2)))
		if len(n.named) > 0 {
			arms = append(arms, fmt.Sprintf("%s ilike any (%s)", x, p(5)))
		}
		if numbers {
			arms = append(arms, fmt.Sprintf("%s ~ %s and %s like any (%s)", x, numberRun, digitsSQL(x), p(3)))
		} else {
			arms = append(arms, fmt.Sprintf("%s ilike any (%s)", x, p(4)))
		}
	}
	where := "(" + strings.Join(arms, " or ") + ")"
	for i := range args {
		where += placed(where, p(i))
	}
	return where, args
}

// placed is nothing where a condition has a parameter, and else a place for it that is always true, so that its type is
// known. The parameter may be null: a person without a phone has no numbers.
func placed(where, param string) string {
	if strings.Contains(where, param) {
		return ""
	}
	return " and coalesce(cardinality(" + param + "), 0) >= 0"
}

// searchText is the text of a column as its trigram index holds it.
func searchText(column string, t datamap.ColumnType) string {
	switch {
	case t.IsArray():
		return "insyn_ledger.words(" + column + ")"
	case t.IsJSON():
		return "(" + column + "::text)"
	}
	return column
}

var bare = strings.NewReplacer("(", "", ")", "", " ", "")

// trigrams says whether a column has a trigram index on its text, and one on its numbers without what stands between
// their digits.
func trigrams(t *datamap.LiveTable, column string) (text, numbers bool) {
	for _, x := range t.Indexes {
		for i, class := range x.Classes {
			if x.Method != "gin" || class != "gin_trgm_ops" {
				continue
			}
			switch expr := bare.Replace(x.Exprs[i]); {
			case strings.HasPrefix(expr, "translate"+column+","):
				numbers = numbers || x.Partial == "" || strings.HasPrefix(x.Partial, "("+column+" ~ ")
			case expr == column || expr == column+"::text" || expr == "insyn_ledger.words"+column:
				text = text || x.Partial == ""
			}
		}
	}
	return text, numbers
}

// reading is the condition that reads every text.
func (n needles) reading(columns []*datamap.Column, p func(int) string) string {
	parts := make([]string, 0, len(columns))
	for _, c := range columns {
		parts = append(parts, "x."+quote(c.Name)+"::text")
	}
	return n.readingOf(parts, p)
}

// readingOf is reading for texts in SQL.
func (n needles) readingOf(parts []string, p func(int) string) string {
	// Soft hyphens and blanks of no width may stand inside a word. translate costs three times what a regular expression
	// does, so it works only on texts that have such signs, or a run of digits long enough to be a number.
	text := fmt.Sprintf("lower(concat_ws(' ', %s))", strings.Join(parts, ", "))
	alone := ""
	if len(n.named) > 0 {
		alone = fmt.Sprintf(" or y.text like any (%s)", p(5))
	}
	return fmt.Sprintf(`(select y.text like any (%s) and y.text like any (%s)%s
		or y.text like any (%s)
		or y.text ~ %s and %s like any (%s)
		from (select case when z.text ~ '[\u00ad\u200b\u200c\u200d\u2060\ufeff]'
		             then translate(z.text, U&'\00AD\200B\200C\200D\2060\FEFF', '') else z.text end as text
		        from (select %s as text offset 0) as z offset 0) as y)`, p(1), p(0), alone, p(2), numberRun, digitsSQL("y.text"), p(3), text)
}

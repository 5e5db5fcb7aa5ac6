package records

import (
	"fmt"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// needles are what a text must hold to be worth reading: a wide net in SQL, since the matcher decides in Go. They are
// pieces of plain letters, so that a name is found with and without its dots and in an encoded text.
type needles struct {
	given, surname, texts, numbers []string
}

func needlesOf(people []mention.Person) needles {
	var n needles
	for _, p := range people {
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

func addNeedle(list []string, s string, least int) []string {
	if len(s) < least {
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

// where holds, on alias x with the four lists in $1 to $4, for rows that may name the person in one of the columns.
func (n needles) where(columns []*datamap.Column) string {
	parts := make([]string, 0, len(columns))
	for _, c := range columns {
		parts = append(parts, "x."+quote(c.Name)+"::text")
	}
	// Soft hyphens and blanks of no width may stand inside a word. translate costs three times what a regular expression
	// does, so it works only on texts that have such signs, or a run of digits long enough to be a number.
	text := fmt.Sprintf("lower(concat_ws(' ', %s))", strings.Join(parts, ", "))
	return fmt.Sprintf(`(select y.text like any ($2::text[]) and y.text like any ($1::text[])
		or y.text like any ($3::text[])
		or y.text ~ '[0-9][-0-9 ()./+\u00a0]{4,}[0-9]' and %s like any ($4::text[])
		from (select case when z.text ~ '[\u00ad\u200b\u200c\u200d\u2060\ufeff]'
		             then translate(z.text, U&'\00AD\200B\200C\200D\2060\FEFF', '') else z.text end as text
		        from (select %s as text offset 0) as z offset 0) as y)`, digitsSQL("y.text"), text)
}

package mention

import (
	"regexp"
	"strings"
)

// street is a street with its number, in one way of writing it.
type street struct {
	name, number string
	first        bool // the number stands before the name
	abbr         bool // the name was cut and a full stop may follow
	bare         bool // the name does not say which part of town, so that one before it makes another street
}

var (
	numberLast  = regexp.MustCompile(`^(.*?[^\d ]) ?(\d+ ?[a-z]?)( \d+(?: ?tr)?| (?:lgh|apt|as|van|tr|trp|nb|uppg|ing|bv|port|krs|flat|whg)\b.*)?$`)
	flatFirst   = regexp.MustCompile(`^(?i)(?:(?:flat|apt|apartment|unit|suite|room|lgh|whg)\.? *[\w-]+|c/o [^,]*), *`)
	numberFirst = regexp.MustCompile(`^(\d+[a-z]?),? (.*\pL.*)$`)
)

// The ends of street names and what people write for them, and the words before them, both with and without a full stop.
var (
	streetEnds = pairs("gatan=g,gat,gt | vagen=v,vg | vag=v | stigen=st | torget=t | granden=gr | grand=gr | gata=g,gt | gate=g,gt | gaten=g,gt | " +
		"gade=g,gd | veien=v | vei=v | vegen=v | veg=v | vej=v | katu=k | tie=t | strasse=str | platz=pl | plads=pl | plats=pl | " +
		"plan=pl |  street= st |  road= rd |  avenue= ave, av |  lane= ln |  drive= dr |  place= pl |  court= ct |  gardens= gdns | " +
		" square= sq |  terrace= ter |  boulevard= blvd |  close= cl |  crescent= cres |  parkway= pkwy |  highway= hwy |  grove= gr")
	streetParts = pairs("vastra=v | ostra=o | norra=n | sodra=s | stora=st,s | lilla=l | gamla=g:la,gla,g | nya=n | ovre=o | nedre=n | sankt=s:t,st | " +
		"sankta=s:ta | s:t=sankt,st | s:ta=sankta | north=n | south=s | east=e | west=w | saint=st | st=saint | nordre=ndr | " +
		"sondre=sdr | vester=v | oster=o | norre=nr")
)

// streets gives the ways of writing the street of an address.
func streets(raw string) []street {
	raw, _, _ = strings.Cut(raw, "\n") // a whole address in one text
	raw = flatFirst.ReplaceAllString(raw, "")
	line, _, _ := strings.Cut(raw, ",")
	for _, text := range []string{Normalise(raw), Normalise(line)} {
		if m := numberFirst.FindStringSubmatch(text); m != nil {
			name, _, _ := strings.Cut(m[2], ",")
			return writings(street{name: strings.TrimSpace(name), number: m[1], first: true})
		}
		if m := numberLast.FindStringSubmatch(text); m != nil && !strings.Contains(m[1], ",") {
			return writings(street{name: strings.TrimSpace(m[1]), number: strings.ReplaceAll(m[2], " ", "")})
		}
	}
	return nil
}

func writings(s street) []street {
	names := unabbreviated(s)
	part, rest, two := strings.Cut(s.name, " ")
	directed := false
	for _, p := range streetParts {
		if two && part == p[0] {
			directed = true
			for _, stop := range []string{"", "."} {
				cut := s
				cut.name = p[1] + stop + " " + rest
				names = append(names, cut)
				if stop == "." {
					cut.name = p[1] + stop + rest
					names = append(names, cut)
				}
			}
		}
	}
	var out []street
	for _, n := range names {
		n.bare = !directed
		out = append(out, n)
		for _, e := range streetEnds {
			if strings.HasSuffix(n.name, e[0]) && len(n.name) > len(e[0])+1 {
				cut := n
				cut.name, cut.abbr = strings.TrimSuffix(n.name, e[0])+e[1], true
				out = append(out, cut)
			}
		}
	}
	return out
}

// unabbreviated gives a street as it is recorded, and where its end was cut there, written out too.
func unabbreviated(s street) []street {
	out := []street{s}
	name, dotted := strings.CutSuffix(s.name, ".")
	for _, e := range streetEnds {
		if cut, found := strings.CutSuffix(name, e[1]); found && cut != "" && (dotted || len(e[1]) > 2) {
			whole := s
			whole.name = cut + e[0]
			out = append(out, whole)
		}
	}
	return out
}

// pairs reads "long=short,shorter | next=n".
func pairs(list string) (out [][2]string) {
	for _, entry := range strings.Split(list, " | ") {
		long, shorts, _ := strings.Cut(entry, "=")
		for _, short := range strings.Split(shorts, ",") {
			out = append(out, [2]string{long, short})
		}
	}
	return out
}

// street matches want whose name may stand at i; it gives where the whole begins and ends, or -1.
func (s *stream) street(i int, want street) (int, int) {
	a, e := i, s.loosely(i, want.name)
	if e < 0 {
		return -1, -1
	}
	if want.abbr && e < len(s.b) && s.b[e] == '.' {
		e++
	}
	if want.first {
		if a = s.numberBefore(i, want.number); a < 0 || e < len(s.b) && wordByte(s.b[e]) {
			return -1, -1
		}
		return a, e
	}
	if want.bare && s.partBefore(i) {
		return -1, -1
	}
	for n := 0; n < 2 && e < len(s.b) && (streetBlank(s.b[e]) || n == 0 && s.b[e] == ','); n++ {
		e++
	}
	for k := 0; k < len(want.number); k++ {
		if k > 0 && !digit(want.number[k]) && e < len(s.b) && s.b[e] == ' ' {
			e++
		}
		if e >= len(s.b) || s.b[e] != want.number[k] {
			return -1, -1
		}
		e++
	}
	if e < len(s.b) && wordByte(s.b[e]) {
		return -1, -1
	}
	// another stairway is another address
	if e+1 < len(s.b) && s.b[e] == ' ' && s.upper[e+1] && digit(s.b[e-1]) && (e+2 == len(s.b) || !wordByte(s.b[e+2])) {
		return -1, -1
	}
	return a, e
}

func streetBlank(c byte) bool { return c == ' ' || c == '\n' || c == '_' || c == '-' }

// loosely compares a name at i, in which a blank may be a line break, an underscore or a hyphen; it gives the end, or -1.
func (s *stream) loosely(i int, name string) int {
	for k := 0; k < len(name); k++ {
		if i >= len(s.b) || s.b[i] != name[k] && !(name[k] == ' ' && streetBlank(s.b[i])) {
			return -1
		}
		i++
	}
	return i
}

// numberBefore gives where a number begins that ends before the name at i, or -1.
func (s *stream) numberBefore(i int, number string) int {
	e := i
	for n := 0; n < 2 && e > 0 && (streetBlank(s.b[e-1]) || s.b[e-1] == ','); n++ {
		e--
	}
	a := e - len(number)
	if e == i || a < 0 || string(s.b[a:e]) != number || a > 0 && (wordByte(s.b[a-1]) || s.b[a-1] == '-' && a > 1 && digit(s.b[a-2])) {
		return -1
	}
	return a
}

// partBefore says whether a word that tells streets of one name apart stands before i.
func (s *stream) partBefore(i int) bool {
	if i < 3 || s.b[i-1] != ' ' {
		return false
	}
	a := i - 1
	for a > 0 && (wordByte(s.b[a-1]) || s.b[a-1] == ':') {
		a--
	}
	w := string(s.b[a : i-1])
	for _, p := range streetParts {
		if w == p[0] || w == p[1] && len(w) > 1 && s.upper[a] {
			return true
		}
	}
	return false
}

package propose

import (
	"fmt"
	"strings"
)

// paths writes the ways of a table to the person.
func (p *proposer) paths(k *kind) []path {
	var out []path
	for _, f := range k.firm {
		out = append(out, path{text: f})
	}
	if k.is == isSubject {
		for _, x := range p.ties {
			if o := p.kinds[x.to]; x.from == p.Person && o != nil && o.is == isContext && x.plain() && len(x.cols) == 1 {
				c := x.cols[0]
				out = append(out, path{text: fmt.Sprintf("{on: {%s: %s}, as: near}", quote(c), quote(p.Person+"."+c)), why: "who shares it is named in one another's texts"})
			}
		}
	}
	direct := 0
	for _, x := range k.ties {
		if x.to == p.Person && x.nature != stamp {
			direct++
		}
	}
	seen := map[string]bool{}
	for _, n := range []string{about, author, stamp} {
		for _, x := range k.ties {
			if x.to != p.Person || x.nature != n {
				continue
			}
			text := "on: " + x.on()
			if direct > 1 && n != stamp {
				text = "name: " + quote(p.pathName(x, seen)) + ", " + text
			}
			one := path{text: finish(text, x), why: x.why, doubt: x.doubt}
			if n == stamp { // who typed it: the row is nobody's for it
				one.text, one.by = strings.TrimSuffix(one.text, "}")+", as: by}", x.cols[0]
			}
			out = append(out, one)
		}
	}
	for _, v := range k.via {
		text := fmt.Sprintf("via: %s, on: {%s: %s}, to: {%s: %s}", v.link.from, quote(v.link.cols[0]), quote(v.link.toCols[0]), quote(v.to.cols[0]), p.Person+"."+v.to.toCols[0])
		out = append(out, path{text: "{" + text + "}", why: v.link.why})
	}
	for _, x := range k.through {
		text := fmt.Sprintf("{on: {%s: %s}, to_when: %s}", quote(x.toCols[0]), quote(x.from+"."+x.cols[0]), quote(x.when))
		out = append(out, path{text: text, why: "who takes part: " + x.why})
	}
	for _, x := range k.ties {
		if x.to != p.Person {
			out = append(out, path{text: finish("on: "+x.on(), x), why: x.why, doubt: x.doubt})
		}
	}
	return out
}

func finish(text string, x *tie) string {
	if x.when != "" {
		text += ", when: " + quote(x.when)
	}
	if x.folded {
		text += ", match: folded"
	}
	return "{" + text + "}"
}

func (p *proposer) pathName(x *tie, seen map[string]bool) string {
	name := strings.Join(stem(x.cols[0]), "_")
	for base, i := name, 2; seen[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	seen[name] = true
	return name
}

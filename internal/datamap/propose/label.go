package propose

import (
	"bufio"
	_ "embed"
	"strings"
)

//go:embed label.txt
var labelLines string

// readLabels are words for single columns; a line of the dictionary has one label for all its names.
func readLabels() map[string][2]string {
	out := map[string][2]string{}
	lines := bufio.NewScanner(strings.NewReader(labelLines))
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), " ")
		sv, en, _ := strings.Cut(rest, " | ")
		out[name] = [2]string{sv, en}
	}
	return out
}

// columnLabel is a column's name in words: its own label, the label of a detail that it is, or the name itself.
func (p *proposer) columnLabel(table, column string, w word, exact bool) (sv, en string) {
	parts := split(column)
	owner := split(afterDot(table))
	for _, name := range []string{strings.Join(parts, ""), strings.TrimPrefix(strings.Join(parts, ""), singular(owner[len(owner)-1]))} {
		if l, ok := p.labels[name]; ok {
			return l[0], l[1]
		}
	}
	if _, detail := details[w.meaning]; exact && (detail || w.meaning == "created" || w.meaning == "updated") {
		return w.sv, w.en
	}
	h := humanise(column)
	return h, h
}

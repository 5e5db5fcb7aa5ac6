package wording

import "strings"

// plain writes blocks as text.
func plain(blocks []Block) string {
	parts := make([]string, 0, len(blocks))
	for _, b := range blocks {
		switch b.Kind {
		case Paragraph:
			parts = append(parts, flat(b.Inlines))
		case List:
			lines := make([]string, len(b.Items))
			for i, item := range b.Items {
				lines[i] = "- " + flat(item)
			}
			parts = append(parts, strings.Join(lines, "\n"))
		case Table:
			parts = append(parts, plainTable(b)...)
		}
	}
	return strings.Join(parts, "\n\n")
}

// plainTable writes each row as lines of "head: value": readable at any width, and by a screen
// reader.
func plainTable(b Block) []string {
	rows := make([]string, 0, len(b.Rows))
	for _, cells := range b.Rows {
		var lines []string
		for i, cell := range cells {
			line := flat(cell)
			if i < len(b.Head) {
				line = flat(b.Head[i]) + ": " + line
			}
			lines = append(lines, line)
		}
		rows = append(rows, strings.Join(lines, "\n"))
	}
	return rows
}

func flat(in []Inline) string {
	var s strings.Builder
	for _, i := range in {
		if i.Break {
			s.WriteByte('\n')
			continue
		}
		s.WriteString(i.Text)
	}
	return s.String()
}

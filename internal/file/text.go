package file

// chunk is how long a run of plain text gets before an empty line ends it: long enough that few calls are made, short enough for memory.
const chunk = 64 << 10

// plain text, once in each charset that it may be in. What is not ASCII differs between them, and the later ones read what the earlier have
// rewritten.
func (w *walk) plain(b []byte, list []coding) ([]byte, bool, error) {
	changed := false
	seen := make([]string, 0, len(list))
	for _, c := range list {
		s := c.decode(b)
		if contains(seen, s) {
			continue
		}
		edits, err := w.paragraphs(s)
		if err != nil {
			return b, false, err
		}
		if len(edits) == 0 {
			seen = append(seen, s)
			continue
		}
		out, err := c.apply(b, s, edits, nil)
		if err != nil {
			return b, false, err
		}
		b, changed = out, true
	}
	return b, changed, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (w *walk) paragraphs(s string) ([]edit, error) {
	var edits []edit
	for at := 0; at < len(s); {
		end := len(s)
		if at+chunk < end {
			if n := emptyLine(s[at+chunk:]); n >= 0 {
				end = at + chunk + n
			}
		}
		before := s[at:end]
		after, err := w.text(before)
		if err != nil {
			return nil, err
		}
		if after != before {
			for _, e := range differences(before, after) {
				edits = append(edits, edit{at + e.from, at + e.to, e.text})
			}
		}
		at = end
	}
	return edits, nil
}

// emptyLine is the index after the first empty line of s.
func emptyLine(s string) int {
	filled := true // whatever the line holds in which s begins
	for i := range len(s) {
		switch c := s[i]; {
		case c != '\n' && c != '\r':
			filled = true
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case !filled:
			return i + 1
		default:
			filled = false
		}
	}
	return -1
}

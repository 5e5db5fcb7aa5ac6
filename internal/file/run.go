package file

import "strings"

// piece of a run: what stands from..to in the source, read as text. A gap (a tab, a line break) has text and no place.
type piece struct {
	from, to int
	text     string
	gap      bool
	fixed    bool                // cannot be rewritten
	write    func(string) string // as the source writes it
	also     func(string) []edit // what must change beside it
}

// run is one text that the source has in pieces: a name of which only the second half is bold.
type run struct {
	pieces []piece
}

func (r *run) add(p piece) { r.pieces = append(r.pieces, p) }

func (r *run) gap(text string) {
	if len(r.pieces) > 0 {
		r.add(piece{text: text, gap: true})
	}
}

// flush asks for the text, empties the run and gives the edits of its pieces. A replacement goes into the first piece that it touches.
func (w *walk) flush(r *run) ([]edit, error) {
	pieces := r.pieces
	r.pieces = r.pieces[:0]
	if len(pieces) == 0 {
		return nil, nil
	}
	before := pieces[0].text
	if len(pieces) > 1 {
		var join strings.Builder
		for _, p := range pieces {
			join.WriteString(p.text)
		}
		before = join.String()
	}
	after, err := w.text(before)
	if err != nil || after == before {
		return nil, err
	}
	return place(pieces, differences(before, after))
}

func place(pieces []piece, changes []edit) ([]edit, error) {
	homes := homes(pieces, changes)
	var out []edit
	at, first := 0, 0
	for i, p := range pieces {
		end := at + len(p.text)
		for first < len(changes) && changes[first].to < at && homes[first] < i {
			first++
		}
		if !p.gap {
			text := share(p.text, at, i, changes[first:], homes[first:])
			if text != p.text && p.fixed {
				return nil, ErrNotRewritable
			}
			if text != p.text {
				out = append(out, edit{p.from, p.to, p.write(text)})
				if p.also != nil {
					out = append(out, p.also(text)...)
				}
			}
		}
		at = end
	}
	return out, nil
}

// homes says for each change which piece takes its new text: the first that it touches, or the last before it where it touches gaps only.
func homes(pieces []piece, changes []edit) []int {
	out := make([]int, len(changes))
	i, at, before := 0, 0, -1
	for k, c := range changes {
		for i < len(pieces)-1 && at+len(pieces[i].text) < c.from {
			if !pieces[i].gap {
				before = i
			}
			at += len(pieces[i].text)
			i++
		}
		out[k] = before
		for j, start := i, at; j < len(pieces) && start <= c.to; j++ {
			end := start + len(pieces[j].text)
			touches := c.from < end && start < c.to || c.from == c.to && c.from <= end
			if touches && !pieces[j].gap {
				out[k] = j
				break
			}
			if out[k] < 0 && !pieces[j].gap {
				out[k] = j
			}
			start = end
		}
	}
	return out
}

// share is what a piece's text becomes: it loses what the changes take of it, and takes the new text of those at home in it.
func share(text string, at, i int, changes []edit, homes []int) string {
	var out strings.Builder
	done := 0
	for k, c := range changes {
		if c.from > at+len(text) && homes[k] > i {
			break
		}
		from, to := max(done, min(c.from-at, len(text))), min(c.to-at, len(text))
		if homes[k] == i {
			out.WriteString(text[done:from])
			out.WriteString(c.text)
			done = from
		}
		if to > from {
			out.WriteString(text[done:from])
			done = to
		}
	}
	out.WriteString(text[done:])
	return out.String()
}

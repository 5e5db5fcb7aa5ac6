package file

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// html and XML by the tokenizer of x/net, which reads what browsers read. It is never parsed to a tree and printed: only tokens that change
// are written, the others keep their bytes.
func (w *walk) html(b []byte, list []coding) ([]byte, bool, error) {
	changed := false
	for _, c := range list {
		s := c.decode(b)
		edits, err := w.tokens(s)
		if err != nil {
			return b, false, err
		}
		if len(edits) == 0 {
			continue
		}
		out, err := c.apply(b, s, edits, reference)
		if err != nil {
			return b, false, err
		}
		b, changed = out, true
	}
	return b, changed, nil
}

// reference is a rune that the charset lacks.
func reference(r rune) string { return fmt.Sprintf("&#%d;", r) }

func (w *walk) tokens(s string) ([]edit, error) {
	var edits []edit
	var line run
	flush := func() error {
		more, err := w.flush(&line)
		edits = append(edits, more...)
		return err
	}
	z := html.NewTokenizer(strings.NewReader(s))
	at, raw := 0, ""
	for {
		kind := z.Next()
		source := string(z.Raw())
		end := at + len(source)
		var err error
		switch kind {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				return nil, unreadable("html", z.Err())
			}
			// A tag that is not closed at the end is text to no browser, and may hold a name all the same.
			if end < len(s) || source != "" {
				line.add(piece{from: at, to: len(s), text: s[at:], write: html.EscapeString})
			}
			return edits, flush()
		case html.TextToken:
			p := piece{from: at, to: end, text: z.Token().Data, write: html.EscapeString}
			if raw != "" {
				p.text, p.write = source, inScript
			}
			line.add(p)
		case html.CommentToken, html.DoctypeToken:
			more, failed := w.flush(&run{pieces: []piece{{from: at, to: end, text: source, write: inComment}}})
			edits, err = append(edits, more...), failed
		default:
			name, hasAttributes := z.TagName()
			tag := string(name)
			raw = ""
			if kind == html.StartTagToken && verbatim[tag] {
				raw = tag
			}
			switch {
			case tag == "br":
				line.gap("\n")
			case !inline[tag]:
				err = flush()
			}
			if err == nil && hasAttributes {
				more, failed := w.tag(source, at)
				edits, err = append(edits, more...), failed
			}
		}
		if err != nil {
			return nil, err
		}
		at = end
	}
}

// inline tags do not end a text. Everything else does: blocks, cells, what browsers do not know.
var inline = set("a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var wbr br")

// verbatim tags hold text without references.
var verbatim = set("script style xmp iframe noembed noframes plaintext")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(words) {
		out[word] = true
	}
	return out
}

// inScript and inComment write only what cannot end the place in which it stands.
func inScript(s string) string { return strings.ReplaceAll(s, "</", "< /") }

func inComment(s string) string {
	inner := strings.TrimSuffix(s, ">")
	if strings.HasPrefix(s, "<!--") {
		inner = strings.TrimSuffix(strings.TrimPrefix(inner, "<!--"), "--")
		return "<!--" + strings.NewReplacer("--", "- -", ">", "&gt;").Replace(inner) + "-->"
	}
	return strings.ReplaceAll(inner, ">", "") + ">"
}

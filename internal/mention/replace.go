package mention

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

// Replace writes a neutral word over the spans: in Swedish or English, whichever the text is written in, and lang where
// that does not tell. The word is the same for everybody and everywhere, so that it ties nothing together. Spans that
// touch, or have only a blank between them, become one, and so do those of a word with tags inside.
func Replace(text string, spans []Span, lang string) string {
	if len(spans) == 0 {
		return text
	}
	begin := Read(text[:min(len(text), 4096)])
	f := finder{s: &begin.s, toks: begin.toks}
	if l, n := f.votes(); n > 1 && (l == "sv" || l == "en") {
		lang = l
	}
	if lang == "sv" {
		return rewrite(text, spans, "[anonymiserad]")
	}
	return rewrite(text, spans, "[anonymised]")
}

// Mask hides the spans behind blocks of one length, which does not tell how long the text was.
func Mask(text string, spans []Span) string { return rewrite(text, spans, "█████") }

// insideWord are tags between two parts of a word.
var insideWord = regexp.MustCompile(`^(<[^<>]*>)+$`)

func rewrite(text string, spans []Span, by string) string {
	var b strings.Builder
	last, wrote := 0, false
	numbers := bareNumbers(text)
	for _, s := range spans {
		word := by
		if numbers.hold(s) {
			s, word = numbers.whole(s), `"`+by+`"`
		}
		if s.Start < last || s.End > len(text) || s.Start >= s.End {
			continue
		}
		gap := text[last:s.Start]
		switch {
		case !wrote || strings.Trim(gap, " ") != "" && !insideWord.MatchString(gap):
			b.WriteString(gap)
			last = s.End
			if inBase64(text, s) {
				b.WriteString(base64.StdEncoding.EncodeToString([]byte(word)))
				last += len(text[last:]) - len(strings.TrimLeft(text[last:], "="))
			} else {
				b.WriteString(word)
			}
		case gap != "" && gap[0] == '<':
			b.WriteString(gap)
			last = s.End
		default:
			last = s.End
		}
		wrote = true
	}
	b.WriteString(text[last:])
	return b.String()
}

// inBase64 says whether a span is the content of an encoded word in base64.
func inBase64(text string, s Span) bool {
	return strings.HasSuffix(strings.ToUpper(text[max(0, s.Start-3):s.Start]), "?B?") && strings.HasPrefix(strings.TrimLeft(text[s.End:], "="), "?=")
}

// jsonNumbers reads a JSON document, in which a number that is replaced becomes a string; nothing in another text.
type jsonNumbers struct {
	text     string
	at       int // read up to here
	inString bool
}

func bareNumbers(text string) *jsonNumbers {
	begin := strings.TrimLeft(text, " \t\r\n")
	if begin == "" || strings.IndexByte("{[-0123456789", begin[0]) < 0 || !json.Valid([]byte(text)) {
		return nil
	}
	return &jsonNumbers{text: text}
}

// hold says whether a span, after those asked about before, stands outside a string.
func (n *jsonNumbers) hold(s Span) bool {
	if n == nil {
		return false
	}
	for ; n.at < s.Start; n.at++ {
		switch c := n.text[n.at]; {
		case c == '"':
			n.inString = !n.inString
		case c == '\\' && n.inString:
			n.at++
		}
	}
	return !n.inString
}

// whole is the number in which a span stands.
func (n *jsonNumbers) whole(s Span) Span {
	const signs = "0123456789+-.eE"
	for s.Start > 0 && strings.IndexByte(signs, n.text[s.Start-1]) >= 0 {
		s.Start--
	}
	for s.End < len(n.text) && strings.IndexByte(signs, n.text[s.End]) >= 0 {
		s.End++
	}
	return s
}

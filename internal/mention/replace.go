package mention

import "strings"

// Replace writes a neutral word over the spans, in Swedish for "sv" and else in English. Spans that touch, or have
// only a blank between them, become one.
func Replace(text string, spans []Span, lang string) string {
	if lang == "sv" {
		return rewrite(text, spans, "[anonymiserad]")
	}
	return rewrite(text, spans, "[anonymised]")
}

// Mask hides the spans behind blocks of one length, which does not tell how long the text was.
func Mask(text string, spans []Span) string { return rewrite(text, spans, "█████") }

func rewrite(text string, spans []Span, by string) string {
	var b strings.Builder
	last, wrote := 0, false
	for _, s := range spans {
		if s.Start < last || s.End > len(text) || s.Start >= s.End {
			continue
		}
		if gap := text[last:s.Start]; !wrote || strings.Trim(gap, " ") != "" {
			b.WriteString(gap)
			b.WriteString(by)
		}
		last, wrote = s.End, true
	}
	b.WriteString(text[last:])
	return b.String()
}

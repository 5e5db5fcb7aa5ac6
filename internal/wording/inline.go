package wording

import (
	"net/url"
	"strings"
)

// inlines joins the tokens of one line, cell or paragraph, and mends the spaces that an empty
// condition leaves behind.
func inlines(tokens []token) []Inline {
	var out []Inline
	strong := false
	space := true // the text so far ends in a space, or there is none
	for _, tok := range tokens {
		switch tok.mark {
		case bold:
			strong = !strong
		case wrap:
			out = append(trimEnd(out), Inline{Break: true})
			space = true
		case pipe:
			out = appendText(out, Inline{Text: "|", Bold: strong})
			space = false
		case word:
			in := Inline{Text: tok.text, Bold: strong}
			if tok.value {
				in.Name, in.Link = tok.name, link(tok.name, tok.text)
			} else if space {
				in.Text = strings.TrimLeft(in.Text, " ")
			}
			if in.Text == "" {
				continue
			}
			space = strings.HasSuffix(in.Text, " ")
			out = appendText(out, in)
		}
	}
	out = trimEnd(out)
	for len(out) > 0 && out[0].Break {
		out = out[1:]
	}
	return out
}

// appendText adds a stretch, joined to the one before where they look the same.
func appendText(out []Inline, in Inline) []Inline {
	if n := len(out); n > 0 {
		before := &out[n-1]
		if !before.Break && before.Bold == in.Bold && before.Link == "" && in.Link == "" {
			before.Text += in.Text
			before.Name = ""
			return out
		}
	}
	return append(out, in)
}

func trimEnd(out []Inline) []Inline {
	for n := len(out); n > 0; n = len(out) {
		last := &out[n-1]
		if last.Break {
			out = out[:n-1]
			continue
		}
		last.Text = strings.TrimRight(last.Text, " ")
		if last.Text != "" {
			break
		}
		out = out[:n-1]
	}
	return out
}

// link is the address behind a value, or nothing. Which placeholders are links is decided by
// their names, so that no value can make itself one.
func link(name, value string) string {
	switch {
	case name == "link" || strings.HasSuffix(name, "_url"):
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return ""
		}
		return value
	case strings.HasSuffix(name, "_email") && name != "masked_email":
		if strings.Count(value, "@") != 1 || strings.ContainsAny(value, " ,;?&<>\"\\") {
			return ""
		}
		return "mailto:" + value
	}
	return ""
}

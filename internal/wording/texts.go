// Package wording holds every text that Insyn shows or mails, in Swedish and English, and fills
// in what they leave open. The texts are templates, the values are data: nothing inside a value
// is ever read as markup, so a name out of a customer register cannot become a button or a link.
package wording

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The languages. Every key exists in both.
const (
	Swedish = "sv"
	English = "en"
)

// Langs lists the languages, the default one first.
func Langs() []string { return []string{Swedish, English} }

// Texts is the loaded wording. It is never changed after Load and may be shared.
type Texts struct {
	keys  []string
	langs map[string]map[string]text
}

// text is one parsed text. plain is set where nothing has to be filled in, which is true of
// most labels and makes them cheap.
type text struct {
	nodes []node
	plain string
	fixed bool
}

// ErrUnknown tells that there is no text with that key, or no such language.
var ErrUnknown = errors.New("unknown text")

// Load parses the embedded texts of both languages and checks that they agree: the same keys,
// the same placeholders in each, every inclusion known and without a circle.
func Load() (*Texts, error) {
	t := &Texts{langs: map[string]map[string]text{}}
	order := map[string][]string{}
	for _, lang := range Langs() {
		entries, err := read(lang)
		if err != nil {
			return nil, err
		}
		texts := make(map[string]text, len(entries))
		for _, e := range entries {
			if _, twice := texts[e.key]; twice {
				return nil, fmt.Errorf("text %s (%s): key stands twice", e.key, lang)
			}
			nodes, err := parse(e.body, e.buttons)
			if err != nil {
				return nil, fmt.Errorf("text %s (%s): %w", e.key, lang, err)
			}
			texts[e.key] = text{nodes: nodes}
			order[lang] = append(order[lang], e.key)
		}
		t.langs[lang] = texts
	}
	t.keys = order[Swedish]
	if err := t.agree(order[Swedish], order[English]); err != nil {
		return nil, err
	}
	for _, lang := range Langs() {
		t.fix(lang)
	}
	return t, nil
}

// agree compares the languages with each other and follows the inclusions.
func (t *Texts) agree(sv, en []string) error {
	for i := range max(len(sv), len(en)) {
		if i >= len(sv) || i >= len(en) || sv[i] != en[i] {
			return fmt.Errorf("texts: keys part at %q (sv) and %q (en)", at(sv, i), at(en, i))
		}
	}
	for _, key := range t.keys {
		a, b := placeholders(t.langs[Swedish][key].nodes), placeholders(t.langs[English][key].nodes)
		if !slices.Equal(a, b) {
			return fmt.Errorf("text %s: placeholders are %v in sv and %v in en", key, a, b)
		}
		for _, lang := range Langs() {
			if err := t.follow(lang, key, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func at(keys []string, i int) string {
	if i < len(keys) {
		return keys[i]
	}
	return ""
}

// follow walks the inclusions below key; path holds the keys above it.
func (t *Texts) follow(lang, key string, path []string) error {
	if slices.Contains(path, key) {
		return fmt.Errorf("text %s (%s): includes itself", key, lang)
	}
	txt, ok := t.langs[lang][key]
	if !ok {
		return fmt.Errorf("text %s (%s): includes %s, which does not exist", path[len(path)-1], lang, key)
	}
	for _, name := range inclusions(txt.nodes) {
		if err := t.follow(lang, name, append(slices.Clone(path), key)); err != nil {
			return err
		}
	}
	return nil
}

// fix renders the texts that need no values once and for all.
func (t *Texts) fix(lang string) {
	for key, txt := range t.langs[lang] {
		if len(placeholders(txt.nodes)) > 0 || question(key) != "" {
			continue
		}
		s, err := t.Text(lang, key, nil)
		if err != nil {
			continue // cannot be: there is nothing to fill in
		}
		txt.plain, txt.fixed = s, true
		t.langs[lang][key] = txt
	}
}

// Keys lists all keys in the order of the files.
func (t *Texts) Keys() []string { return slices.Clone(t.keys) }

// Has tells whether there is a text with that key.
func (t *Texts) Has(key string) bool {
	_, ok := t.langs[Swedish][key]
	return ok
}

// Placeholders lists the names that the text itself uses, with # or ^ before a condition;
// the names of included texts are not followed.
func (t *Texts) Placeholders(key string) []string {
	return placeholders(t.langs[Swedish][key].nodes)
}

// Text is the text filled in, as plain text: paragraphs parted by an empty line, bullets with a
// hyphen, a table as one line a cell; buttons are left out; nothing is wrapped.
func (t *Texts) Text(lang, key string, v Vars) (string, error) {
	if txt := t.langs[lang][key]; txt.fixed {
		return txt.plain, nil
	}
	tokens, err := t.expand(lang, key, v)
	if err != nil {
		return "", err
	}
	return plain(build(withoutButtons(tokens))), nil
}

// Blocks is the text filled in, as paragraphs, lists, tables and buttons for a page.
func (t *Texts) Blocks(lang, key string, v Vars) ([]Block, error) {
	tokens, err := t.expand(lang, key, v)
	if err != nil {
		return nil, err
	}
	return build(tokens), nil
}

// Label is a text that needs no values, on one line. A key that does not exist, or that needs
// values, gives the key between marks: visible on the page, and found by the tests.
func (t *Texts) Label(lang, key string) string {
	if txt := t.langs[lang][key]; txt.fixed {
		return txt.plain
	}
	return "⟦" + key + "⟧"
}

// Item is bullet number n (from 0) of a text that is a list of alternatives, such as
// mail.refused.reasons. Where the bullet starts with a fixed term and a colon, the term comes
// apart from the text. Only that bullet needs its values.
func (t *Texts) Item(lang, key string, n int, v Vars) (term, body string, err error) {
	txt, ok := t.langs[lang][key]
	if !ok {
		return "", "", fmt.Errorf("text %s (%s): %w", key, lang, ErrUnknown)
	}
	bullets := bulletNodes(txt.nodes)
	if n < 0 || n >= len(bullets) {
		return "", "", fmt.Errorf("text %s (%s): has %d bullets, not number %d: %w", key, lang, len(bullets), n, ErrUnknown)
	}
	nodes := bullets[n]
	if first := nodes[0]; first.kind == literal {
		if before, after, found := strings.Cut(first.text, ": "); found {
			term = before
			nodes = append([]node{{kind: literal, text: after}}, nodes[1:]...)
		}
	}
	x := expansion{texts: t, lang: lang, key: key}
	if err := x.nodes(key, nodes, v); err != nil {
		return "", "", err
	}
	return term, plain(build(withoutButtons(x.tokens))), nil
}

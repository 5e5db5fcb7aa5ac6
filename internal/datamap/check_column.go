package datamap

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// checkColumn fills in what the column takes from its table, and holds that nothing about it is left open.
func (m *Map) checkColumn(t *Table, c *Column) []error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, at(c.Pos, format, args...)) }
	place := t.Name + "." + c.Name
	errs = append(errs, m.checkNames(c.Pos, place, c.Category, c.Purpose, c.Provenance, c.Recipients, c.Retention)...)
	if c.Category == "" {
		c.Category = t.Category
	}
	if c.Purpose == "" {
		c.Purpose = t.Purpose
	}
	if c.Provenance == "" {
		c.Provenance = t.Provenance
	}
	if c.Recipients == nil {
		c.Recipients = t.Recipients
	}
	if c.Retention == "" {
		c.Retention = t.Retention
	}
	for _, name := range c.Also {
		errs = append(errs, m.checkNames(c.Pos, place, "", name, "", nil, "")...)
	}
	for _, w := range []struct {
		key, word string
		words     []string
	}{
		{"role", c.Role, roles},
		{"disclose", c.Disclose, discloses},
		{"edit", c.Edit, edits},
		{"type", c.Type, types},
		{"document", c.Document, documents},
	} {
		if !oneOf(w.word, w.words) {
			fail("%s: %s is %q; one of %s is wanted", place, w.key, w.word, strings.Join(w.words, ", "))
		}
	}
	if _, ok := m.Words.Get(c.Words); c.Words != "" && !ok {
		fail("%s: words %q are not declared", place, c.Words)
	}
	if c.Edit == "choice" && len(c.Choices) == 0 {
		fail("%s: edit choice needs choices", place)
	}
	if c.Of != "" && !slices.ContainsFunc(t.Path, func(p rawPath) bool { return p.Name == c.Of }) {
		fail("%s: of names the path %q, which the table does not have", place, c.Of)
	}
	if c.RoleWhen != "" && c.Role == "" {
		fail("%s: role_when belongs to a column with a role", place)
	}
	for _, e := range c.Roles {
		if e.Name == "" || !slices.Contains(roles, e.Name) {
			fail("%s: roles: %q is no role; one of %s is wanted", place, e.Name, strings.Join(roles, ", "))
		}
	}
	if len(c.Roles) > 0 && c.Role != "" {
		fail("%s has role and roles; roles holds all of them, each with its condition", place)
	}
	if (c.RefersWhen != "" || c.Within != "") && c.Erase.Action != Redact {
		fail("%s: refers_when and refers_within belong to a column with erase: redact", place)
	}
	if err := checkWithin(c.Within); err != nil {
		fail("%s: refers_within: %v", place, err)
	}
	if c.Encoding != "" && !slices.Contains(encodings, c.Encoding) && t.Column(c.Encoding) == nil {
		fail("%s: encoding is one of %s, or the column that says which", place, strings.Join(encodings, ", "))
	}
	erased := c.Erase.Action != NoAction || len(c.JSON) > 0
	switch {
	case c.Disclose == "" && len(c.Label) > 0:
		c.Disclose = "yes"
	case c.Disclose == "" && c.Keep != "":
		c.Disclose = "no"
	case c.Disclose == "":
		fail("%s needs a label, so that it can be told, or disclose: no", place)
	}
	if c.Disclose != "no" && t.Disclose != "no" {
		if len(c.Label) == 0 || c.Label["sv"] == "" || c.Label["en"] == "" {
			fail("%s needs a label in sv and en", place)
		}
		if c.Category == "" || c.Purpose == "" || c.Provenance == "" || c.Retention == "" {
			fail("%s is told, so it needs category, purpose, provenance and retention", place)
		}
	}
	switch {
	case t.Erase == DeleteRow || t.Erase == CutLink || t.Kept(c.Name):
	case erased && c.Keep != "":
		fail("%s is both erased and kept", place)
	case !erased && c.Keep == "":
		fail("%s needs erase, or keep with a reason", place)
	}
	if t.Kept(c.Name) && (c.Scan || erased && t.Keep.After != AfterAnonymise) {
		fail("%s is kept by law and has an erase action; that is for keep with after: anonymise", place)
	}
	if c.Erase.Action == Redact || slices.ContainsFunc(c.JSON, func(r Entry[*JSONRule]) bool { return r.Value.Erase.Action == Redact }) {
		c.Scan = true
	}
	for _, r := range c.JSON {
		errs = append(errs, checkJSONRule(place, r)...)
	}
	return errs
}

// checkWithin holds that a pattern compiles and has the key as its one group.
func checkWithin(pattern string) error {
	if pattern == "" {
		return nil
	}
	re, err := WithinOf(pattern, []string{"1"})
	switch {
	case err != nil:
		return err
	case strings.Count(pattern, "({id})") != 1 || re.NumSubexp() != 1:
		return errors.New("write the key as ({id}), once, and other groups as (?:…)")
	}
	return nil
}

// WithinOf is the pattern of refers_within for the keys of one person.
func WithinOf(pattern string, keys []string) (*regexp.Regexp, error) {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = regexp.QuoteMeta(k)
	}
	return regexp.Compile(strings.Replace(pattern, "({id})", "("+strings.Join(quoted, "|")+")", 1))
}

func checkJSONRule(place string, r Entry[*JSONRule]) []error {
	if r.Name != JSONRest && !jsonPath.MatchString(r.Name) {
		return []error{at(r.Pos, "%s: a json path is written $.name, $.list[*].name, or $.* for the rest", place)}
	}
	switch {
	case r.Value.Role != "" && r.Value.Role != "handle":
		return []error{at(r.Pos, "%s %s: a json path can have the role handle", place, r.Name)}
	case r.Value.Erase.Action == NoAction && r.Value.Keep == "":
		return []error{at(r.Pos, "%s %s needs erase, or keep with a reason", place, r.Name)}
	case !slices.Contains([]Action{NoAction, Remove, Redact, Constant, Null}, r.Value.Erase.Action):
		return []error{at(r.Pos, "%s %s: a json path is removed, redacted, null or a constant", place, r.Name)}
	}
	return nil
}

// JSONRest is the rule for all that no other rule of a json column names.
const JSONRest = "$.*"

func (m *Map) checkNames(pos Pos, place, category, purpose, provenance string, recipients []string, retention string) []error {
	var errs []error
	fail := func(kind, name string) { errs = append(errs, at(pos, "%s: %s %q is not declared", place, kind, name)) }
	if _, ok := m.Categories.Get(category); category != "" && !ok {
		fail("category", category)
	}
	if _, ok := m.Purposes.Get(purpose); purpose != "" && !ok {
		fail("purpose", purpose)
	}
	if !oneOf(provenance, provenances) {
		errs = append(errs, at(pos, "%s: provenance is %q; one of %s is wanted", place, provenance, strings.Join(provenances, ", ")))
	}
	for _, r := range recipients {
		if _, ok := m.Recipients.Get(r); !ok {
			fail("recipient", r)
		}
	}
	if _, ok := m.Retention.Get(retention); retention != "" && !ok {
		fail("retention", retention)
	}
	return errs
}

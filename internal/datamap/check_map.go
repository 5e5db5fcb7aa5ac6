package datamap

import (
	"regexp"
	"slices"
	"strings"
)

// check finds what strict decoding cannot: names that nothing declares, words that nobody knows, columns that are
// neither told nor withheld, neither erased nor kept.
func (m *Map) check() []error {
	var errs []error
	fail := func(pos Pos, format string, args ...any) { errs = append(errs, at(pos, format, args...)) }
	if m.Number < 1 {
		fail(Pos{1, 1}, "version must be 1 or more")
	}
	if len(m.ControllerCountry) != 2 {
		fail(Pos{1, 1}, "controller_country must be an ISO 3166 code such as SE")
	}
	if len(m.Sources) == 0 {
		fail(Pos{1, 1}, "the map has no sources")
	}
	for _, e := range m.Categories {
		if e.Value.SV == "" || e.Value.EN == "" {
			fail(e.Pos, "category %s needs sv and en", e.Name)
		}
	}
	for _, e := range m.Purposes {
		p := e.Value
		if p.SV == "" || p.EN == "" {
			fail(e.Pos, "purpose %s needs sv and en", e.Name)
		}
		if p.Basis == "" || !oneOf(p.Basis, bases) {
			fail(e.Pos, "purpose %s: basis is one of %s", e.Name, strings.Join(bases, ", "))
		}
		if !oneOf(p.Box, []string{"newsletter", "processing"}) {
			fail(e.Pos, "purpose %s: box is newsletter or processing", e.Name)
		}
		if p.SoleTrader != nil && (p.SoleTrader.Basis == "" || !oneOf(p.SoleTrader.Basis, bases)) {
			fail(e.Pos, "purpose %s: basis of sole_trader is one of %s", e.Name, strings.Join(bases, ", "))
		}
		if (p.Basis == "legitimate_interest" || p.Basis == "legal_obligation") && len(p.Interest) == 0 {
			fail(e.Pos, "purpose %s: interest must say which interest or law it is", e.Name)
		}
	}
	for _, e := range m.Recipients {
		if e.Value.Name == "" || e.Value.Role == "" || len(e.Value.Country) != 2 {
			fail(e.Pos, "recipient %s needs name, role and country", e.Name)
		}
	}
	for _, e := range m.Retention {
		r := e.Value
		if r.SV == "" || r.EN == "" {
			fail(e.Pos, "retention %s needs sv and en", e.Name)
		}
		if !oneOf(r.From, []string{"financial_year_end", "date"}) {
			fail(e.Pos, "retention %s: from is financial_year_end or date", e.Name)
		}
		if r.From != "" && (len(r.Law) == 0 || len(r.LawSentence) == 0 || r.Years < 1) {
			fail(e.Pos, "retention %s: what a law demands needs law, law_sentence and years", e.Name)
		}
	}
	for _, e := range m.Words {
		for _, w := range e.Value {
			if w.Value["sv"] == "" || w.Value["en"] == "" {
				fail(w.Pos, "words %s: %s needs sv and en", e.Name, w.Name)
			}
		}
	}
	for _, e := range m.Sources {
		errs = append(errs, m.checkSource(e)...)
	}
	return errs
}

func (m *Map) checkSource(e Entry[*Source]) []error {
	var errs []error
	fail := func(pos Pos, format string, args ...any) { errs = append(errs, at(pos, format, args...)) }
	s := e.Value
	if s.DSNEnv == "" {
		fail(e.Pos, "source %s needs dsn_env", e.Name)
	}
	if len(s.Label) == 0 {
		fail(e.Pos, "source %s needs a label", e.Name)
	}
	for _, t := range s.Tables {
		t.Value.Name, t.Value.Pos = t.Name, t.Pos
		for _, c := range t.Value.Columns {
			c.Value.Name, c.Value.Pos = c.Name, c.Pos
		}
	}
	subject := s.SubjectTable()
	if subject == nil || len(s.Subject.Key) == 0 {
		fail(e.Pos, "source %s: subject needs a mapped table and a key", e.Name)
		return errs
	}
	if len(subject.Key) == 0 {
		subject.Key = s.Subject.Key
	}
	if s.Subject.MergedInto != "" && subject.Column(s.Subject.MergedInto) == nil {
		fail(subject.Pos, "merged_into %s is not a mapped column of %s", s.Subject.MergedInto, subject.Name)
	}
	for _, x := range s.Exclude {
		if _, ok := s.Table(x.Name); ok {
			fail(x.Pos, "%s is both mapped and excluded", x.Name)
		}
		if strings.TrimSpace(x.Value) == "" {
			fail(x.Pos, "the exclusion of %s needs a reason", x.Name)
		}
	}
	for _, c := range s.By {
		c.Value.Name, c.Value.Pos = c.Name, c.Pos
		if c.Value.Disclose = "no"; c.Value.Erase.Action != Cut {
			fail(c.Pos, "by %s: who typed a row is cut", c.Name)
		}
	}
	for _, t := range s.Tables {
		errs = append(errs, m.checkTable(s, t.Value)...)
	}
	errs = append(errs, s.resolve()...)
	for _, t := range s.Tables {
		for _, p := range t.Value.Paths {
			errs = append(errs, s.checkPath(t.Value, p)...)
		}
	}
	return errs
}

// checkPath holds that each hop stands on mapped columns: what is not mapped cannot be read.
func (s *Source) checkPath(t *Table, p Path) []error {
	var errs []error
	before := t
	if p.Name != "" && p.As != AsLinked && p.As != AsBy {
		errs = append(errs, at(t.Pos, "%s: only a linked path can have a name", t.Name))
	}
	for _, h := range p.Hops {
		next, ok := s.Table(h.Table)
		if !ok {
			return append(errs, at(t.Pos, "the path of %s goes through %s, which is not mapped", t.Name, h.Table))
		}
		for _, pair := range h.On {
			if before.Column(pair.Ours) == nil {
				errs = append(errs, at(t.Pos, "the path of %s needs column %s of %s, which is not mapped", t.Name, pair.Ours, before.Name))
			}
			if next.Column(pair.Theirs) == nil {
				errs = append(errs, at(t.Pos, "the path of %s needs column %s of %s, which is not mapped", t.Name, pair.Theirs, next.Name))
			}
		}
		before = next
	}
	return errs
}

func (m *Map) checkTable(s *Source, t *Table) []error {
	var errs []error
	fail := func(pos Pos, format string, args ...any) { errs = append(errs, at(pos, format, args...)) }
	if strings.Count(t.Name, ".") != 1 {
		fail(t.Pos, "%s: a table is written schema.table", t.Name)
	}
	if t.Mentions {
		t.Disclose = "no"
	}
	if !oneOf(t.Disclose, []string{"yes", "no"}) {
		fail(t.Pos, "%s: disclose is yes or no", t.Name)
	}
	if t.Disclose != "no" && len(t.Label) == 0 {
		fail(t.Pos, "%s needs a label, or disclose: no", t.Name)
	}
	if !oneOf(t.Erase, []string{DeleteRow, CutLink}) {
		fail(t.Pos, "%s: erase is %s or %s", t.Name, DeleteRow, CutLink)
	}
	if t.DeleteWhen != "" && t.Erase != "" {
		fail(t.Pos, "%s: delete_when is for a table whose other rows stay; with erase: %s all of them go", t.Name, t.Erase)
	}
	if t.LogOf != "" {
		if _, ok := s.Table(t.LogOf); !ok {
			fail(t.Pos, "%s is the log of %s, which is not mapped", t.Name, t.LogOf)
		}
	}
	if t.Keep != nil {
		errs = append(errs, m.checkKeep(s, t)...)
	}
	for _, w := range append(slices.Clone(t.Warn), t.Refuse...) {
		if w.Value.When == "" || w.Value.Label["sv"] == "" || w.Value.Label["en"] == "" {
			fail(w.Pos, "%s: rule %s needs when, and a label in sv and en", t.Name, w.Name)
		}
	}
	errs = append(errs, m.checkNames(t.Pos, t.Name, t.Category, t.Purpose, t.Provenance, t.Recipients, t.Retention)...)
	if len(t.Columns) == 0 {
		fail(t.Pos, "%s has no columns", t.Name)
	}
	for _, c := range t.Columns {
		errs = append(errs, m.checkColumn(t, c.Value)...)
	}
	return errs
}

func (m *Map) checkKeep(s *Source, t *Table) []error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, at(t.Pos, format, args...)) }
	k := t.Keep
	r, ok := m.Retention.Get(k.Until)
	if !ok || r.From == "" {
		fail("%s is kept until %q, which is no retention rule with a law", t.Name, k.Until)
	}
	switch parent, ok := s.Table(k.With); {
	case (k.With == "") == (k.From() == "") || k.Date != "" && k.FinancialYearEnd != "":
		fail("%s: keep needs one of financial_year_end, date or with", t.Name)
	case k.With != "" && (!ok || parent.Keep == nil || parent.Keep.With != ""):
		fail("%s is kept with %s, which has no end of its own", t.Name, k.With)
	case ok && k.With == "" && k.Date != "" != (r.From == "date"):
		fail("%s: retention %s counts from %s", t.Name, k.Until, r.From)
	}
	columns := append([]string{k.From()}, k.Columns...)
	for _, e := range k.Freeze {
		columns = append(columns, e.Name)
	}
	for _, c := range append(columns, k.Party...) {
		if c != "" && t.Column(c) == nil {
			fail("%s: keep names column %q, which is not mapped", t.Name, c)
		}
	}
	subject := s.SubjectTable()
	for _, c := range k.Fence {
		if subject.Column(c) == nil {
			fail("%s: keep fences column %q, which %s does not have", t.Name, c, subject.Name)
		}
	}
	for _, e := range k.Freeze {
		for _, c := range placeholders(e.Value) {
			if subject.Column(c) == nil {
				fail("%s: freeze names column %q, which %s does not have", t.Name, c, subject.Name)
			}
		}
	}
	// Losing the buyer of a kept invoice is as wrong as leaving a note.
	if k.With == "" && len(k.Party) == 0 && len(k.Freeze) == 0 && len(k.Fence) == 0 {
		fail("%s: keep must say how the record goes on naming its counterparty: party (its own columns), freeze or fence", t.Name)
	}
	if !oneOf(k.After, []string{DeleteRow, AfterAnonymise}) {
		fail("%s: after is %s or %s", t.Name, DeleteRow, AfterAnonymise)
	}
	if t.Erase != "" {
		fail("%s is both kept and erased", t.Name)
	}
	return errs
}

// placeholders are the columns that a freeze text names.
func placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

var placeholder = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)\}`)

package datamap

import (
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
		if r.From != "" && r.From != "financial_year_end" {
			fail(e.Pos, "retention %s: from is financial_year_end", e.Name)
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
	if !oneOf(t.Disclose, []string{"yes", "no"}) {
		fail(t.Pos, "%s: disclose is yes or no", t.Name)
	}
	if t.Disclose != "no" && len(t.Label) == 0 {
		fail(t.Pos, "%s needs a label, or disclose: no", t.Name)
	}
	if !oneOf(t.Erase, []string{DeleteRow, CutLink}) {
		fail(t.Pos, "%s: erase is %s or %s", t.Name, DeleteRow, CutLink)
	}
	if t.LogOf != "" {
		if _, ok := s.Table(t.LogOf); !ok {
			fail(t.Pos, "%s is the log of %s, which is not mapped", t.Name, t.LogOf)
		}
	}
	if k := t.Keep; k != nil {
		r, ok := m.Retention.Get(k.Until)
		if !ok || r.From == "" {
			fail(t.Pos, "%s is kept until %q, which is no retention rule with a law", t.Name, k.Until)
		}
		switch parent, ok := s.Table(k.With); {
		case (k.With == "") == (k.FinancialYearEnd == ""):
			fail(t.Pos, "%s: keep needs either financial_year_end or with", t.Name)
		case k.With != "" && (!ok || parent.Keep == nil || parent.Keep.With != ""):
			fail(t.Pos, "%s is kept with %s, which has no end of its own", t.Name, k.With)
		}
		for _, c := range append([]string{k.FinancialYearEnd}, k.Columns...) {
			if c != "" && t.Column(c) == nil {
				fail(t.Pos, "%s: keep names column %q, which is not mapped", t.Name, c)
			}
		}
		if t.Erase != "" {
			fail(t.Pos, "%s is both kept and erased", t.Name)
		}
	}
	for _, w := range t.Warn {
		if !slices.Contains(warnings, w.Name) || w.Value.When == "" {
			fail(w.Pos, "%s: warn is one of %s, each with when", t.Name, strings.Join(warnings, ", "))
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

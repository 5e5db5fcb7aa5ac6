package wording

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T) *Texts {
	t.Helper()
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// everything gives every placeholder of every text a value that can be told apart.
func everything(texts *Texts) Vars {
	v := Vars{"automated": No, "transfer": No}
	for _, key := range texts.Keys() {
		for _, name := range texts.Placeholders(key) {
			name = strings.TrimLeft(name, "#^")
			if !strings.Contains(name, ".") {
				v[name] = "‹" + name + "›"
			}
		}
	}
	v["link"] = "https://share.exempel.example/s/abc"
	return v
}

func values(texts *Texts, key string) Vars {
	v := everything(texts)
	if strings.HasSuffix(key, "_yes") && question(key) != "" {
		v[question(key)] = Yes
	}
	return v
}

func TestEveryTextFillsInEveryPlaceholder(t *testing.T) {
	t.Parallel()
	texts := load(t)
	if n := len(texts.Keys()); n < 150 {
		t.Fatalf("read %d texts, want the whole reference wording", n)
	}
	for _, lang := range Langs() {
		withButtons := map[string]bool{}
		entries, err := read(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			withButtons[e.key] = e.buttons
		}
		for _, key := range texts.Keys() {
			got, err := texts.Text(lang, key, values(texts, key))
			if err != nil {
				t.Errorf("%v", err)
			}
			if got == "" || strings.Contains(got, "{{") || strings.Contains(got, "}}") || strings.Contains(got, "**") ||
				withButtons[key] && strings.Contains(got, "[") || strings.Contains(got, "  ") || strings.Contains(got, "\n\n\n") {
				t.Errorf("%s %s: got %q, want a text without marks", lang, key, got)
			}
			if _, err := texts.Blocks(lang, key, values(texts, key)); err != nil {
				t.Errorf("blocks: %v", err)
			}
		}
	}
}

// Each unconditional placeholder is taken away in turn: the text must refuse and name it.
func TestMissingPlaceholderIsAnError(t *testing.T) {
	t.Parallel()
	texts := load(t)
	tried := 0
	for _, lang := range Langs() {
		for _, key := range texts.Keys() {
			names := texts.Placeholders(key)
			for _, name := range names {
				if strings.ContainsAny(name, "#^.") || slices.Contains(names, "#"+name) {
					continue
				}
				v := values(texts, key)
				delete(v, name)
				_, err := texts.Text(lang, key, v)
				var missing *MissingError
				if !errors.As(err, &missing) || missing.Name != name || missing.Key != key {
					t.Errorf("%s %s without %s: got error %v", lang, key, name, err)
				}
				if err != nil && strings.Contains(err.Error(), "‹") {
					t.Errorf("%s %s: error shows a value: %v", lang, key, err)
				}
				tried++
			}
		}
	}
	if tried < 200 {
		t.Errorf("tried %d placeholders, want all", tried)
	}
}

// Article 12(4): who says no must give the reason, the authority and the way to court.
func TestRefusalsNameReasonAuthorityAndCourt(t *testing.T) {
	t.Parallel()
	texts := load(t)
	for key, reason := range map[string]string{
		"mail.refused.body":            "reason",
		"mail.correction_refused.body": "reason",
		"mail.restriction_ends.body":   "because",
		"mail.fee.body":                "because",
		"mail.extended.body":           "because",
		"mail.partly_erased.body":      "law_sentence",
	} {
		for lang, court := range map[string]string{Swedish: "domstol", English: "court"} {
			got, err := texts.Text(lang, key, values(texts, key))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"‹" + reason + "›", "Integritetsskyddsmyndigheten", court, "‹dpo_name›"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s %s: %q is missing", lang, key, want)
				}
			}
		}
	}
}

func TestUnansweredSettingPrintsNeitherNoNorYes(t *testing.T) {
	t.Parallel()
	texts := load(t)
	for _, key := range []string{"access.automated_no", "access.automated_yes", "access.transfer_no", "access.transfer_yes"} {
		want := No
		if strings.HasSuffix(key, "_yes") {
			want = Yes
		}
		for _, lang := range Langs() {
			for _, answer := range []any{nil, Unanswered, "no", "yes", false, true, Yes, No} {
				v := everything(texts)
				v[question(key)] = answer
				if answer == nil {
					delete(v, question(key))
				}
				_, err := texts.Text(lang, key, v)
				if printed := err == nil; printed != (answer == want) {
					t.Errorf("%s %s answered %#v: printed %v", lang, key, answer, printed)
				}
			}
			if got := texts.Label(lang, key); !strings.HasPrefix(got, "⟦") {
				t.Errorf("%s: label got %q, want the mark", key, got)
			}
		}
	}
}

func TestCustomerMailsCarryTheOtherLanguageAndNoNameInSubject(t *testing.T) {
	t.Parallel()
	texts := load(t)
	forStaff := []string{"mail.report", "mail.deadline", "mail.undeliverable", "mail.failed", "mail.news", "mail.report_today"}
	for _, key := range texts.Keys() {
		base, isBody := strings.CutSuffix(key, ".body")
		if !isBody {
			continue
		}
		if !texts.Has(base + ".subject") {
			t.Errorf("%s has no subject", key)
		}
		if slices.Contains(forStaff, base) {
			continue
		}
		for lang, line := range map[string]string{Swedish: "In English:", English: "På svenska:"} {
			got, err := texts.Text(lang, key, values(texts, key))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(got, line) != 1 {
				t.Errorf("%s %s: want one line in the other language", lang, key)
			}
			if lang == Swedish && strings.Contains(got, "uppgifter att göra") {
				t.Errorf("%s calls todos data", key)
			}
		}
		for _, name := range texts.Placeholders(base + ".subject") {
			if !slices.Contains([]string{"case_id", "controller", "date"}, name) {
				t.Errorf("%s.subject uses %s", base, name)
			}
		}
	}
}

func TestConditionsLeaveNoTraces(t *testing.T) {
	t.Parallel()
	texts := load(t)
	v := everything(texts)
	for _, name := range []string{"recipients", "not_told", "replay_active", "ledger_until"} {
		delete(v, name)
	}
	got, err := texts.Text(English, "mail.erased.points", v)
	if err != nil {
		t.Fatal(err)
	}
	want := "- Our backup copies still hold older data until ‹backup_until› at the latest. They are locked away and used only if something breaks.\n" +
		"- We keep a note that case ‹case_id› was handled and how, so that we can show it. We erase it on ‹case_record_until› at the latest."
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	blocks, err := texts.Blocks(English, "mail.erased.body", v)
	if err != nil {
		t.Fatal(err)
	}
	if blocks[2].Kind != List || len(blocks[2].Items) != 4 {
		t.Errorf("got %d items in %s, want the bullets and the included ones as one list of 4", len(blocks[2].Items), blocks[2].Kind)
	}
}

func TestTableRepeatsItsRow(t *testing.T) {
	t.Parallel()
	texts := load(t)
	v := everything(texts)
	v[Rows] = []Vars{
		{"kept_records": "Invoices", "law_sentence": "Books stay", "law": "BFL", "keep_until": "31 December 2033"},
		{"kept_records": "Timber | rolls", "law_sentence": "Forest law", "law": "SVL", "keep_until": "1 May 2030"},
	}
	blocks, err := texts.Blocks(English, "mail.partly_erased.body", v)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(blocks, func(b Block) bool { return b.Kind == Table })
	if i < 0 || len(blocks[i].Head) != 3 || len(blocks[i].Rows) != 2 || len(blocks[i].Rows[1]) != 3 {
		t.Fatalf("got %+v, want a table of two rows", blocks)
	}
	if got := flat(blocks[i].Rows[1][0]); got != "Timber | rolls" {
		t.Errorf("got cell %q, want a bar in a value to stay text", got)
	}
	got, err := texts.Text(English, "mail.partly_erased.body", v)
	if err != nil || !strings.Contains(got, "What we keep: Invoices\nWhy: Books stay (BFL).") {
		t.Errorf("got %q, %v", got, err)
	}
	delete(v[Rows].([]Vars)[1], "law")
	delete(v, "law")
	if _, err := texts.Text(English, "mail.partly_erased.body", v); err == nil {
		t.Error("a row without its law was printed")
	}
	v[Rows] = []Vars{}
	if _, err := texts.Text(English, "mail.partly_erased.body", v); err == nil {
		t.Error("a table without rows was printed")
	}
}

func TestItemsStandAlone(t *testing.T) {
	t.Parallel()
	texts := load(t)
	term, body, err := texts.Item(English, "mail.refused.reasons", 3, Vars{"records": "the invoices", "claim": "answer a claim"})
	if err != nil || term != "Legal claim" || body != "We need the invoices to answer a claim (GDPR, Article 17.3 e)." {
		t.Errorf("got %q, %q, %v", term, body, err)
	}
	term, body, err = texts.Item(Swedish, "mail.extended.reasons", 0, Vars{"n": 4})
	if err != nil || term != "" || body != "dina uppgifter finns i 4 system som behöver gås igenom vart för sig" {
		t.Errorf("got %q, %q, %v", term, body, err)
	}
	if _, _, err = texts.Item(Swedish, "mail.extended.reasons", 3, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	texts := load(t)
	for _, c := range [][3]string{
		{Swedish, "admin.kind.access", "Registerutdrag"},
		{English, "consent.objected", "Has objected"},
		{Swedish, "mail.button.link", "Öppna sidan"},
		{English, "no.such.key", "⟦no.such.key⟧"},
		{"xx", "consent.yes", "⟦consent.yes⟧"},
		{English, "mail.code.subject", "⟦mail.code.subject⟧"}, // needs a value
	} {
		if got := texts.Label(c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
	if _, err := texts.Text(English, "no.such.key", nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
}

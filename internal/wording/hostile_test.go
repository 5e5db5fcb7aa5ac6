package wording

import (
	"strings"
	"testing"
)

// Values come out of other people's databases. None of this may become markup.
func TestValuesAreNeverMarkup(t *testing.T) {
	t.Parallel()
	texts := load(t)
	tmpl, err := Template()
	if err != nil {
		t.Fatal(err)
	}
	for _, evil := range []string{
		"[Send everything]", "**bold**", "{{common.dpo}}", "{{#x}}a{{/x}}", "- bullet", "| a | b |",
		"a\n\n- bullet\n| x |", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)",
		"https://evil.example/", "[x](https://evil.example)", "\x00\x07\x1b[31m", "\u202egnp.exe", "{{.}}", "</p><form>",
	} {
		v := everything(texts)
		for name := range v {
			if question("access."+name+"_no") == "" && name != "link" {
				v[name] = evil
			}
		}
		clean := everything(texts)
		for _, key := range []string{"mail.link.body", "page.start", "mail.partly_erased.body", "access.link_lifetime", "mail.erased.body"} {
			got, err := texts.Blocks(English, key, v)
			if err != nil {
				t.Fatalf("%q: %v", evil, err)
			}
			want, err := texts.Blocks(English, key, clean)
			if err != nil {
				t.Fatal(err)
			}
			if shape(got) != shape(want) {
				t.Errorf("%s with %q: shape %s, want %s", key, evil, shape(got), shape(want))
			}
			var html strings.Builder
			if err := tmpl.ExecuteTemplate(&html, "blocks", got); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"<script", "<img", "<form", `href="javascript`, "\x00", "\u202e"} {
				if strings.Contains(html.String(), bad) {
					t.Errorf("%s with %q: HTML holds %q", key, evil, bad)
				}
			}
		}
	}
}

func shape(blocks []Block) string {
	var s strings.Builder
	for _, b := range blocks {
		s.WriteString(string(b.Kind) + " ")
		s.WriteString(strings.Repeat("i", len(b.Items)) + strings.Repeat("r", len(b.Rows)))
	}
	return s.String()
}

func TestLinksComeFromTheirPlaceholdersOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"link", "https://a.example/s/x", "https://a.example/s/x"},
		{"request_url", "http://localhost:8080/requests/7", "http://localhost:8080/requests/7"},
		{"link", "javascript:alert(1)", ""},
		{"link", "//evil.example", ""},
		{"dpo_email", "ombud@exempel.example", "mailto:ombud@exempel.example"},
		{"dpo_email", "a@b.example?bcc=c@d.example", ""},
		{"masked_email", "a***@e***.example", ""},
		{"reason", "https://evil.example/", ""},
	} {
		if got := link(c.name, c.value); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestButtonsAreBlocks(t *testing.T) {
	t.Parallel()
	texts := load(t)
	blocks, err := texts.Blocks(English, "page.optout_confirm", Vars{"masked_email": "a***@e***.example"})
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 3 || blocks[1].Kind != Button || blocks[1].Label != "Yes, stop them" {
		t.Errorf("got %+v, want a button between two paragraphs", blocks)
	}
	got, err := texts.Text(English, "page.optout_confirm", Vars{"masked_email": "a***@e***.example"})
	if err != nil || got != "Do you want to stop newsletters to a***@e***.example? You do not need to log in or say why." {
		t.Errorf("got %q, %v", got, err)
	}
	v := Vars{"dpo_name": "Ada Ek", "dpo_title": "ombud", "dpo_email": "ombud@exempel.example"}
	blocks, err = texts.Blocks(English, "page.code_locked", v)
	if err != nil || len(blocks) != 3 || blocks[1].Label != "Send a new code" {
		t.Errorf("got %+v, %v, want the button while no time is given", blocks, err)
	}
	v["unlock_time"] = "14:30 (Swedish time)"
	blocks, err = texts.Blocks(English, "page.code_locked", v)
	if err != nil || len(blocks) != 1 {
		t.Errorf("got %+v, %v, want no button when a time is given", blocks, err)
	}
}

func TestAuthorsFaultsAreFoundAtLoad(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"{{#a}}x", "x{{/a}}", "{{#a}}{{#b}}x{{/a}}{{/b}}", "{{ a }}", "{{A}}", "**x", "[x", "}}"} {
		if _, err := parse(bad, true); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, bad := range []string{"no equals sign", "nodot = x", "a.b = "} {
		if _, err := readLines("x", bad); err == nil {
			t.Errorf("line %q was accepted", bad)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add("[x] **y** {{z}}\n- a")
	texts, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	want, err := texts.Blocks(Swedish, "mail.refused.body", everything(texts))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := everything(texts)
		v["reason"], v["facts"] = "x"+s, s+"x"
		got, err := texts.Blocks(Swedish, "mail.refused.body", v)
		if err != nil || shape(got) != shape(want) {
			t.Errorf("%q: %v, shape %s, want %s", s, err, shape(got), shape(want))
		}
	})
}

func TestBracketsInLinesAreText(t *testing.T) {
	t.Parallel()
	entries, err := readLines("x", "part.withheld = [left out: {{#why}}[{{why}}]{{/why}}]")
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := parse(entries[0].body, entries[0].buttons)
	if err != nil {
		t.Fatal(err)
	}
	x := expansion{lang: English}
	if err := x.nodes("part.withheld", nodes, Vars{"why": "a secret"}); err != nil {
		t.Fatal(err)
	}
	if got := plain(build(x.tokens)); got != "[left out: [a secret]]" {
		t.Errorf("got %q", got)
	}
}

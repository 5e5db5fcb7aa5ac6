package propose

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// text writes the map. Columns that many tables have alike are written once, under an anchor.
func (d *draft) text(indexes []string) []byte {
	var b strings.Builder
	o := d.p.Options
	b.WriteString("# yaml-language-server: $schema=datamap.schema.json\n")
	b.WriteString("# (`insyn datamap schema > datamap.schema.json` writes it beside this file.)\n#\n")
	b.WriteString("# A first data map, proposed from the live schema and a sample of its values. Comments say why. Each `decide` is a question:\n")
	b.WriteString("# settle it, then take the key out. While one stands in a table nothing is erased; while one stands in a purpose or a\n")
	b.WriteString("# retention rule, which persons are told, nothing runs at all.\n")
	fmt.Fprintf(&b, "version: 1\ncontroller_country: %s\n", o.Country)
	b.WriteString(header(o.Country))
	fmt.Fprintf(&b, "\nsources:\n  %s:\n    dsn_env: %s\n    label: {sv: Kundregistret, en: The customer register}\n", quote(o.Source), quote(o.DSNEnv))
	subject := "table: " + quote(o.Person) + ", key: " + list(d.p.subject.Key)
	if d.subject.merged != "" {
		subject += ", merged_into: " + quote(d.subject.merged)
	}
	if d.subject.when != "" {
		subject += ", when: " + quote(d.subject.when)
	}
	fmt.Fprintf(&b, "    subject: {%s}\n", subject)
	if s := d.p.staffLine(); s != "" {
		b.WriteString("    # Our own people are named in texts. Persons get their names only where disclose is true.\n    staff: " + s + "\n")
	}
	if len(d.exclude) > 0 {
		b.WriteString("    exclude:\n")
		for _, x := range d.exclude {
			fmt.Fprintf(&b, "      %s: %s\n", quote(x.name), quote(x.reason))
		}
	}
	if len(d.by) > 0 {
		b.WriteString("    # Who typed a row, in any table: the reference is cut, and the row is nobody's for it.\n    by:\n")
		for _, c := range d.by {
			fmt.Fprintf(&b, "      %s: %s%s\n", quote(c.name), c.body(), comment(c.why))
		}
	}
	b.WriteString("    tables:\n")
	anchors := d.anchors()
	for _, t := range d.tables {
		t.write(&b, anchors)
	}
	if len(indexes) > 0 {
		b.WriteString("\n# Indexes that the ways to a person have not. Without them each request reads the whole table:\n")
		for _, line := range indexes {
			b.WriteString("# " + line + "\n")
		}
	}
	return []byte(b.String())
}

// anchor is a column that several tables have alike: written at the first, referred to at the others.
type anchor struct {
	name string
	at   *draftColumn
}

// anchors finds the columns that at least four tables have alike.
func (d *draft) anchors() map[string]*anchor {
	counts := map[string]int{}
	first := map[string]*draftColumn{}
	for _, t := range d.tables {
		for _, c := range t.columns {
			k := c.name + " " + c.body()
			if counts[k]++; counts[k] == 1 {
				first[k] = c
			}
		}
	}
	out := map[string]*anchor{}
	used := map[string]bool{}
	for _, t := range d.tables {
		for _, c := range t.columns {
			k := c.name + " " + c.body()
			if counts[k] < 4 || len(c.body()) < 30 || first[k] != c {
				continue
			}
			base := unplain.ReplaceAllString(c.name, "_")
			name := base
			for i := 2; used[name]; i++ {
				name = fmt.Sprintf("%s_%d", base, i)
			}
			used[name] = true
			out[k] = &anchor{name, c}
		}
	}
	return out
}

var unplain = regexp.MustCompile(`[^A-Za-z0-9_]`)

func (t *draftTable) write(b *strings.Builder, anchors map[string]*anchor) {
	fmt.Fprintf(b, "      %s:\n", quote(t.name))
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(b, "        %s: %s\n", key, value)
		}
	}
	if t.note != "" {
		b.WriteString("        # " + t.note + "\n")
	}
	if t.mentions {
		line("mentions", "true")
	}
	line("label", label(t.sv, t.en))
	line("decide", quoteIf(t.question()))
	line("disclose", quoteIf(t.disclose))
	if len(t.key) > 0 {
		line("key", list(t.key))
	}
	line("log_of", t.logOf)
	switch {
	case len(t.paths) == 1 && t.paths[0].doubt == "" && t.paths[0].why == "":
		line("path", t.paths[0].text)
	case len(t.paths) > 0:
		b.WriteString("        path:\n")
		for _, p := range t.paths {
			text := p.text
			if p.doubt != "" {
				text = strings.TrimSuffix(text, "}") + ", decide: " + quote(p.doubt) + "}"
			}
			fmt.Fprintf(b, "          - %s%s\n", text, comment(p.why))
		}
	}
	line("erase", t.erase)
	line("delete_when", quoteIf(t.deleteWhen))
	if t.category == "choice" && t.kind.is != isSubject {
		line("consent_log", consentLog(t))
	}
	line("order_by", quoteIf(t.order))
	line("category", t.category)
	line("purpose", t.purpose)
	line("provenance", t.provenance)
	line("retention", t.retention)
	if len(t.keep) > 0 {
		b.WriteString("        keep:\n")
		for _, k := range t.keep {
			b.WriteString("          " + k + "\n")
		}
	}
	b.WriteString("        columns:\n")
	for _, c := range t.columns {
		body := c.body()
		if a := anchors[c.name+" "+body]; a != nil && a.at == c {
			body = "&" + a.name + " " + body
		} else if a != nil {
			body = "*" + a.name
		}
		fmt.Fprintf(b, "          %s: %s%s\n", quote(c.name), body, comment(c.why))
	}
}

// consentLog says whether the table has what a log of choices needs.
func consentLog(t *draftTable) string {
	var box, state, at bool
	for _, c := range t.columns {
		box, state, at = box || c.role == "log.box", state || c.role == "log.state", at || c.role == "log.at"
	}
	if box && state && at {
		return "true"
	}
	return ""
}

// question is all that is asked of a table.
func (t *draftTable) question() string { return strings.Join(t.decide, "; and ") }

// body is the column as the map writes it.
func (c *draftColumn) body() string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+": "+value)
		}
	}
	yes := func(key string, on bool) {
		if on {
			add(key, "true")
		}
	}
	add("role", c.role)
	add("category", c.category)
	add("purpose", c.purpose)
	add("provenance", c.provenance)
	add("retention", c.retention)
	yes("search", c.search)
	add("edit", c.edit)
	yes("portable", c.portable)
	add("type", c.typ)
	if c.disclose == "no" {
		add("disclose", `"no"`)
	} else if c.sv != "" {
		add("label", label(c.sv, c.en))
		add("disclose", c.disclose)
	} else if c.keep == "" {
		add("disclose", `"no"`)
	}
	yes("scan", c.scan && c.erase != "redact")
	add("of", quoteIf(c.of))
	add("encoding", quoteIf(c.encoding))
	add("document", c.document)
	add("json", c.json)
	add("erase", c.erase)
	add("keep", quoteIf(c.keep))
	add("decide", quoteIf(c.decide))
	return "{" + strings.Join(parts, ", ") + "}"
}

func label(sv, en string) string {
	if sv == "" {
		return ""
	}
	return fmt.Sprintf("{sv: %s, en: %s}", quote(sv), quote(en))
}

func comment(why string) string {
	if why == "" {
		return ""
	}
	return " # " + why
}

func list(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func quoteIf(s string) string {
	if s == "" {
		return ""
	}
	return quote(s)
}

var (
	bare      = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_.()/'-]*( [\p{L}\p{N}_.()/'-]+)*$`)
	yamlWords = set("yes no true false null on off y n")
)

// quote writes a text as YAML, plain where it can stand so.
func quote(s string) string {
	if bare.MatchString(s) && !yamlWords[strings.ToLower(s)] {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return strings.TrimSpace(b.String())
}

func (p *proposer) staffLine() string {
	t := p.catalog.Tables[p.staff]
	if t == nil {
		return ""
	}
	var name, email string
	for _, c := range t.Order {
		switch w, _, _ := p.names.find(afterDot(t.Name), c); {
		case name == "" && (w.meaning == "heading" || w.meaning == "fullname"):
			name = c
		case email == "" && w.meaning == "email":
			email = c
		}
	}
	if name == "" || email == "" {
		return ""
	}
	return fmt.Sprintf("{table: %s, name: %s, email: %s, disclose: false}", p.staff, quote(name), quote(email))
}

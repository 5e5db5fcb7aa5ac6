package receipt

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/wording"
)

// Page is a receipt in words, for a reader: the web page and the PDF show the same.
type Page struct {
	Lang    string
	Title   string
	Lead    string
	Verdict string
	Parts   []Part
	footer  func(page string) string
}

// Part is a heading with what is below it: facts, sentences, a table.
type Part struct {
	Title string
	Facts []Fact
	Text  []string
	Table *Table
}

// Fact is a name and its value. Code is a value that is compared and not read: a hash.
type Fact struct {
	Label, Value string
	Code         bool
}

// Table has a row of headings; the last column is a number where Counts says so.
type Table struct {
	Head   []string
	Rows   [][]string
	Counts bool
}

// Number tells whether a column holds counts.
func (t *Table) Number(column int) bool { return t.Counts && column == len(t.Head)-1 }

// Coded tells whether one of the facts is a code, which needs the whole line.
func (p Part) Coded() bool {
	return slices.ContainsFunc(p.Facts, func(f Fact) bool { return f.Code })
}

// Words renders documents in one language.
type Words struct {
	Texts *wording.Texts
	Lang  string
}

func (w Words) t(key string) string { return w.Texts.Label(w.Lang, "receipt."+key) }

func (w Words) fill(key string, v wording.Vars) string {
	s, err := w.Texts.Text(w.Lang, "receipt."+key, v)
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// named is the word for a code, or the code where there is none.
func (w Words) named(prefix, code string) string {
	if code == "" {
		return "–"
	}
	if key := "receipt." + prefix + "." + code; w.Texts.Has(key) {
		return w.Texts.Label(w.Lang, key)
	}
	return code
}

func (w Words) label(l dossier.Label, otherwise string) string {
	if s := l.In(w.Lang); s != "" {
		return s
	}
	return otherwise
}

func (w Words) count(n int) string { return wording.Thousands(n, w.Lang) }

// Page puts a document into words. kid names the key that signed it, "" where it is not signed.
func (w Words) Page(d *Document, kid string) Page {
	number := strconv.FormatInt(d.Request.Number, 10)
	p := Page{
		Lang: w.Lang, Title: w.fill("heading", wording.Vars{"number": number}),
		Lead: w.fill("lead", wording.Vars{"controller": d.Controller.Name}),
	}
	p.Verdict = w.t("clean")
	if d.Rescan.Result == Retained {
		p.Verdict = w.t("clean_kept")
	}
	at := d.clock(w.Lang)
	p.Parts = append(p.Parts, w.theCase(d, at))
	for _, s := range d.Sources {
		p.Parts = append(p.Parts, w.source(s, at)...)
	}
	if len(d.Stages) > 0 {
		p.Parts = append(p.Parts, w.stages(d.Stages, at))
	}
	p.Parts = append(p.Parts, w.rescan(d.Rescan, at))
	if more := w.more(d); len(more.Text) > 0 {
		p.Parts = append(p.Parts, more)
	}
	p.Parts = append(p.Parts, w.proof(d, kid, at))
	p.footer = func(page string) string {
		// The number of pages is known only when the last one is written.
		return p.Title + " · " + w.fill("page", wording.Vars{"page": page, "pages": allPages})
	}
	return p
}

// clock writes moments on the controller's clock.
func (d *Document) clock(lang string) func(time.Time) string {
	loc, err := time.LoadLocation(d.Controller.Timezone)
	if err != nil {
		loc = time.UTC
	}
	return func(t time.Time) string { return wording.DateTime(t, loc, lang) }
}

func (w Words) theCase(d *Document, at func(time.Time) string) Part {
	r := d.Request
	p := Part{Title: w.t("case"), Facts: []Fact{
		{Label: w.t("controller"), Value: d.Controller.Name},
		{Label: w.t("number"), Value: strconv.FormatInt(r.Number, 10)},
		{Label: w.t("received"), Value: r.ReceivedOn.In(w.Lang)},
		{Label: w.t("channel"), Value: w.named("channel", r.Channel)},
		{Label: w.t("asked_by"), Value: w.named("asked_by", r.AskedBy)},
	}}
	if r.Ground != "" {
		p.Facts = append(p.Facts, Fact{Label: w.t("ground"), Value: w.fill("ground_value", wording.Vars{"letter": r.Ground})})
	}
	p.Facts = append(p.Facts, Fact{Label: w.t("requested"), Value: w.actor(d.Requested)}, Fact{Label: w.t("approved"), Value: w.actor(d.Approved.Actor)})
	if d.Approved.At != nil {
		p.Facts = append(p.Facts, Fact{Label: w.t("approved_at"), Value: at(*d.Approved.At)})
	}
	return p
}

func (w Words) actor(a Actor) string {
	if a.Account == 0 {
		return w.t("nobody")
	}
	roles := make([]string, 0, len(a.Roles))
	for _, r := range a.Roles {
		roles = append(roles, w.named("role", r))
	}
	list := strings.Join(roles, ", ")
	if list == "" {
		list = "–"
	}
	return w.fill("account", wording.Vars{"number": strconv.FormatInt(a.Account, 10), "roles": list})
}

func (w Words) source(s Source, at func(time.Time) string) []Part {
	done := Part{
		Title: w.fill("done", wording.Vars{"source": w.label(s.Label, s.Name)}),
		Facts: []Fact{{Label: w.t("erased_at"), Value: at(s.ErasedAt)}},
	}
	if len(s.Counts) == 0 {
		done.Text = []string{w.t("nothing")}
	} else {
		t := &Table{Head: []string{w.t("what"), w.t("how"), w.t("rows")}, Counts: true}
		for _, c := range s.Counts {
			t.Rows = append(t.Rows, []string{w.label(c.Label, c.Table), w.named("does", c.Action), w.count(c.Rows)})
		}
		done.Table = t
	}
	out := []Part{done}
	if len(s.Kept) > 0 {
		kept := Part{Title: w.t("kept"), Text: []string{w.t("kept_text")}}
		t := &Table{Head: []string{w.t("what"), w.t("law"), w.t("until"), w.t("rows")}, Counts: true}
		for _, k := range s.Kept {
			law := w.label(k.Law, "–")
			if sentence := k.Sentence.In(w.Lang); sentence != "" {
				law += ": " + sentence
			}
			t.Rows = append(t.Rows, []string{w.label(k.Label, k.Table), law, k.Until.In(w.Lang), w.count(k.Rows)})
		}
		kept.Table = t
		out = append(out, kept)
	}
	return out
}

func (w Words) stages(list []Stage, at func(time.Time) string) Part {
	t := &Table{Head: []string{w.t("stage"), w.t("when"), w.t("rows")}, Counts: true}
	for _, s := range list {
		t.Rows = append(t.Rows, []string{strconv.Itoa(s.Number), at(s.At), w.count(s.Rows)})
	}
	return Part{Title: w.t("stages"), Table: t}
}

func (w Words) rescan(r Rescan, at func(time.Time) string) Part {
	p := Part{Title: w.t("rescan"), Text: []string{w.t("rescan_text")}, Facts: []Fact{
		{Label: w.t("searched_at"), Value: at(r.At)},
		{Label: w.t("result"), Value: w.named("result", r.Result)},
	}}
	if r.Tables > 0 {
		seconds := strconv.FormatFloat(float64(r.DurationMS)/1000, 'f', 1, 64)
		if w.Lang == wording.Swedish {
			seconds = strings.ReplaceAll(seconds, ".", ",")
		}
		p.Facts = append(p.Facts, Fact{Label: w.t("size"), Value: w.fill("size_value", wording.Vars{
			"tables": w.count(r.Tables), "columns": w.count(r.Columns), "seconds": seconds,
		})})
	}
	if r.Unreadable != nil {
		p.Facts = append(p.Facts, Fact{Label: w.t("unreadable"), Value: w.count(*r.Unreadable)})
	}
	if len(r.Places) > 0 {
		p.Table = w.Places(r.Places)
	}
	return p
}

// Places lists where a search met the person.
func (w Words) Places(list []Place) *Table {
	t := &Table{Head: []string{w.t("place"), w.t("place_law"), w.t("rows")}, Counts: true}
	for _, p := range list {
		law := "–"
		if p.Retained {
			law = p.Law
		}
		t.Rows = append(t.Rows, []string{w.label(p.Label, p.Table+", "+p.Column), law, w.count(p.Rows)})
	}
	return t
}

func (w Words) more(d *Document) Part {
	p := Part{Title: w.t("else")}
	if d.Mentions != nil {
		p.Text = append(p.Text, w.fill("mentions", wording.Vars{"replaced": strconv.Itoa(d.Mentions.Replaced), "left": strconv.Itoa(d.Mentions.Left)}))
	}
	if d.Backups != nil {
		p.Text = append(p.Text, w.fill("backups", wording.Vars{"until": d.Backups.Until.In(w.Lang)}))
	}
	if d.Register != nil {
		p.Text = append(p.Text, w.fill("register", wording.Vars{"provider": d.Register.Provider}))
	}
	if d.Suppressed {
		p.Text = append(p.Text, w.t("suppressed"))
	}
	return p
}

func (w Words) proof(d *Document, kid string, at func(time.Time) string) Part {
	p := Part{Title: w.t("proof")}
	for _, s := range d.Sources {
		hash := s.MapHash
		if hash == "" {
			hash = "–"
		}
		p.Facts = append(p.Facts, Fact{w.t("map"), w.fill("map_value", wording.Vars{"version": strconv.Itoa(s.MapVersion), "hash": hash}), true})
		if s.PlanHash != "" {
			p.Facts = append(p.Facts, Fact{w.t("plan"), s.PlanHash, true})
		}
		if s.Ledger != nil {
			if s.Ledger.Sequence > 0 {
				p.Facts = append(p.Facts, Fact{Label: w.t("sequence"), Value: strconv.FormatInt(s.Ledger.Sequence, 10)})
			}
			p.Facts = append(p.Facts, Fact{w.t("ledger"), s.Ledger.Hash, true})
		}
	}
	if d.Program != "" {
		p.Facts = append(p.Facts, Fact{Label: w.t("program"), Value: d.Program})
	}
	if kid != "" {
		p.Text = []string{w.t("proof_text")}
		p.Facts = append(p.Facts, Fact{Label: w.t("signed_at"), Value: at(d.SignedAt)}, Fact{w.t("kid"), kid, true}, Fact{Label: w.t("standard"), Value: Standard})
	}
	return p
}

// Kid is the id of the key in a signed document; whether it signed it, only Verify tells.
func Kid(signed []byte) string {
	_, sig, err := parse(signed)
	if err != nil {
		return ""
	}
	return sig.Kid
}

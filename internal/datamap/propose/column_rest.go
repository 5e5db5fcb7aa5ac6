package propose

import (
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// mine says that a row is the person's, so that what stands in it is told of them.
func mine(t *draftTable) bool {
	return t.kind.is == isSubject || t.kind.is == isSatellite
}

func (p *proposer) timeColumn(out *draftColumn, t *draftTable) {
	out.provenance = "observed"
	switch {
	case out.meaning == "updated":
		out.shared("the time of the last change")
	case inUnique(t.kind.table, out.name):
		out.shared("part of what tells the row from others")
	case mine(t):
		out.erase, out.alts = "{generalise: year}", []string{"null"}
	default:
		out.erase, out.alts = "{generalise: month}", []string{"{generalise: year}"}
	}
}

func (p *proposer) codeColumn(out *draftColumn, t *draftTable, reason string) {
	if out.meaning == "special" {
		p.vanish(out, t, t.kind.table.Columns[out.name])
		return
	}
	out.role = ""
	out.shared(reason)
}

func (p *proposer) jsonColumn(out *draftColumn, t *draftTable, f *facts) {
	for _, path := range sortedKeys(f.inside) {
		if in := f.inside[path]; in.share(likeEmail, likePhone, likePersonnummer) >= 60 && p.knownSteps(path) && out.why == "" {
			out.why = path + ": " + percent(in, "addresses or numbers", likeEmail, likePhone, likePersonnummer)
		}
	}
	switch {
	case t.kind.is == isLog && !mine(t):
		out.erase, out.alts = "redact", []string{"empty", "null"}
	case mine(t):
		out.scan = true
		var rules []string
		for _, path := range sortedKeys(f.inside) {
			steps := datamap.JSONSteps(path)
			if w, ok := p.names[joined(steps[len(steps)-1])]; ok && w.meaning == "handle" && len(steps) == 1 {
				rules = append(rules, quote(path)+": {role: handle, erase: remove}")
			}
		}
		out.json = "{" + strings.Join(append(rules, `"$.*": {erase: remove}`), ", ") + "}"
		out.category, out.provenance = "assessment", "staff"
	default:
		out.disclose = "mask_others"
		out.erase, out.alts = "redact", []string{"empty", "null"}
	}
}

func (p *proposer) arrayColumn(out *draftColumn, t *draftTable, typ datamap.ColumnType) {
	text := slices.Contains([]string{"_text", "_varchar", "_bpchar"}, typ.Base)
	switch {
	case mine(t):
		out.scan = text
		out.erase, out.alts = "empty", []string{"null"}
		if out.meaning == "tags" {
			out.category, out.provenance = "assessment", "staff"
		}
	case text:
		out.disclose, out.erase, out.alts = "mask_others", "redact", []string{"empty", "null"}
	default:
		out.shared("a list of numbers or codes")
		if !keyed(out.name) && out.meaning != "count" && out.meaning != "code" {
			out.decide = "does the list point at persons? Then a path on " + out.name + "[] and erase: cut; otherwise keep"
		}
	}
}

func (p *proposer) bytesColumn(out *draftColumn, t *draftTable, f *facts) {
	out.why = byteKinds(f)
	switch {
	case out.meaning == "technical" || out.meaning == "count":
		out.technical("a checksum or the like")
	case f.share("serialised", "zlib", "gzip") >= 50:
		out.withheld()
		out.erase, out.document = "redact", "list"
		out.decide = "packed data that may name persons and cannot be rewritten: document: list (the DPO sees it), delete, or erase: empty"
	case mine(t):
		p.vanish(out, t, t.kind.table.Columns[out.name])
	default:
		out.disclose, out.erase, out.document = "mask_others", "redact", "list"
		out.decide = "a document that names the person and cannot be rewritten: document: list (the DPO sees it), or delete"
	}
}

func byteKinds(f *facts) string {
	best := ""
	for _, k := range sortedKeys(f.shapes) {
		if best == "" || f.shapes[k] > f.shapes[best] {
			best = k
		}
	}
	if best == "" || best == "bytes" {
		return ""
	}
	return percent(f, best, best)
}

// textColumn is a text that is no detail by its name or its values: a code, prose, or something unknown.
func (p *proposer) textColumn(out *draftColumn, t *draftTable, typ datamap.ColumnType, f *facts, exact, known bool) {
	live := t.kind.table
	prose := f.share(likeProse, likeHTML, likeMail, likeAddressed)
	numbers := p.maybeKeys[t.name+"."+out.name]
	switch {
	case numbers > 0 && !mine(t):
		out.disclose, out.erase = "mask_others", "redact"
		out.decide = fmt.Sprintf("%d %% of a sample are numbers that could be keys of persons: say under which condition they are (refers_when: SQL), or that they never are", numbers)
	case p.few(live, out.name) && out.meaning != "special" && (len(codes(live, out.name)) > 0 || !slices.Contains([]string{"text", "oldvalue", "messageid", "filename", "useragent", "url"}, out.meaning)):
		p.codeColumn(out, t, "one of few words that many rows share")
	case out.meaning == "technical":
		out.technical("a technical value")
	case out.meaning == "code" && (exact || mine(t)) && prose < 10 && !(mine(t) && joined(out.name) == "state" && hasColumn(p, live, "postcode", "city")) && (f.full == 0 || f.average() <= 30):
		p.codeColumn(out, t, "one of few words that many rows share")
	case out.meaning == "count" && prose == 0:
		out.shared("a figure")
	case f.share(likeSerialised) >= 50:
		out.withheld()
		out.why = percent(f, "serialised data", likeSerialised)
		out.erase, out.alts = "redact", nil
		out.decide = "serialised data breaks when a name inside gets another length: erase: empty, delete the row, or redact"
	case f.share(likeBase64) >= 50:
		out.why = percent(f, "base64", likeBase64)
		out.encoding, out.document, out.disclose, out.erase = "base64", "list", "mask_others", "redact"
		out.decide = "a packed document: document: list (the DPO sees it) or delete; or a token: disclose: no and null"
	case mine(t) && out.meaning != "text" && out.meaning != "filename":
		p.ownText(out, t, typ, f, known)
	default:
		out.disclose = "mask_others"
		if prose >= 10 {
			out.why = percent(f, "free text", likeProse, likeHTML, likeMail, likeAddressed)
		}
		out.erase, out.alts = "redact", nil
		if mine(t) {
			out.provenance = "staff"
		}
		if t.kind.is == isSubject {
			p.vanish(out, t, typ)
			out.scan, out.disclose = true, "mask_others"
		}
		if e := encodingColumn(live, out.name); e != "" {
			out.encoding, out.document = e, "list"
			out.decide = "the content is packed as " + e + " says; where it cannot be rewritten: document: list (the DPO sees it), or delete"
		}
	}
}

// encodingColumn is the column beside a content that says how it is packed.
func encodingColumn(t *datamap.LiveTable, c string) string {
	if n := joined(c); n != "content" && n != "body" && n != "largecontent" && n != "data" {
		return ""
	}
	for _, other := range t.Order {
		if n := joined(other); n == "contentencoding" || n == "encoding" || n == "transferencoding" {
			return other
		}
	}
	return ""
}

// ownText is a text on a person's own row: theirs, whatever it is; the question is only whether it is technical.
func (p *proposer) ownText(out *draftColumn, t *draftTable, typ datamap.ColumnType, f *facts, known bool) {
	p.vanish(out, t, typ)
	if out.meaning == "code" && joined(out.name) == "state" && hasColumn(p, t.kind.table, "postcode", "city") {
		known, out.sv, out.en = true, "Län", "Region"
		out.decide = ""
	}
	if out.decide == "" && (!known || out.meaning == "money" || out.meaning == "created") && f.share(likeProse, likeHTML, likeAddressed) < 20 && !out.eraseless {
		out.decide = "neither name nor values say what it is: a detail of the person (as proposed), or technical (keep with a reason)"
		if f.full == 0 {
			out.decide = "its name says nothing and it has no values: a detail of the person (as proposed), or technical (keep with a reason)"
		}
	}
}

func (p *proposer) numberColumn(out *draftColumn, t *draftTable, f *facts, known bool) {
	switch {
	case out.meaning == "income" || out.meaning == "special":
		p.vanish(out, t, t.kind.table.Columns[out.name])
	case out.meaning == "count" || out.meaning == "technical":
		out.technical("a counter or figure of the system")
	case out.meaning == "money" || out.meaning == "code" || out.meaning == "flag" || known && !mine(t):
		out.shared("a figure")
	case p.fewNumbers(f):
		out.shared("one of few codes that many rows share")
	case mine(t) && !out.eraseless:
		p.vanish(out, t, t.kind.table.Columns[out.name])
		out.decide = "a number about the person (as proposed), or a technical one (keep with a reason)?"
	case keyed(out.name) && joined(out.name) != "id" && !out.eraseless:
		out.technical("a number that refers to no table that was found")
		if f.full > 0 {
			out.decide = "a key of what? Of persons: a path and erase: cut; otherwise keep"
		}
	default:
		out.shared("a figure")
	}
}

// fewNumbers says that a number is a code.
func (p *proposer) fewNumbers(f *facts) bool {
	return f.full >= 20 && f.long == 0 && len(f.values) <= 8 && len(f.values)*8 <= f.full
}

// otherColumn has a type that no action knows.
func (p *proposer) otherColumn(out *draftColumn, t *draftTable, typ datamap.ColumnType) {
	switch {
	case typ.Base == "tsvector":
		out.withheld()
		p.vanish(out, t, typ)
		if out.erase == "" {
			out.decide = "a search index of texts: is it rebuilt when they change (keep), or must the row go?"
		}
	case slices.Contains([]string{"interval", "time", "timetz", "oid", "bit", "varbit", "xid", "pg_lsn"}, typ.Base):
		out.shared("a figure")
	default:
		p.vanish(out, t, typ)
		if !mine(t) {
			out.decide = "type " + typ.Name + ": a detail of the person (as proposed), or of something else (keep with a reason)?"
		}
	}
}

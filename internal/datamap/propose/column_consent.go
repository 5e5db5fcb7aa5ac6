package propose

import (
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// consent handles the boxes of the sample's kind: newsletter, newsletter_at, newsletter_how …
func (p *proposer) consent(out *draftColumn, t *draftTable, typ datamap.ColumnType) bool {
	if t.kind.is != isSubject {
		return p.consentLog(out, t)
	}
	parts := split(out.name)
	first, ok := p.names[parts[0]]
	if !ok || first.meaning != "newsletter" && first.meaning != "processing" {
		return false
	}
	last := ""
	if len(parts) > 1 {
		last = parts[len(parts)-1]
	}
	suffix := map[string]string{"": "", "at": ".at", "on": ".at", "date": ".at", "how": ".how", "source": ".how", "wording": ".wording", "version": ".wording", "by": ".by"}
	end, ok := suffix[last]
	if !ok || len(parts) > 2 || end == "" && !isText(typ) && typ.Base != "bool" && !p.enums[typ.Base] {
		return false
	}
	out.role, out.category, out.purpose, out.retention = "consent."+first.meaning+end, "choice", "proof", "choice"
	out.sv, out.en = first.sv, first.en
	switch end {
	case ".by":
		out.withheld()
		out.category, out.purpose, out.retention = "", "", ""
		p.vanish(out, t, typ)
	case "":
		out.portable = true
		words := codes(t.kind.table, out.name)
		switch i := slices.IndexFunc(words, func(w string) bool { return w == "objected" || w == "withdrawn" || w == "no" }); {
		case slices.Contains(words, "objected"):
			out.erase = "{constant: objected}"
		case i >= 0:
			out.erase = "{constant: " + quote(words[i]) + "}"
		case typ.Base == "bool":
			out.erase = `{constant: "false"}`
		default:
			p.vanish(out, t, typ)
			out.decide = "which value says no? {constant: …}"
		}
	default:
		out.sv, out.en = first.sv+map[string]string{".at": ", när", ".how": ", hur du sa det", ".wording": ", vilken text"}[end], first.en+map[string]string{".at": ", when", ".how": ", how you told us", ".wording": ", which wording"}[end]
		p.vanish(out, t, typ)
	}
	return true
}

// consentLog gives the columns of a log of choices their roles.
func (p *proposer) consentLog(out *draftColumn, t *draftTable) bool {
	if t.category != "choice" {
		return false
	}
	role, ok := map[string]string{
		"channel": "log.box", "box": "log.box", "purpose": "log.box", "state": "log.state", "status": "log.state", "at": "log.at", "createdat": "log.at", "how": "log.how",
		"wording": "log.wording", "wordingversion": "log.wording", "version": "log.wording", "by": "log.by",
	}[joined(out.name)]
	if !ok {
		return false
	}
	out.role = role
	if role == "log.by" {
		out.withheld()
	}
	if !out.eraseless {
		out.shared("the proof of a choice")
	}
	return true
}

// beside gives the columns beside an address or number of a person their roles: which is used first, which bounced.
func (p *proposer) beside(out *draftColumn, t *draftTable, typ datamap.ColumnType) bool {
	if t.kind.is != isSatellite {
		return false
	}
	of := ""
	for _, c := range t.kind.table.Order {
		f := p.samples[t.name].columns[c]
		switch w, _, _ := p.names.find(afterDot(t.name), c); {
		case f == nil:
		case f.share(likeEmail) >= 60 || w.meaning == "email" && isText(t.kind.table.Columns[c]):
			of = "email"
		case of == "" && (f.share(likePhone) >= 60 || w.meaning == "phone" && isText(t.kind.table.Columns[c])):
			of = "phone"
		}
	}
	name := joined(out.name)
	switch {
	case of == "":
		return false
	case typ.Base == "bool" && (strings.HasSuffix(name, "primary") || strings.HasSuffix(name, "default") || strings.HasSuffix(name, "main")):
		out.role = of + ".primary"
		out.shared("a yes or no that many rows share")
	case strings.HasPrefix(typ.Base, "timestamp") && strings.HasPrefix(name, "bounce") && of == "email":
		out.role, out.provenance = "email.bounced", "observed"
		p.vanish(out, t, typ)
	case strings.HasPrefix(typ.Base, "timestamp") && out.meaning == "updated":
		out.role, out.provenance = of+".changed", "observed"
		p.vanish(out, t, typ)
	default:
		return false
	}
	return true
}

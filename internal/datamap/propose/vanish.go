package propose

import (
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

func (p *proposer) vanish(out *draftColumn, t *draftTable, typ datamap.ColumnType) {
	list := p.vanishing(out, t, typ)
	if len(list) == 0 {
		out.shared("no action is possible")
		out.decide = fmt.Sprintf("type %s cannot be emptied: delete the row, or keep it with a reason", typ.Name)
		return
	}
	out.erase, out.alts = list[0], list[1:]
}

// vanishing are the actions that make a value go, the best first; the live schema is asked which of them it allows.
func (p *proposer) vanishing(out *draftColumn, t *draftTable, typ datamap.ColumnType) []string {
	unique := inUnique(t.kind.table, out.name)
	var list []string
	name := out.meaning == "given" || out.meaning == "fullname" || out.meaning == "surname"
	if name && isText(typ) && !unique && t.kind.is != isOwned {
		if out.meaning == "surname" {
			list = append(list, "{constant: person}")
		} else {
			list = append(list, "{constant: {sv: Anonymiserad, en: Anonymised}}")
		}
	}
	if out.meaning == "organisation" && t.kind.is == isContext && isText(typ) && !unique {
		list = append(list, "{constant: {sv: Anonymiserat företag, en: Anonymised company}}")
	}
	if !typ.NotNull && !name {
		list = append(list, "null")
	}
	switch {
	case isText(typ):
		switch out.meaning {
		case "country":
			list = append(list, "{constant: "+quote(p.Country)+"}")
		case "language":
			list = append(list, "{constant: sv}", "{constant: en}")
		}
		if !unique && out.meaning != "handle" {
			list = append(list, "empty")
		} else {
			list = append(list, `{random: "erased-"}`, `{random: "x"}`)
		}
		if !unique {
			list = append(list, "empty", `{constant: "-"}`, `{random: "x"}`)
		}
		for _, word := range codes(t.kind.table, out.name) {
			list = append(list, "{constant: "+quote(word)+"}")
			break
		}
	case typ.IsJSON(), typ.IsArray(), typ.Base == "bytea":
		list = append(list, "empty")
	case typ.Base == "date", strings.HasPrefix(typ.Base, "timestamp"):
		list = append(list, "{generalise: year}")
	case typ.Base == "bool":
		list = append(list, `{constant: "false"}`)
	case isNumber(typ) && !unique:
		list = append(list, `{constant: "0"}`)
	case typ.Base == "inet" && !unique:
		list = append(list, `{constant: "0.0.0.0"}`)
	case typ.Base == "uuid" && !unique:
		list = append(list, `{constant: "00000000-0000-0000-0000-000000000000"}`)
	}
	return list
}

package democrm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// changeRows are what the trigger would have logged had the card been typed and then corrected.
func (g *generator) changeRows(b *block, p person) {
	d := g.dice(streamChange, p.id)
	at := p.created.Add(time.Duration(10+d.IntN(300)) * 24 * time.Hour)
	if p.id == Unique {
		g.change(b, p, "person", p.id, at, map[string]any{"surname": p.former, "former_surname": nil})
		g.change(b, p, "person", p.id, at.Add(time.Hour), map[string]any{"street": uniqueOldStreet, "postcode": "831 41", "city": "Östersund"})
		g.change(b, p, "person_email", g.ids[tableEmail], at.Add(2*time.Hour), map[string]any{"address": uniqueOldEmail})
		return
	}
	if d.percent(15) {
		c := cultures[g.language(p.id)]
		g.change(b, p, "person", p.id, at, map[string]any{"street": fmt.Sprintf("%s %d", pick(d, c.streets), 1+d.IntN(90))})
	}
	if len(p.mails) > 0 && d.percent(10) {
		old := fmt.Sprintf("%s%d@gammelpost.example", slug(p.given), p.id)
		g.change(b, p, "person_email", g.ids[tableEmail], at, map[string]any{"address": old})
	}
	if p.former != "" {
		g.change(b, p, "person", p.id, at, map[string]any{"surname": p.former, "former_surname": nil})
	}
	if len(p.phones) > 0 && d.percent(8) {
		old := strings.Replace(p.phones[0].text, " ", "  ", 1)
		g.change(b, p, "person_phone", g.ids[tablePhone], at, map[string]any{"number": old})
	}
}

func (g *generator) change(b *block, p person, table string, row int64, at time.Time, old map[string]any) {
	raw, err := json.Marshal(old)
	if err != nil {
		// Texts and nulls cannot fail.
		panic(err)
	}
	columns := make([]string, 0, len(old))
	for column := range old {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	b.add(tableChangeLog, g.next(tableChangeLog), p.id, table, row, at, "update", columns, string(raw))
}

package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
)

// EditField is one value of a card that can be corrected. ID names it: table and column, and for a row beside the card
// its key between them.
type EditField struct {
	ID      string
	Label   dossier.Label
	Kind    string // name, email, phone, personnummer, date, text, choice
	Value   string
	Choices []string
}

// EditForm are the values that can be corrected, in the order of the map.
func (s *Source) EditForm(ctx context.Context, key string) ([]EditField, error) {
	if !s.validKey(key) {
		return nil, fmt.Errorf("edit a person of %s: %w", s.Name, dsar.ErrNotFound)
	}
	var out []EditField
	for _, t := range s.inMapOrder() {
		columns := editable(t)
		if len(columns) == 0 {
			continue
		}
		values := make([]string, 0, len(columns))
		for _, c := range columns {
			values = append(values, "coalesce(x."+quote(c.Name)+"::text, '')")
		}
		rows, err := s.pool.Query(ctx, fmt.Sprintf(`select %s, array[%s] from %s as x where %s order by %s`, keyText("x", t.Key),
			strings.Join(values, ", "), tableSQL(t), united(t, s.reaching(t, false)), list("x", t.Key)), []string{key})
		if err != nil {
			return nil, fmt.Errorf("read the fields of %s: %w", t.Name, err)
		}
		var row string
		var texts []string
		_, err = pgx.ForEachRow(rows, []any{&row, &texts}, func() error {
			for i, c := range columns {
				out = append(out, EditField{ID: s.fieldID(t, row, c), Label: c.Label, Kind: c.Edit, Value: texts[i], Choices: c.Choices})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the fields of %s: %w", t.Name, err)
		}
		if t == s.plan.Subject() && len(out) == 0 {
			return nil, fmt.Errorf("edit a person of %s: %w", s.Name, dsar.ErrNotFound)
		}
	}
	return out, nil
}

func editable(t *datamap.PlannedTable) []*datamap.Column {
	var out []*datamap.Column
	for _, e := range t.Columns {
		if e.Value.Edit != "" {
			out = append(out, e.Value)
		}
	}
	return out
}

func (s *Source) fieldID(t *datamap.PlannedTable, row string, c *datamap.Column) string {
	if t == s.plan.Subject() {
		return t.Name + "." + c.Name
	}
	return t.Name + ":" + row + ":" + c.Name
}

// field finds what an ID names. row is "" for the card itself.
func (s *Source) field(id string) (t *datamap.PlannedTable, row string, c *datamap.Column, err error) {
	subject := s.plan.Subject()
	table, column := subject.Name, ""
	if rest, ok := strings.CutPrefix(id, subject.Name+"."); ok {
		column = rest
	} else if parts := strings.Split(id, ":"); len(parts) == 3 {
		table, row, column = parts[0], parts[1], parts[2]
	}
	if t = s.plan.Table(table); t != nil {
		c = t.Column(column)
	}
	if c == nil || c.Edit == "" || (t == subject) != (row == "") {
		return nil, "", nil, fmt.Errorf("correct a field: %w", dsar.ErrNotFound)
	}
	return t, row, c, nil
}

// check gives the value as it is stored, or a dsar.Invalid.
func (c Change) check(t *datamap.PlannedTable, col *datamap.Column) (string, error) {
	value, problem := Validate(col.Edit, c.New)
	typ := t.Types[col.Name]
	switch {
	case problem != "":
	case value == "" && (typ.NotNull || t.Erase == datamap.DeleteRow):
		problem = "required"
	case col.Edit == "choice" && value != "" && !slices.Contains(col.Choices, value):
		problem = "choice"
	case typ.Length > 0 && len([]rune(value)) > typ.Length:
		problem = "too_long"
	}
	if problem != "" {
		return "", &dsar.Invalid{Field: c.ID, Problem: problem}
	}
	return value, nil
}

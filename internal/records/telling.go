package records

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/datamap"
	"insyn/internal/dossier"
	"insyn/internal/mention"
)

// telling is how the rows of one table become records of a dossier.
type telling struct {
	t        *datamap.PlannedTable
	columns  []*datamap.Column
	shapes   []shape
	portable bool // some column is
	keyed    bool // the row's key stands before the columns
	crowded  bool // the keys of those who share it stand behind them, as a json array
	m        *masker
	near     map[string][]string // who shares a row, where crowded does not tell it
	fields   []pgconn.FieldDescription
}

func newTelling(t *datamap.PlannedTable, columns []*datamap.Column) *telling {
	r := &telling{t: t, columns: columns}
	for _, c := range columns {
		r.shapes = append(r.shapes, shapeOf(t.Types[c.Name]))
	}
	return r
}

// mask lets the telling cover others; near are those who share a row.
func (r *telling) mask(m *masker, near map[string][]string) {
	r.m, r.near, r.keyed = m, near, true
}

// masks says whether others are covered in a column.
func masks(c *datamap.Column) bool { return c.Disclose == "mask_others" }

// sql reads the rows that one of the conditions reaches, in their order. Several conditions are united by key first,
// since no index serves an "or" of subqueries.
func (r *telling) sql(conds []string, around string) string {
	values := make([]string, 0, len(r.columns)+2)
	if r.keyed {
		values = append(values, keyText("x", r.t.Key))
	}
	for i, c := range r.columns {
		values = append(values, r.shapes[i].sql(c.Name))
	}
	from := tableSQL(r.t) + " as x"
	if r.crowded {
		values = append(values, "o.insyn_persons")
		var on []string
		for _, k := range r.t.Key {
			on = append(on, "o."+quote(k)+" = x."+quote(k))
		}
		from += fmt.Sprintf(" left join (select %s, to_jsonb(array_agg(distinct u.insyn_person)) as insyn_persons from (%s) as u group by %s) as o on %s",
			list("u", r.t.Key), around, list("u", r.t.Key), strings.Join(on, " and "))
	}
	order := list("x", r.t.Key)
	if r.t.OrderBy != "" {
		order = "x." + quote(r.t.OrderBy) + ", " + order
	}
	return fmt.Sprintf(`select %s from %s where %s order by %s`, strings.Join(values, ", "), from, united(r.t, conds), order)
}

// take copies the row under the cursor into the page.
func (r *telling) take(p *page, rows pgx.Rows) error {
	raw := rows.RawValues()
	if r.keyed {
		p.keys = append(p.keys, string(raw[0]))
		raw = raw[1:]
	}
	if r.crowded {
		var persons []string
		if last := raw[len(raw)-1]; last != nil {
			if err := json.Unmarshal(last, &persons); err != nil {
				return fmt.Errorf("decode who shares a row: %w", err)
			}
		}
		p.shared = append(p.shared, persons)
		raw = raw[:len(raw)-1]
	}
	if r.fields == nil {
		from := len(rows.FieldDescriptions()) - len(raw)
		if r.keyed {
			from = 1
		}
		r.fields = slices.Clone(rows.FieldDescriptions()[from : from+len(raw)])
	}
	p.add(raw)
	return nil
}

// tell makes records of the page. Several pages may be told at once.
func (r *telling) tell(p *page, room *mention.Text) error {
	width := len(r.columns)
	values := make([]dossier.Value, p.rows*width)
	p.records = make([]dossier.Record, p.rows)
	out := make([]byte, 0, len(p.raw)+len(p.raw)/8+p.rows*width*4)
	from := 0
	for i := range p.rows {
		for k := range width {
			v := &values[i*width+k]
			end := p.ends[i*width+k]
			if end < 0 {
				v.JSON = null
				continue
			}
			raw := p.raw[from:end:end]
			from = end
			start := len(out)
			var err error
			if out, v.Masked, err = r.value(out, k, raw, p.circle(i), room); err != nil {
				return err
			}
			v.JSON = out[start:len(out):len(out)]
		}
		p.records[i] = dossier.Record{Values: values[i*width : (i+1)*width : (i+1)*width], Portable: r.portable}
	}
	return nil
}

var null = json.RawMessage("null")

// value adds what the person gets of a value that is not null, and whether something in it is covered.
func (r *telling) value(out []byte, k int, raw []byte, c *circle, room *mention.Text) ([]byte, bool, error) {
	if c == nil || !masks(r.columns[k]) {
		out, err := r.shapes[k].appendJSON(out, &r.fields[k], raw)
		return out, false, err
	}
	if r.shapes[k] == shapeText {
		text := string(raw)
		told := r.m.text(text, c, room)
		return appendQuoted(out, told, told != text), told != text, nil
	}
	start := len(out)
	out, err := r.shapes[k].appendJSON(out, &r.fields[k], raw)
	if err != nil {
		return nil, false, err
	}
	doc, changed, err := mapJSON(out[start:], func(text string) string { return r.m.text(text, c, room) })
	if err != nil || !changed {
		return out, false, err
	}
	return append(out[:start], doc...), true, nil
}

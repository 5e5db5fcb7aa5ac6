package records

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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
	m        *masker
	near     map[string][]string // who shares a row
	fields   []pgconn.FieldDescription
	// theirs tells, in SQL, which columns of a row are about one of its other persons, as bits; "" where none can be.
	theirs string
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

// withhold finds the columns that are about one of several persons in a row: they are left out where that is somebody
// else. param holds the person's keys.
func (r *telling) withhold(s *Source, param string) {
	var parts []string
	for k, c := range r.columns {
		if c.Of == "" {
			continue
		}
		var own []string
		for _, p := range r.t.Paths {
			if p.Name == c.Of {
				own = append(own, "("+pathSQL{s.plan}.linkedIn(r.t, p, param)+")")
			}
		}
		parts = append(parts, fmt.Sprintf("case when (%s) is true then 0 else %d end", strings.Join(own, " or "), uint64(1)<<k))
	}
	if len(parts) > 0 {
		r.theirs = "(" + strings.Join(parts, " + ") + ")::bigint::text"
	}
}

// masks says whether others are covered in a column.
func masks(c *datamap.Column) bool { return c.Disclose == "mask_others" }

// sql reads the rows that one of the conditions reaches, in their order. Several conditions are united by key first,
// since no index serves an "or" of subqueries.
func (r *telling) sql(conds []string) string {
	values := make([]string, 0, len(r.columns)+2)
	if r.keyed {
		values = append(values, keyText("x", r.t.Key))
	}
	if r.theirs != "" {
		values = append(values, r.theirs)
	}
	for i, c := range r.columns {
		if wrapped(r.t, c) {
			values = append(values, packedSQL(r.t, c))
			continue
		}
		values = append(values, r.shapes[i].sql(c.Name))
	}
	order := list("x", r.t.Key)
	if r.t.OrderBy != "" {
		order = "x." + quote(r.t.OrderBy) + ", " + order
	}
	return fmt.Sprintf(`select %s from %s as x where %s order by %s`, strings.Join(values, ", "), tableSQL(r.t), united(r.t, conds), order)
}

// take copies the row under the cursor into the page.
func (r *telling) take(p *page, rows pgx.Rows) error {
	raw := rows.RawValues()
	if r.keyed {
		p.keys = append(p.keys, string(raw[0]))
		raw = raw[1:]
	}
	if r.theirs != "" {
		bits, err := strconv.ParseUint(string(raw[0]), 10, 64)
		if err != nil {
			return fmt.Errorf("decode whose a row's columns are: %w", err)
		}
		p.theirs = append(p.theirs, bits)
		raw = raw[1:]
	}
	if r.fields == nil {
		all := rows.FieldDescriptions()
		r.fields = slices.Clone(all[len(all)-len(raw):])
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
			if p.theirs != nil && p.theirs[i]&(1<<k) != 0 {
				v.JSON, v.Withheld = null, "third_party"
				from = max(from, end)
				continue
			}
			if end < 0 {
				v.JSON = null
				continue
			}
			raw := p.raw[from:end:end]
			from = end
			start := len(out)
			if wrapped(r.t, r.columns[k]) {
				text, ok := unpacked(r.t, r.columns[k], string(raw))
				if !ok {
					v.JSON, v.Withheld = null, "unreadable"
					continue
				}
				told := text
				if c := p.circle(i); c != nil && masks(r.columns[k]) {
					told = r.m.text(text, c, room)
				}
				out, v.Masked = appendQuoted(out, told, true), told != text
				v.JSON = out[start:len(out):len(out)]
				continue
			}
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

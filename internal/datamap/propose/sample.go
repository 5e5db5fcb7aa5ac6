package propose

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"insyn/internal/datamap"
)

// Bounds of a sample. A value is cut, so that a table of documents costs no more than one of names.
const (
	valueLength = 1200
	jsonLength  = 20000
	scanAbove   = 20000 // rows, from which on the sample is of random blocks and not of the first rows
	keptValues  = 1000  // distinct values a column that are held against keys
	keptLength  = 80
)

// facts are what a sample says of a column. Its values stay here: they are held against keys, and never printed.
type facts struct {
	rows, full int // rows of the sample, and those with a value that is not empty
	shapes     map[string]int
	values     map[string]int // distinct, those that are short enough
	long       int            // values that are too long to be one of few
	length     int            // of all values
	inside     map[string]*facts
	elements   *facts // of an array
	refs       map[string][]string
}

func newFacts() *facts {
	return &facts{shapes: map[string]int{}, values: map[string]int{}, inside: map[string]*facts{}, refs: map[string][]string{}}
}

// share is how many of the values look like it, in percent.
func (f *facts) share(shape ...string) int {
	if f.full == 0 {
		return 0
	}
	n := 0
	for _, s := range shape {
		n += f.shapes[s]
	}
	return 100 * n / f.full
}

// few says that the values are a few words which many rows share.
func (f *facts) few() bool {
	return f.full >= 20 && f.long == 0 && len(f.values) <= 12 && len(f.values)*8 <= f.full
}

// codes says that the values read as codes, and none as the name of somebody.
func (f *facts) codes() bool {
	for v := range f.values {
		words := strings.Fields(v)
		if len(words) > 3 {
			return false
		}
		capitals := 0
		for _, w := range words {
			if r := []rune(w)[0]; unicode.IsUpper(r) {
				capitals++
			}
		}
		if capitals > 1 {
			return false
		}
	}
	return true
}

// average is the mean length of a value.
func (f *facts) average() int {
	if f.full == 0 {
		return 0
	}
	return f.length / f.full
}

// pair is a column with a type and the column with the key that it speaks of.
type pair struct{ kind, id string }

// sampled is what the sample says of a table.
type sampled struct {
	columns map[string]*facts
	pairs   map[pair]map[string]map[string]bool // type value, then keys
	rows    int
	problem string // why there is no sample
}

// sample reads some rows of a table. A column that may not be read has no facts.
func (p *proposer) sample(ctx context.Context, t *datamap.LiveTable) (*sampled, error) {
	out := &sampled{columns: map[string]*facts{}, pairs: map[pair]map[string]map[string]bool{}}
	var read, exprs []string
	for _, name := range t.Order {
		typ := t.Columns[name]
		if !typ.Select {
			continue
		}
		q := pgx.Identifier{name}.Sanitize()
		switch {
		case typ.Base == "bytea":
			q = fmt.Sprintf("encode(substring(%s from 1 for 400), 'hex')", q)
		case typ.IsArray():
			q = fmt.Sprintf("left(array_to_json(%s)::text, %d)", q, jsonLength)
		case typ.IsJSON():
			q = fmt.Sprintf("left(%s::text, %d)", q, jsonLength)
		default:
			q = fmt.Sprintf("left(%s::text, %d)", q, valueLength)
		}
		read, exprs = append(read, name), append(exprs, q)
		out.columns[name] = newFacts()
	}
	if len(read) == 0 {
		out.problem = "no right to read it"
		return out, nil
	}
	from := tableName(t.Name)
	if t.Children {
		from = "only " + from
	}
	err := error(nil)
	if t.Rows > scanAbove {
		blocks := " tablesample system (" + strconv.FormatFloat(min(100, 300*float64(p.Sample)/float64(t.Rows)), 'f', 6, 64) + ") repeatable (1)"
		err = p.rows(ctx, out, t, read, exprs, from+blocks)
	}
	if out.rows == 0 && err == nil {
		err = p.rows(ctx, out, t, read, exprs, from)
	}
	if err != nil && ctx.Err() == nil {
		// A table that answers too slowly, or that a policy guards, is proposed by its names alone.
		out.problem = "no sample: " + code(err)
		err = nil
	}
	return out, err
}

// rows reads the rows of one sample, and forgets them but for what they say.
func (p *proposer) rows(ctx context.Context, out *sampled, t *datamap.LiveTable, read, exprs []string, from string) error {
	pairs := typedPairs(t)
	return p.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, fmt.Sprintf("select array[%s]::text[] from %s limit %d", strings.Join(exprs, ", "), from, p.Sample))
		if err != nil {
			return err
		}
		var row []*string
		_, err = pgx.ForEachRow(rows, []any{&row}, func() error {
			out.rows++
			for i, name := range read {
				out.columns[name].see(row[i], t.Columns[name], p.Country)
			}
			for _, pr := range pairs {
				i, j := slices.Index(read, pr.kind), slices.Index(read, pr.id)
				if i >= 0 && j >= 0 && row[i] != nil && row[j] != nil {
					addPair(out.pairs, pr, *row[i], *row[j])
				}
			}
			return nil
		})
		return err
	})
}

func addPair(pairs map[pair]map[string]map[string]bool, pr pair, kind, id string) {
	if pairs[pr] == nil {
		pairs[pr] = map[string]map[string]bool{}
	}
	if pairs[pr][kind] == nil {
		pairs[pr][kind] = map[string]bool{}
	}
	if len(pairs[pr][kind]) < keptValues && id != "" && id != "0" {
		pairs[pr][kind][id] = true
	}
}

// see counts one value.
func (f *facts) see(value *string, typ datamap.ColumnType, country string) {
	f.rows++
	if value == nil || *value == "" {
		return
	}
	switch v := *value; {
	case typ.Base == "bytea":
		f.full++
		f.shapes[magic(v)]++
		f.long++
	case typ.IsArray():
		f.full++
		if f.elements == nil {
			f.elements = newFacts()
		}
		var list []any
		if json.Unmarshal([]byte(v), &list) == nil {
			for _, one := range list {
				s := plain(one)
				f.elements.see(&s, datamap.ColumnType{Base: "text"}, country)
			}
		}
	case typ.IsJSON():
		f.full++
		var doc any
		if json.Unmarshal([]byte(v), &doc) == nil {
			f.walk("$", doc, country, 0)
		}
	default:
		f.full++
		f.length += len(v)
		if isText(typ) {
			if shape := looks(v, country); shape != "" {
				f.shapes[shape]++
			}
			f.reference(v)
		}
		f.keep(v)
	}
}

func (f *facts) keep(v string) {
	switch {
	case len(v) > keptLength:
		f.long++
	case f.values[v] > 0 || len(f.values) < keptValues:
		f.values[v]++
	}
}

// walk sees each value inside a json document by its path.
func (f *facts) walk(path string, doc any, country string, depth int) {
	switch d := doc.(type) {
	case map[string]any:
		for key, value := range d {
			if depth < 5 && plainKey.MatchString(key) {
				f.walk(path+"."+key, value, country, depth+1)
			}
		}
	case []any:
		for _, value := range d {
			f.walk(path+"[*]", value, country, depth+1)
		}
	default:
		in := f.inside[path]
		if in == nil {
			if len(f.inside) >= 200 {
				return
			}
			in = newFacts()
			f.inside[path] = in
		}
		s := plain(doc)
		in.see(&s, datamap.ColumnType{Base: "text"}, country)
	}
}

func plain(v any) string {
	switch one := v.(type) {
	case string:
		return one
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(one, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(one)
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func isText(t datamap.ColumnType) bool {
	return slices.Contains([]string{"text", "varchar", "bpchar", "citext", "name"}, t.Base)
}

func tableName(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return pgx.Identifier{schema, table}.Sanitize()
}

package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/mention"
)

// searchPacked finds and replaces mentions in other people's rows where the database cannot look: in texts that are encoded
// and in documents.
func (r *run) searchPacked(ctx context.Context, tables []*datamap.PlannedTable) error {
	if r.words.needles.empty() {
		return nil
	}
	for _, t := range tables {
		columns := t.Packed()
		if len(columns) == 0 || t.Mentions && t.Erase == datamap.DeleteRow {
			continue
		}
		if err := r.openTable(ctx, t, columns); err != nil {
			return err
		}
	}
	return nil
}

// openTable reads the packed columns of a table from one end to the other; only rows that change are locked.
func (r *run) openTable(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column) error {
	where, args := r.words.needles.packed(t, columns, 3)
	for _, p := range t.Paths {
		where += " and (" + pathSQL{r.plan}.linked(t, p) + ") is not true"
	}
	sql := fmt.Sprintf(`select %s, %s from %s as x where ($2::text = '' or (%s) > (%s)) and ($1::text[] is not null) and %s order by %s limit %d`,
		keyText("x", t.Key), textsSQL(t, columns), tableSQL(t), list("x", t.Key), keyParts(t, "$2"), where, list("x", t.Key), packedChunk)
	names := func(text string) bool {
		return slices.ContainsFunc(r.words.loose.Find(text, mention.Context{}), looseEnough)
	}
	for last := ""; ; {
		rows, err := queryTexts(ctx, r.tx, t, sql, append([]any{r.keys, last}, args...)...)
		if err != nil {
			return err
		}
		var keys []string
		for _, row := range rows {
			if slices.ContainsFunc(r.cells(t, columns, row), func(in cell) bool { return in.text != nil && namesAny(in, names) }) {
				keys = append(keys, row.key)
			}
			last = row.key
		}
		if err := r.redactOthers(ctx, t, columns, keys); err != nil {
			return err
		}
		if len(rows) < packedChunk {
			return nil
		}
	}
}

// packedChunk is how many documents are held at once.
const packedChunk = 200

// redactOthers replaces the mentions in some rows of other people.
func (r *run) redactOthers(ctx context.Context, t *datamap.PlannedTable, columns []*datamap.Column, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	rows, err := r.readWhere(ctx, t, columns, keyIn("x", t.Key, typesOf(t, t.Key), "$1"), len(keys), keys)
	if err != nil {
		return err
	}
	return r.mentionRows(ctx, t, columns, rows)
}

// cells are the values of a row with the encoding of each.
func (r *run) cells(t *datamap.PlannedTable, columns []*datamap.Column, row textRow) []cell {
	out := make([]cell, len(columns))
	for i, c := range columns {
		out[i] = cell{t: t, c: c, key: row.key, text: row.texts[i], encoding: encodingOf(t, columns, c, row.texts)}
	}
	return out
}

// packed holds, on alias x, for rows that have to be opened: what is compressed or in Base64, always; what is plain or
// quoted-printable, where a needle is in it. The first argument is $first.
func (n needles) packed(t *datamap.PlannedTable, columns []*datamap.Column, first int) (string, []any) {
	p := func(i int) string { return fmt.Sprintf("$%d::text[]", first+i) }
	var opened, texts []string
	for _, c := range columns {
		value := "x." + quote(c.Name)
		encoding := literal(c.Encoding)
		if t.Column(c.Encoding) != nil {
			encoding = "lower(btrim(x." + quote(c.Encoding) + "::text))"
		}
		if t.Types[c.Name].Base == "bytea" {
			opened = append(opened, value+" is not null")
			continue
		}
		opened = append(opened, fmt.Sprintf("%s is not null and %s in ('base64', 'storable', 'zlib', 'gzip')", value, encoding))
		// A line that was too long goes on in the next one.
		texts = append(texts, fmt.Sprintf(`replace(replace(%s::text, E'=\r\n', ''), E'=\n', '')`, value))
	}
	where := "(" + strings.Join(opened, " or ")
	if len(texts) > 0 {
		where += " or " + n.readingOf(texts, p)
	}
	where += ")"
	args := []any{n.given, n.surname, n.texts, n.numbers}
	for i := range args {
		where += placed(where, p(i))
	}
	return where, args
}

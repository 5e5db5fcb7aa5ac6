package records

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"insyn/internal/datamap"
)

// node is what a plan of the database says of one step.
type node struct {
	Type     string  `json:"Node Type"`
	Schema   string  `json:"Schema"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Plans    []node  `json:"Plans"`
	Time     float64 `json:"Actual Total Time"`
}

// explain asks the database how it will find the person's rows. It may read a small table from end to end, and rightly; a
// large one it reads so, or through the whole of an index that begins with something else, where it has no index to go by.
func (p *planner) explain(ctx context.Context, t *datamap.PlannedTable, out *TablePlan) error {
	if out.Predicate == "" {
		return nil
	}
	sql := fmt.Sprintf(`select %s from %s as x where %s`, keyText("x", t.Key), quoteTable(t.Name), out.Predicate)
	options := "verbose, format json"
	if p.analyze {
		options = "analyze, timing, verbose, format json"
	}
	read, took, err := p.steps(ctx, options, sql)
	if err != nil {
		return err
	}
	out.TookMS = took
	for _, r := range read {
		var root string
		if root, r.Rows, err = p.size(ctx, r.Table); err != nil {
			return err
		}
		r.Table = root
		if slices.Contains(out.Reads, r) {
			continue // another partition, by the same way
		}
		if r.Rows > seqScanRows && !p.leads(t, r) {
			lines := p.wanted(t, r.Table)
			r.Warn, r.Create = len(lines) > 0, strings.Join(lines, " ")
		}
		out.Reads = append(out.Reads, r)
	}
	return nil
}

// steps are the tables that a statement reads, each once by each way.
func (p *planner) steps(ctx context.Context, options, sql string) ([]Reading, float64, error) {
	var doc []byte
	if err := p.tx.QueryRow(ctx, "explain ("+options+") "+sql, p.keys).Scan(&doc); err != nil {
		return nil, 0, err
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal(doc, &plans); err != nil || len(plans) == 0 {
		return nil, 0, fmt.Errorf("read the database's plan: %w", err)
	}
	var out []Reading
	var walk func(n node, relation string)
	walk = func(n node, relation string) {
		if n.Relation != "" {
			relation = n.Schema + "." + n.Relation
		}
		switch {
		case n.Index != "", n.Type == "Seq Scan" || n.Type == "Sample Scan":
			r := Reading{Table: relation, Index: n.Index}
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
		for _, c := range n.Plans {
			walk(c, relation)
		}
	}
	walk(plans[0].Plan, "")
	return out, plans[0].Plan.Time, nil
}

// size is how many rows a table has, by the planner's estimate, which is missing before the first analyze. A partition
// stands for its table.
func (p *planner) size(ctx context.Context, table string) (root string, n int64, err error) {
	err = p.tx.QueryRow(ctx, `
		select n.nspname || '.' || r.relname,
		       (select sum(greatest(reltuples, 0))::bigint from pg_class where oid = r.oid or oid in (select relid from pg_partition_tree(r.oid) where isleaf))
		  from pg_class r
		  join pg_namespace n on n.oid = r.relnamespace
		 where r.oid = coalesce(pg_partition_root($1::regclass), $1::regclass)`, quoteTable(table)).Scan(&root, &n)
	if err != nil || n > 0 {
		return root, n, err
	}
	err = p.tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from (select 1 from %s limit %d) as x`, quoteTable(root), 100*seqScanRows)).Scan(&n)
	return root, n, err
}

// leads says whether the index that is read begins with a column of a join.
func (p *planner) leads(t *datamap.PlannedTable, r Reading) bool {
	table := p.s.plan.Table(r.Table)
	if r.Index == "" || table == nil {
		return false
	}
	i := slices.IndexFunc(table.Live.Indexes, func(x datamap.Index) bool { return x.Name == r.Index })
	if i < 0 || table.Live.Indexes[i].Columns[0] == "" {
		return true // a partition's own, or an expression that the planner found to fit
	}
	first := table.Live.Indexes[i].Columns[0]
	if table.Name == p.s.plan.Subject().Name && slices.Contains(table.Key, first) {
		return true
	}
	for _, path := range t.Paths {
		at := t.Name
		for _, h := range path.Hops {
			for _, pair := range h.On {
				if at == r.Table && pair.Ours == first || h.Table == r.Table && pair.Theirs == first {
					return true
				}
			}
			at = h.Table
		}
	}
	return false
}

// wanted are the indexes that the paths of t need on a table and do not find: a run comes from the person, so each step
// needs one on the columns that lead towards them.
func (p *planner) wanted(t *datamap.PlannedTable, table string) []string {
	var out []string
	for _, path := range t.Paths {
		at := t.Name
		for _, h := range path.Hops {
			if at == table && !p.serves(table, h.On) {
				if line := p.createIndex(table, h.On); !slices.Contains(out, line) {
					out = append(out, line)
				}
			}
			at = h.Table
		}
	}
	return out
}

// serves says whether an index begins with a column of the join, taken as the join takes it.
func (p *planner) serves(table string, on []datamap.Pair) bool {
	t := p.s.plan.Table(table)
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.Live.Indexes, func(x datamap.Index) bool {
		return x.Partial == "" && slices.ContainsFunc(on, func(pair datamap.Pair) bool {
			switch {
			case pair.OursPart.Inside():
				return x.Method == "gin" && x.Columns[0] == pair.Ours
			case pair.Folded:
				return x.Columns[0] == "" && strings.HasPrefix(x.Exprs[0], "lower(") && strings.Contains(x.Exprs[0], pair.Ours)
			}
			return x.Method != "gin" && x.Columns[0] == pair.Ours
		})
	})
}

func (p *planner) createIndex(table string, on []datamap.Pair) string {
	var columns []string
	method := ""
	name := ""
	for _, pair := range on {
		column := quote(pair.Ours)
		name += "_" + pair.Ours
		switch {
		case pair.OursPart.Array:
			method = "using gin "
		case pair.OursPart.JSON != "":
			method, column = "using gin ", column+" jsonb_path_ops"
		case pair.Folded:
			column = "lower(" + column + "::text)"
		}
		columns = append(columns, column)
	}
	return fmt.Sprintf("create index %s%s on %s %s(%s);", concurrently(p.s.plan.Table(table)), quote(indexName(table, name+"_idx")), quoteTable(table), method, strings.Join(columns, ", "))
}

// concurrently keeps the CRM writing while the index is built. On a partitioned table PostgreSQL cannot.
func concurrently(t *datamap.PlannedTable) string {
	if t != nil && t.Kind() == "p" {
		return ""
	}
	return "concurrently "
}

// indexName is one that PostgreSQL does not cut off.
func indexName(table, rest string) string {
	_, name, _ := strings.Cut(table, ".")
	name = "insyn_" + name + rest
	if len(name) > 63 {
		name = fmt.Sprintf("%.50s_%08x", name, crc32.ChecksumIEEE([]byte(name)))
	}
	return name
}

// search says what the pass over everybody's rows reads, and which index would spare it the whole table.
func (p *planner) search(ctx context.Context, t *datamap.PlannedTable, out *TablePlan) error {
	columns := t.Searched()
	if len(columns) == 0 {
		return nil
	}
	_, rows, err := p.size(ctx, t.Name)
	if err != nil {
		return err
	}
	out.Search = &Searching{Rows: rows}
	for _, c := range columns {
		out.Search.Columns = append(out.Search.Columns, c.Name)
		if text, numbers := trigrams(t.Live, c.Name); rows > seqScanRows && !text {
			out.Search.Create = append(out.Search.Create, trigramIndexes(t, c, numbers)...)
		}
	}
	if len(out.Search.Create) > 0 {
		out.Search.Create = append([]string{"create extension if not exists pg_trgm;"}, out.Search.Create...)
	}
	return nil
}

// MissingTrigrams are the statements that make the indexes by which an erasure finds who is named in free text, for the mapped
// texts of tables of some size that have none.
func MissingTrigrams(ctx context.Context, q querier, plan *datamap.Plan) ([]string, error) {
	p := &planner{tx: q}
	var out []string
	for _, t := range plan.Tables {
		var x TablePlan
		if err := p.search(ctx, t, &x); err != nil {
			return nil, err
		}
		if x.Search == nil || len(x.Search.Create) == 0 {
			continue
		}
		if len(out) > 0 {
			x.Search.Create = x.Search.Create[1:] // the extension
		}
		out = append(out, x.Search.Create...)
	}
	return out, nil
}

// trigramIndexes are the statements that make the search of a column's texts independent of the table's size: one for
// words and, where the column is a text, one for numbers however they are grouped. A search reads all that waits to be
// sorted into an index, so that little may wait.
func trigramIndexes(t *datamap.PlannedTable, c *datamap.Column, numbers bool) []string {
	column, typ := quote(c.Name), t.Types[c.Name]
	out := []string{fmt.Sprintf("create index %s%s on %s using gin (%s gin_trgm_ops) with (gin_pending_list_limit = 64);", concurrently(t), quote(indexName(t.Name, "_"+c.Name+"_trgm_idx")),
		quoteTable(t.Name), searchText(column, typ))}
	if !numbers && isText(typ) {
		out = append(out, fmt.Sprintf("create index %s%s on %s using gin (%s gin_trgm_ops) with (gin_pending_list_limit = 64) where %s ~ %s;", concurrently(t),
			quote(indexName(t.Name, "_"+c.Name+"_digits_idx")), quoteTable(t.Name), digitsSQL(column), column, numberRun))
	}
	return out
}

package datamap

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Querier reads the catalog: a pool, a connection or a transaction. Begin makes a transaction, or a savepoint in one.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Begin(ctx context.Context) (pgx.Tx, error)
}

// ColumnType is what the live catalog knows of a column.
type ColumnType struct {
	Name      string // as format_type writes it, with length
	Base      string // the type below a domain, without length: text, varchar, int8, date, timestamptz, jsonb, _text …
	Elem      string // of an array, as format_type writes it
	Length    int    // of varchar(n) and char(n), 0 where there is none
	NotNull   bool
	Generated bool
	Select    bool // the current role may read it
	Update    bool
	Insert    bool
}

// IsArray says that the column holds a list.
func (t ColumnType) IsArray() bool { return len(t.Base) > 1 && t.Base[0] == '_' }

// IsJSON says that it holds a json document.
func (t ColumnType) IsJSON() bool { return t.Base == "json" || t.Base == "jsonb" }

// IsInteger says that it holds whole numbers.
func (t ColumnType) IsInteger() bool { return t.Base == "int2" || t.Base == "int4" || t.Base == "int8" }

// Catalog is the live schema of a source, apart from the system's own and ours.
type Catalog struct {
	Tables      map[string]*LiveTable
	ForeignKeys []ForeignKey
	Copies      []string            // materialised views
	Reads       map[string][]string // a view, and the tables and views that it reads
}

// LiveTable is a table, view or materialised view as the database has it. Partitions are none: their parent is the table.
type LiveTable struct {
	Name     string
	Kind     string // pg_class.relkind: r, p (partitioned), m (materialised view), v, f
	Columns  map[string]ColumnType
	Order    []string // of the columns
	Key      []string // primary key
	Parents  []string // tables that it inherits from
	Children bool     // others inherit from it: rows of this table alone are "only" it
	// Partitioned are the columns that decide the partition, where no default partition takes the other values.
	Partitioned []string
	Rows        int64 // the planner's estimate
	Delete      bool  // the current role may delete rows
	Hidden      bool  // row level security may hide rows from the current role
	Checks      []Constraint
	// ForeignKeys lead from the table to others.
	ForeignKeys []ForeignKey
	Uniques     []Constraint
	Indexes     []Index
	Triggers    []string
}

// Constraint is a CHECK (with its expression) or a UNIQUE of a table, or a CHECK of the domain of one of its columns.
type Constraint struct {
	Name    string
	Columns []string
	Expr    string // of a CHECK; of a domain's, over the word value
	Domain  bool
}

// Index is a usable index. Columns are column names, "" for an expression, whose text is in Exprs at the same place.
type Index struct {
	Name    string
	Method  string // btree, gin …
	Columns []string
	Exprs   []string
	Classes []string // operator classes
	Partial string   // predicate
}

// ForeignKey leads from columns of a table to columns of another. OnDelete is pg_constraint.confdeltype.
type ForeignKey struct {
	Name, From, To string
	Columns        []string
	ToColumns      []string
	OnDelete       string
}

// ReadCatalog reads the live schema.
func ReadCatalog(ctx context.Context, q Querier) (*Catalog, error) {
	c := &Catalog{Tables: map[string]*LiveTable{}}
	for _, part := range []struct {
		what string
		read func(context.Context, Querier) error
	}{
		{"columns", c.readColumns},
		{"constraints", c.readConstraints},
		{"domains", c.readDomains},
		{"indexes", c.readIndexes},
		{"triggers", c.readTriggers},
		{"views", c.readCopies},
	} {
		if err := part.read(ctx, q); err != nil {
			return nil, fmt.Errorf("read the %s of the source: %w", part.what, err)
		}
	}
	return c, nil
}

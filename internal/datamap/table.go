package datamap

import "insyn/internal/dossier"

// Table is one mapped table. Category, Purpose, Provenance, Recipients and Retention hold for each column that says
// nothing else.
type Table struct {
	Label      dossier.Label `yaml:"label"`
	Intro      dossier.Label `yaml:"intro"`
	Key        []string      `yaml:"key"`
	Path       Paths         `yaml:"path"`
	Category   string        `yaml:"category"`
	Purpose    string        `yaml:"purpose"`
	Provenance string        `yaml:"provenance"`
	Recipients []string      `yaml:"recipients"`
	Retention  string        `yaml:"retention"`
	Disclose   string        `yaml:"disclose"`
	Erase      string        `yaml:"erase"`
	Keep       *Keep         `yaml:"keep"`
	LogOf      string        `yaml:"log_of"`
	ConsentLog bool          `yaml:"consent_log"`
	OrderBy    string        `yaml:"order_by"`
	Warn       List[Warn]    `yaml:"warn"`
	Columns    List[*Column] `yaml:"columns"`

	// Name is schema and table as the map writes them.
	Name  string `yaml:"-"`
	Pos   Pos    `yaml:"-"`
	Paths []Path `yaml:"-"`
	Near  []Path `yaml:"-"` // of the subject table
}

// Erase words of a table; "" changes the columns of the row, each by its own action.
const (
	DeleteRow = "delete_row" // rows that are the subject's alone go; a shared row is changed column by column
	CutLink   = "cut"        // the table only ties persons to rows: the subject's ties go
)

// Keep fences rows that a law demands. Until names the retention rule, FinancialYearEnd the column with the last day
// of the row's financial year, Columns what stays (the rest has its own action). With names a kept table that the rows
// belong to and share the end with, where they have no date of their own. After is what happens when the end has come:
// delete_row (also where nothing is said), or anonymise. Fence are columns of the subject's own row that the kept rows
// need, such as the name of a buyer by reference: they are fenced with the rows and expire by their own erase action.
type Keep struct {
	Until            string   `yaml:"until"`
	With             string   `yaml:"with"`
	FinancialYearEnd string   `yaml:"financial_year_end"`
	Columns          []string `yaml:"columns"`
	After            string   `yaml:"after"`
	Fence            []string `yaml:"fence"`
}

// Anonymise is the word of Keep.After that leaves the row and empties its kept columns.
const Anonymise = "anonymise"

// Deletes tells whether kept rows are deleted when their time is over.
func (k *Keep) Deletes() bool { return k.After != Anonymise }

// Warn counts rows that the approver should know of: When is a condition on the table's own columns.
type Warn struct {
	When  string        `yaml:"when"`
	Label dossier.Label `yaml:"label"`
}

// Column is one mapped column. Also are purposes beside Purpose. Words names the set that explains its codes, those in a
// list and the keys of a json object too.
type Column struct {
	Label      dossier.Label   `yaml:"label"`
	Role       string          `yaml:"role"`
	Category   string          `yaml:"category"`
	Purpose    string          `yaml:"purpose"`
	Also       []string        `yaml:"also"`
	Provenance string          `yaml:"provenance"`
	Recipients []string        `yaml:"recipients"`
	Retention  string          `yaml:"retention"`
	Portable   bool            `yaml:"portable"`
	Search     bool            `yaml:"search"`
	Edit       string          `yaml:"edit"`
	Choices    []string        `yaml:"choices"`
	Words      string          `yaml:"words"`
	Disclose   string          `yaml:"disclose"`
	Type       string          `yaml:"type"`
	Scan       bool            `yaml:"scan"`
	Erase      Erase           `yaml:"erase"`
	Keep       string          `yaml:"keep"`
	JSON       List[*JSONRule] `yaml:"json"`

	Name string `yaml:"-"`
	Pos  Pos    `yaml:"-"`
}

// JSONRule is what happens to one path ("$.size", or "$.*" for all that no other rule names) of a json column.
type JSONRule struct {
	Label  dossier.Label `yaml:"label"`
	Role   string        `yaml:"role"`
	Decide *bool         `yaml:"decide"`
	Erase  Erase         `yaml:"erase"`
	Keep   string        `yaml:"keep"`
}

// Disclosed says whether the person gets the column.
func (c *Column) Disclosed() bool { return c.Disclose == "yes" || c.Disclose == "mask_others" }

// Column returns the column called name.
func (t *Table) Column(name string) *Column {
	c, _ := t.Columns.Get(name)
	return c
}

// ByRole returns the first column with a role, or nil.
func (t *Table) ByRole(role string) *Column {
	for _, e := range t.Columns {
		if e.Value.Role == role {
			return e.Value
		}
	}
	return nil
}

// Scanned are the columns that unlinked mentions are searched in.
func (t *Table) Scanned() []*Column {
	var out []*Column
	for _, e := range t.Columns {
		if e.Value.Scan {
			out = append(out, e.Value)
		}
	}
	return out
}

// Kept says whether a law keeps the column.
func (t *Table) Kept(column string) bool {
	if t.Keep == nil {
		return false
	}
	for _, c := range t.Keep.Columns {
		if c == column {
			return true
		}
	}
	return false
}

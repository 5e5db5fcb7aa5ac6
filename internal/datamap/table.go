package datamap

import "insyn/internal/dossier"

// Table is one mapped table. Category, Purpose, Provenance, Recipients and Retention hold for each column that says
// nothing else. DeleteWhen is a condition on the row: the subject's own rows that fulfil it are deleted, the others changed
// column by column. Mentions says that no row is anybody's and that its texts may name people; with erase: delete_row a row
// that names the person goes, whatever its text is wrapped in.
type Table struct {
	Label      dossier.Label `yaml:"label"`
	Intro      dossier.Label `yaml:"intro"`
	Key        []string      `yaml:"key"`
	Path       Paths         `yaml:"path"`
	Mentions   bool          `yaml:"mentions"`
	Category   string        `yaml:"category"`
	Purpose    string        `yaml:"purpose"`
	Provenance string        `yaml:"provenance"`
	Recipients []string      `yaml:"recipients"`
	Retention  string        `yaml:"retention"`
	Disclose   string        `yaml:"disclose"`
	Erase      string        `yaml:"erase"`
	DeleteWhen string        `yaml:"delete_when"`
	Keep       *Keep         `yaml:"keep"`
	LogOf      string        `yaml:"log_of"`
	ConsentLog bool          `yaml:"consent_log"`
	OrderBy    string        `yaml:"order_by"`
	Warn       List[Warn]    `yaml:"warn"`
	Refuse     List[Warn]    `yaml:"refuse"`
	Decide     string        `yaml:"decide"`
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

// Keep fences rows that a law demands. Until names the retention rule. The end is counted from FinancialYearEnd (a column
// with the last day of the row's financial year), from Date (a column with the row's own date), or from the row With
// another kept table that it belongs to. Columns stay; the rest has its own action.
//
// A record that is kept must go on naming its counterparty. Party are its own columns that do; Freeze copies the subject
// row's columns onto the record first, where it is empty there ("{given_name} {surname}"); Fence are columns of the subject
// row that stay as long as the record. After is what becomes of the row when its time is over.
type Keep struct {
	Until            string       `yaml:"until"`
	With             string       `yaml:"with"`
	FinancialYearEnd string       `yaml:"financial_year_end"`
	Date             string       `yaml:"date"`
	Columns          []string     `yaml:"columns"`
	Party            []string     `yaml:"party"`
	Freeze           List[string] `yaml:"freeze"`
	Fence            []string     `yaml:"fence"`
	After            string       `yaml:"after"`
}

// From is the column that the end is counted from, "" where the row goes With another.
func (k *Keep) From() string {
	if k.Date != "" {
		return k.Date
	}
	return k.FinancialYearEnd
}

// What becomes of a kept row when its time is over; "" is DeleteRow.
const AfterAnonymise = "anonymise" // each kept column by its own erase action

// Deletes tells whether kept rows are deleted when their time is over.
func (k *Keep) Deletes() bool { return k.After != AfterAnonymise }

// Warn is a rule that counts rows: When is a condition on the table's own columns. As warn the approver is told; as
// refuse nothing is erased while there is one.
type Warn struct {
	When  string        `yaml:"when"`
	Label dossier.Label `yaml:"label"`
}

// Column is one mapped column. Also are purposes beside Purpose. Words names the set that explains its codes, those in a
// list and the keys of a json object too. Of names the path of the one person whom the column is about, in a row of
// several. Encoding is how a text or document is wrapped: base64, quoted-printable, or the column that says which.
// Document says what becomes of a document that names the person and cannot be rewritten: delete or list. RefersWhen is a
// condition on the row under which a text column holds the person's key, which is then cut: an old value in a journal.
// RoleWhen is one under which the column has its role: a value of a custom field. Roles are several roles with the condition
// of each. RefersWithin finds the person's key inside a text, such as a list of keys: a regular expression in which ({id}) stands
// for it.
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
	Of         string          `yaml:"of"`
	Encoding   string          `yaml:"encoding"`
	Document   string          `yaml:"document"`
	RefersWhen string          `yaml:"refers_when"`
	RoleWhen   string          `yaml:"role_when"`
	Roles      List[string]    `yaml:"roles"`
	Within     string          `yaml:"refers_within"`
	Erase      Erase           `yaml:"erase"`
	Keep       string          `yaml:"keep"`
	Decide     string          `yaml:"decide"`
	JSON       List[*JSONRule] `yaml:"json"`

	Name string `yaml:"-"`
	Pos  Pos    `yaml:"-"`
}

// JSONRule is what happens to one path ("$.size", "$.members[*].name", or "$.*" for all that no other rule names) of a
// json column: it is removed, its texts are redacted, a constant takes its place, or it is kept with a reason.
type JSONRule struct {
	Label  dossier.Label `yaml:"label"`
	Role   string        `yaml:"role"`
	Decide *bool         `yaml:"decide"`
	Erase  Erase         `yaml:"erase"`
	Keep   string        `yaml:"keep"`
}

// RoleRule is a role of a column and the condition on the row under which it has it, "" for always.
type RoleRule struct{ Role, When string }

// RoleRules are the roles of the column.
func (c *Column) RoleRules() []RoleRule {
	var out []RoleRule
	if c.Role != "" {
		out = append(out, RoleRule{c.Role, c.RoleWhen})
	}
	for _, e := range c.Roles {
		out = append(out, RoleRule{e.Name, e.Value})
	}
	return out
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

// Freezes says whether a copy of the person is made in the column before their own row is erased.
func (t *Table) Freezes(column string) bool {
	if t.Keep == nil {
		return false
	}
	_, ok := t.Keep.Freeze.Get(column)
	return ok
}

// Package datamap is the declared truth about where personal data is: it parses the map strictly, and turns map and
// live schema into a plan, or into the list of what is missing. No name of any CRM stands in code, only in its map.
package datamap

import (
	"encoding/hex"

	"insyn/internal/dossier"
)

// Map is a parsed and checked data map.
type Map struct {
	Number            int              `yaml:"version"`
	ControllerCountry string           `yaml:"controller_country"`
	Categories        List[Category]   `yaml:"categories"`
	Purposes          List[*Purpose]   `yaml:"purposes"`
	Recipients        List[*Recipient] `yaml:"recipients"`
	Retention         List[*Retention] `yaml:"retention"`
	Words             List[Words]      `yaml:"words"`
	Sources           List[*Source]    `yaml:"sources"`
	hash              []byte
}

// Version is the map's own number, raised by whoever changes it.
func (m *Map) Version() int { return m.Number }

// Hash is SHA-256 of the file, byte for byte.
func (m *Map) Hash() []byte { return m.hash }

// HashText is the hash in hexadecimal.
func (m *Map) HashText() string { return hex.EncodeToString(m.hash) }

// Source returns the source called name.
func (m *Map) Source(name string) (*Source, bool) { return m.Sources.Get(name) }

// Words say what stored codes mean, so that a person reads words and not codes. A column names the set it needs.
type Words = List[dossier.Label]

// Category is a kind of personal data in the words of its reader.
type Category struct {
	SV string `yaml:"sv"`
	EN string `yaml:"en"`
}

// Label is the category's name in each language.
func (c Category) Label() dossier.Label { return dossier.Label{"sv": c.SV, "en": c.EN} }

// Purpose is why data is used, in the infinitive. SoleTrader replaces the basis where the person is the business. A
// purpose with a Box (newsletter) holds only for who said yes in it. Decide is an open question, here and below: until it is
// settled and taken out, Check stops.
type Purpose struct {
	SV         string        `yaml:"sv"`
	EN         string        `yaml:"en"`
	Basis      string        `yaml:"basis"`
	Box        string        `yaml:"box"`
	Interest   dossier.Label `yaml:"interest"`
	SoleTrader *Basis        `yaml:"sole_trader"`
	Decide     string        `yaml:"decide"`
}

// Basis is a legal basis and which interest or law it rests on.
type Basis struct {
	Basis    string        `yaml:"basis"`
	Interest dossier.Label `yaml:"interest"`
}

// For returns the purpose as it is told to a person, who may be a sole trader.
func (p *Purpose) For(soleTrader bool) dossier.Purpose {
	d := dossier.Purpose{Text: dossier.Label{"sv": p.SV, "en": p.EN}, Basis: p.Basis, Interest: p.Interest}
	if soleTrader && p.SoleTrader != nil {
		d.Basis, d.Interest = p.SoleTrader.Basis, p.SoleTrader.Interest
	}
	return d
}

// Recipient has received data or will. Country is ISO 3166.
type Recipient struct {
	Name      string        `yaml:"name"`
	Role      string        `yaml:"role"`
	Country   string        `yaml:"country"`
	Why       dossier.Label `yaml:"why"`
	Safeguard dossier.Label `yaml:"safeguard"`
}

// Retention is how long data is kept. Law, LawSentence, Years and From belong to what a law demands.
type Retention struct {
	SV          string        `yaml:"sv"`
	EN          string        `yaml:"en"`
	Law         dossier.Label `yaml:"law"`
	LawSentence dossier.Label `yaml:"law_sentence"`
	Years       int           `yaml:"years"`
	From        string        `yaml:"from"`
	Decide      string        `yaml:"decide"`
}

// Source is one database that holds personal data. By are columns that say in any table who typed a row (creator,
// updated_by): in each mapped table that has such a column and does not map it itself, the reference is cut.
type Source struct {
	DSNEnv  string        `yaml:"dsn_env"`
	Label   dossier.Label `yaml:"label"`
	Subject Subject       `yaml:"subject"`
	Staff   *Staff        `yaml:"staff"`
	Exclude List[string]  `yaml:"exclude"`
	By      List[*Column] `yaml:"by"`
	Tables  List[*Table]  `yaml:"tables"`
}

// Table returns the mapped table called name.
func (s *Source) Table(name string) (*Table, bool) { return s.Tables.Get(name) }

// SubjectTable is the table of the persons themselves.
func (s *Source) SubjectTable() *Table {
	t, _ := s.Tables.Get(s.Subject.Table)
	return t
}

// Subject says which table has one row a person. MergedInto is the column that leads from a merged duplicate to the
// row that replaced it, "" where there is none. When holds for the rows that are persons, where others (groups, fixtures)
// stand beside them. Written are forms in which texts refer to a person by key or by
// login, such as "user#{id}" and "{handle}@desk.example".
type Subject struct {
	Table      string   `yaml:"table"`
	Key        []string `yaml:"key"`
	MergedInto string   `yaml:"merged_into"`
	When       string   `yaml:"when"`
	Written    []string `yaml:"written"`
}

// Staff is the table of the company's own people. Their names stay in a text that a person gets only where Disclose
// is true (CJEU C-579/21: only where it is indispensable).
type Staff struct {
	Table    string `yaml:"table"`
	Name     string `yaml:"name"`
	Email    string `yaml:"email"`
	Disclose bool   `yaml:"disclose"`
}

// Package dossier is the record stream of a dossier (all data of one subject, collected) and its renderings:
// page, CSV, JSON and ZIP. It knows nothing of databases: records fills a Sink, share stores the stream.
package dossier

import (
	"encoding/json"
	"time"
)

// Label is a text in several languages, by language code ("sv", "en").
type Label map[string]string

// In returns the text in lang, else English, else Swedish, else any.
func (l Label) In(lang string) string {
	for _, k := range []string{lang, "en", "sv"} {
		if s := l[k]; s != "" {
			return s
		}
	}
	for _, s := range l {
		return s
	}
	return ""
}

// Meta is what the reader is told beside the data itself (GDPR Art. 15(1) and (2)).
// It stands first in the stream, so that the pages can be rendered without a map or a database.
type Meta struct {
	RequestID int64     `json:"request_id"`
	Kind      string    `json:"kind"`     // a dsar.Kind; "access" for shared information too
	AsOf      time.Time `json:"as_of"`    // the snapshot's time
	Received  string    `json:"received"` // date of receipt, "" when the person did not ask
	Language  string    `json:"language"` // first language of the reader
	Searched  []Label   `json:"searched"` // the systems that were searched
	Nothing   bool      `json:"nothing"`  // no data found
	Portable  bool      `json:"portable"` // there is a portable part
	Refused   Label     `json:"refused"`  // why there is no portable part, where it was asked for

	Controller Controller           `json:"controller"`
	Purposes   map[string]Purpose   `json:"purposes"`
	Recipients map[string]Recipient `json:"recipients"`
	Retention  map[string]Retention `json:"retention"`
	Categories map[string]Label     `json:"categories,omitempty"` // names of the categories of data
	BasisText  Label                `json:"basis_text"`           // the controller's own text on the legal basis
	Automated  Answer               `json:"automated"`
	Transfers  Answer               `json:"transfers"`
	Register   *RegisterInfo        `json:"register,omitempty"`
}

// Controller says who answers for the data, and how to reach the data protection officer or contact.
type Controller struct {
	Name        string `json:"name"`
	Address     string `json:"address"`
	Switchboard string `json:"switchboard"`
	Country     string `json:"country"`
	Authority   Label  `json:"authority"`
	DPOName     string `json:"dpo_name"`
	DPOTitle    Label  `json:"dpo_title"`
	DPOEmail    string `json:"dpo_email"`
	DPOPhone    string `json:"dpo_phone"`
}

// Purpose is why data is used. Basis is one of consent, contract, legal_obligation, legitimate_interest,
// vital_interest, public_task; Interest says which interest, or which law.
type Purpose struct {
	Text     Label  `json:"text"`
	Basis    string `json:"basis"`
	Interest Label  `json:"interest,omitempty"`
}

// Recipient has received data or will. Country is ISO 3166.
type Recipient struct {
	Name      string `json:"name"`
	Role      string `json:"role"`
	Country   string `json:"country"`
	Why       Label  `json:"why"`
	Safeguard Label  `json:"safeguard,omitempty"`
}

// Retention is how long data is kept, in words, and the law where one demands it.
type Retention struct {
	Text Label `json:"text"`
	Law  Label `json:"law,omitempty"`
}

// Answer is a question of the settings: unanswered ("") prints nothing, "no" and "yes" print their text.
type Answer struct {
	State string            `json:"state"`
	Parts map[string]string `json:"parts,omitempty"` // placeholders of the reference wording
}

// RegisterInfo is what the reference register shows. Its provider is the controller of it.
type RegisterInfo struct {
	Provider string            `json:"provider"`
	Contact  string            `json:"contact"`
	Entries  []json.RawMessage `json:"entries,omitempty"`
}

// Section is one fold of the page: one kind of data, its fields, and what is true of all of it.
// Sections come one after another in the stream; ID is unique in it.
type Section struct {
	ID         string   `json:"id"`
	Source     string   `json:"source"`
	Label      Label    `json:"label"`
	Intro      Label    `json:"intro,omitempty"`
	Category   string   `json:"category"`
	Categories []string `json:"categories,omitempty"`
	Purposes   []string `json:"purposes"`
	Recipients []string `json:"recipients,omitempty"`
	Retention  []string `json:"retention,omitempty"`
	Provenance []string `json:"provenance"`
	Fields     []Field  `json:"fields"`
}

// Field describes one value of each record of a section. Words say what codes among its values mean.
type Field struct {
	Name       string           `json:"name"`
	Label      Label            `json:"label"`
	Category   string           `json:"category"`
	Purpose    string           `json:"purpose"`
	Provenance string           `json:"provenance"` // provided, observed, derived, staff, third_party, register
	Portable   bool             `json:"portable"`
	Type       string           `json:"type"` // text, number, money, date, time, bool, json, list
	Words      map[string]Label `json:"words,omitempty"`
}

// Record is one row, values in the order of the section's fields.
type Record struct {
	Values   []Value `json:"v"`
	Portable bool    `json:"p,omitempty"` // the row itself may go into a portable export
}

// Value is one datum: exact JSON as the database holds it, with other people's data masked.
type Value struct {
	JSON     json.RawMessage `json:"j"`
	Masked   bool            `json:"m,omitempty"` // parts of it are covered (GDPR Art. 15(4))
	Withheld string          `json:"w,omitempty"` // withheld whole; the reason's key
}

// Sink takes a dossier in order: Meta, then for each section Begin, its records, End.
type Sink interface {
	Meta(Meta) error
	Begin(Section) error
	Record(Record) error
	End() error
}

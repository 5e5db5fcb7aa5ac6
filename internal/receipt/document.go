// Package receipt is the proof of an erasure: what was done, in counts, with the map's labels; what a law keeps; what the
// search afterwards met. It names no person. The signed document is its only truth: page and PDF are renderings of it.
package receipt

import (
	"runtime/debug"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
)

// Format and Version say what a document is. A reader refuses another format, and a newer version.
const (
	Format  = "insyn.erasure-receipt"
	Version = 1
)

// Document is a receipt before it is signed. Times are UTC; dates are the controller's days.
type Document struct {
	Format     string     `json:"format"`
	Version    int        `json:"version"`
	Program    string     `json:"program"` // name and version
	Controller Controller `json:"controller"`
	Request    Request    `json:"request"`
	Requested  Actor      `json:"requested_by"`
	Approved   Approval   `json:"approved"`
	Sources    []Source   `json:"sources"`
	Stages     []Stage    `json:"stages,omitempty"`
	Mentions   *Mentions  `json:"mentions,omitempty"` // null where nobody was asked
	Rescan     Rescan     `json:"rescan"`
	Suppressed bool       `json:"suppressed"` // a keyed hash of the address keeps mailings away
	Backups    *Backups   `json:"backups,omitempty"`
	Register   *Register  `json:"register,omitempty"`
	SignedAt   time.Time  `json:"signed_at"`
}

// Controller is the company that answers for the erasure.
type Controller struct {
	Name     string `json:"name"`
	Country  string `json:"country"`
	Timezone string `json:"timezone"`
}

// Request is the case by its number. Ground is the letter of Article 17(1).
type Request struct {
	Number     int64     `json:"number"`
	Kind       dsar.Kind `json:"kind"`
	ReceivedOn dsar.Date `json:"received_on"`
	Channel    string    `json:"channel"`
	AskedBy    string    `json:"asked_by"`
	Ground     string    `json:"ground,omitempty"`
}

// Actor is somebody of the company: the number of an account and its roles at the time of signing. Account 0 is nobody.
type Actor struct {
	Account int64    `json:"account"`
	Roles   []string `json:"roles"`
}

// Approval is who let it happen, and when.
type Approval struct {
	Actor
	At *time.Time `json:"at,omitempty"`
}

// Source is what was done in one database. The hashes are SHA-256 in hexadecimal.
type Source struct {
	Name       string        `json:"name"`
	Label      dossier.Label `json:"label"`
	ErasedAt   time.Time     `json:"erased_at"`
	MapVersion int           `json:"map_version"`
	MapHash    string        `json:"map_hash,omitempty"`
	PlanHash   string        `json:"plan_hash,omitempty"`
	Ledger     *Ledger       `json:"ledger,omitempty"`
	Counts     []Count       `json:"counts"`
	Kept       []Kept        `json:"kept"`
}

// Ledger points at the commit point in the source: the hash of the entry, and its number where the ledger counts them.
type Ledger struct {
	Sequence int64  `json:"sequence,omitempty"`
	Hash     string `json:"hash"`
}

// Count is how many rows of a table one action took.
type Count struct {
	Table  string        `json:"table"`
	Label  dossier.Label `json:"label,omitempty"`
	Action string        `json:"action"` // anonymise, redact, delete, cut, mention
	Rows   int           `json:"rows"`
}

// Kept are rows that a law keeps, up to and including Until.
type Kept struct {
	Table    string        `json:"table"`
	Label    dossier.Label `json:"label,omitempty"`
	Law      dossier.Label `json:"law"`
	Sentence dossier.Label `json:"law_sentence"`
	Rows     int           `json:"rows"`
	Until    dsar.Date     `json:"until"`
}

// Mentions are the places in texts of which somebody decided whether they name the person: those that do were replaced.
type Mentions struct {
	Replaced int `json:"replaced"`
	Left     int `json:"left"`
}

// Stage is one part of an erasure that was too large for one transaction.
type Stage struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	Rows   int       `json:"rows"`
}

// The results of the search after an erasure.
const (
	None     = "none"     // nothing identified the person any more
	Retained = "retained" // only what a law keeps
	Found    = "found"    // something was left; such a receipt is not final and never signed
)

// Rescan is the search after the erasure, over every table of every source, mapped or not.
type Rescan struct {
	At         time.Time `json:"at"`
	Result     string    `json:"result"`
	Tables     int       `json:"tables"`
	Columns    int       `json:"columns"`
	DurationMS int64     `json:"duration_ms"`
	// Unreadable counts documents that were met and could not be read; nil where no document was opened.
	Unreadable *int    `json:"unreadable,omitempty"`
	Places     []Place `json:"places"`
}

// Place is a column that still holds an identifier, and in how many rows.
type Place struct {
	Source   string        `json:"source,omitempty"`
	Table    string        `json:"table"`
	Column   string        `json:"column"`
	Label    dossier.Label `json:"label,omitempty"` // table and column in the map's words
	Rows     int           `json:"rows"`
	Retained bool          `json:"retained"`
	Law      string        `json:"law,omitempty"`
}

// Program names this program and its version, as far as the build knows it.
func Program() string {
	name := "Insyn"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return name + " " + v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return name + " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return name
}

// ResultOf sums up places.
func ResultOf(places []Place) string {
	out := None
	for _, p := range places {
		if !p.Retained {
			return Found
		}
		out = Retained
	}
	return out
}

// Backups still hold the person until they expire.
type Backups struct {
	Days  int       `json:"days"`
	Until dsar.Date `json:"until"`
}

// Register is an outside directory that the company searches and does not answer for: nothing was erased there.
type Register struct {
	Provider string `json:"provider"`
}

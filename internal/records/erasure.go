package records

import (
	"time"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/mention"
)

// Erasure is one order to anonymise a person: the cards of Keys and those that were merged into them.
type Erasure struct {
	RequestID int64
	// Subject is the keyed hash of source and key; with RequestID it is the commit point in the ledger.
	Subject []byte
	// Epoch is the attempt. A lower one than the fence's cannot commit.
	Epoch int
	Keys  []string
	// Approved is what the approver saw; nil in a rehearsal only.
	Approved *Approved
	// RowCap bounds the rows of one transaction; above it the run works in stages. 0 is DefaultRowCap.
	RowCap int
	// Hash keys the hashes of the person's keys and identifiers in the ledger; nil writes none, and then nobody finds the
	// person again after a restore. KeyHMACs and HMACs are more of them: those that an earlier run had written.
	Hash            *Hasher
	KeyHMACs, HMACs [][]byte
	// Also are words that point at the person alone, as somebody who knows the company has decided: a rare surname, a
	// nickname, a former name that no column holds. They are looked for as a login is, everywhere.
	Also []string
	// Suppress are keyed hashes that go into the suppression list in the same transaction.
	Suppress []Suppression
	// Decisions are what somebody has said of places that the matcher is not certain of, by hash: true for the person.
	Decisions map[string]bool
	// Lang chooses the language of the constants; "" is Swedish.
	Lang string
	// Progress is told how many of the tables are done; nil is nobody.
	Progress func(done, total int)
	// Staged is told which stage has ended, and about how many there are; nil is nobody.
	Staged func(n, of int)
}

// DefaultRowCap is how many rows one transaction may change where nobody says otherwise.
const DefaultRowCap = 100_000

// Approved is a plan as it was approved: its hash, and the rows that the rehearsal counted by table.
type Approved struct {
	Hash   []byte         `json:"hash"`
	Counts map[string]int `json:"counts"`
	// Undecided is how many places nobody had decided on.
	Undecided int `json:"undecided,omitempty"`
}

// Suppression is a keyed hash of an address (channel email) or a number (phone). Origin is why: optout where empty,
// objection or erasure.
type Suppression struct {
	HMAC            []byte
	Channel, Origin string
}

// What a run does to the rows of a table.
const (
	Anonymised = "anonymise" // the row is the person's alone: every column by its action
	Redacted   = "redact"    // others share the row: only the person's part goes
	Deleted    = "delete"
	CutOff     = "cut"     // a tie between the person and a row
	Mentioned  = "mention" // somebody else's row that named the person
)

// Rehearsal is what an erasure would do: the real run, rolled back.
type Rehearsal struct {
	PlanHash                  []byte
	Tables                    []TableCount
	Kept                      []Kept
	Shared                    []Shared
	OpenDeals, UnpaidInvoices int
	Warnings                  []Warning
	Refusals                  []Warning // rules of the map that refuse the erasure; then nothing was tried
	Triggers                  []string
	Mentions                  []MentionHit // that go
	Review                    []Place      // that somebody decides on
	MorePlaces                int          // beyond those, for which nobody is asked
	Common                    []Common
	Undecided                 int // of Review, when it was rehearsed
	Took                      time.Duration
	Total                     int
	// Stages is how many transactions the run will need; 0 is one.
	Stages int
}

// Approval is what the approver of this rehearsal approves.
func (r *Rehearsal) Approval() *Approved {
	a := &Approved{Hash: r.PlanHash, Counts: map[string]int{}, Undecided: r.Undecided}
	for _, t := range r.Tables {
		a.Counts[t.Table] += t.Rows
	}
	return a
}

// TableCount is how many rows of a table one action touches.
type TableCount struct {
	Table  string        `json:"table"`
	Label  dossier.Label `json:"label"`
	Action string        `json:"action"`
	Rows   int           `json:"rows"`
}

// Kept are rows that a law keeps. Until is the last day, inclusive. Law is a short name, LawSentence what it says.
type Kept struct {
	Table       string        `json:"table"`
	Label       dossier.Label `json:"label"`
	Law         dossier.Label `json:"law"`
	LawSentence dossier.Label `json:"law_sentence"`
	Rows        int           `json:"rows"`
	Until       dsar.Date     `json:"until"`
}

// Shared are rows that others have a part in. Others counts the persons.
type Shared struct {
	Table  string        `json:"table"`
	Label  dossier.Label `json:"label"`
	Rows   int           `json:"rows"`
	Others int           `json:"others"`
}

// Warning is a rule of the map that counted rows (open_deals, unpaid_invoices), or kept_over: kept rows whose time is over.
type Warning struct {
	Kind  string        `json:"kind"`
	Table string        `json:"table"`
	Label dossier.Label `json:"label"`
	Rows  int           `json:"rows"`
}

// MentionHit is one place in a text with a little of what stands around it.
type MentionHit struct {
	Table, Column, Key   string
	Before, Match, After string
	Confidence           mention.Confidence
}

// Outcome is what an erasure did, in counts by table and action ("crm.history redact") and without names. Identifiers are the person's own as they were before;
// they come only from the run itself, never from the ledger.
type Outcome struct {
	Counts      map[string]int
	Kept        []Kept
	At          time.Time
	AlreadyDone bool
	Running     bool // in stages, and the last has not been done
	Identifiers mention.Person
}

// grew compares a run with what was approved: the rows of each table may grow by ten or a tenth, whichever is more, and
// no table may be there that was not.
func (a *Approved) grew(tables map[string]int) bool {
	for table, n := range tables {
		was, ok := a.Counts[table]
		if n > 0 && !ok || n > was+max(10, was/10) {
			return true
		}
	}
	return false
}

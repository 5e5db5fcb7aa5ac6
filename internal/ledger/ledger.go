// Package ledger keeps a file outside of every database: one line for each erasure and each suppression, so that a
// database that was restored from a backup can be told what it has forgotten. It holds keyed hashes and counts, no names.
//
// Each line carries a keyed hash of itself and the hash of the line before it. A changed line, a line that was taken out
// and a head of another key are noticed by reading; a tail that was cut off is noticed by the mark that the sources keep.
package ledger

import (
	"cmp"
	"errors"
	"time"
)

// The kinds of entries.
const (
	Erasure     = "erasure"
	Suppression = "suppression"
)

// The errors of a file that callers tell apart.
var (
	// ErrDamaged: a line was changed, or one is gone.
	ErrDamaged = errors.New("the ledger file is damaged")
	// ErrKey: the first line is not of this key.
	ErrKey = errors.New("the first line of the ledger file was changed, or was written under another INSYN_KEY")
)

// Entry is what one line says.
type Entry struct {
	Kind   string    `json:"kind"`
	Source string    `json:"source"`
	Seq    int64     `json:"seq"` // of the row in the source; a restore takes it back, so it orders and does not identify
	At     time.Time `json:"at"`

	// Of an erasure. Request and Subject identify it.
	Request    int64          `json:"request,omitempty"`
	Subject    []byte         `json:"subject,omitempty"`
	Epoch      int            `json:"epoch,omitempty"`
	KeyHMACs   [][]byte       `json:"key_hmacs,omitempty"`
	HMACs      [][]byte       `json:"hmacs,omitempty"`
	MapVersion int            `json:"map_version,omitempty"`
	Counts     map[string]int `json:"counts,omitempty"`

	// Of a suppression. HMAC and Channel identify it.
	HMAC    []byte `json:"hmac,omitempty"`
	Channel string `json:"channel,omitempty"`
	Origin  string `json:"origin,omitempty"`
}

// ID identifies an erasure or a suppression among all lines. Two lines may have the same one: the later counts.
type ID struct {
	Kind, Source string
	Request      int64
	Hash         string // the subject, or the channel and the hash of an address
}

// ID is the entry's.
func (e Entry) ID() ID {
	if e.Kind == Suppression {
		return ID{Kind: e.Kind, Source: e.Source, Hash: e.Channel + " " + string(e.HMAC)}
	}
	return ID{Kind: e.Kind, Source: e.Source, Request: e.Request, Hash: string(e.Subject)}
}

// stamp orders the lines of one ID: the later erasure counts, and the more serious reason of a suppression.
type stamp struct {
	rank int
	at   int64 // microseconds, as PostgreSQL has them
}

func (e Entry) stamp() stamp {
	if e.Kind == Suppression { // when somebody said so twice does not matter
		return stamp{rank: Rank(e.Origin)}
	}
	return stamp{at: e.At.UnixMicro()}
}

func (s stamp) compare(o stamp) int {
	return cmp.Or(cmp.Compare(s.rank, o.rank), cmp.Compare(s.at, o.at))
}

// Rank orders the reasons of a suppression: an objection or an erasure is more than no to newsletters.
func Rank(origin string) int {
	if origin == "optout" {
		return 0
	}
	return 1
}

// Mark is how far a file had come: what a source remembers of it.
type Mark struct {
	File       string
	Generation int64 // raised when the file is rewritten
	Lines      int64
	MAC        []byte
}

// Package request is a data subject request in our own tables: its people (sealed), its state, its legal date, and what
// belongs to it. Every change of state writes an audit line in the same transaction.
package request

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dsar"
	"insyn/internal/seal"
)

// Store reads and writes requests. Keys seals what identifies a person.
type Store struct {
	Pool *pgxpool.Pool
	Keys *seal.Keys
}

// RegisterSource is the source of a person who is known from the reference register only; the key is the register's id.
const RegisterSource = "register"

// Request is one request, opened.
type Request struct {
	ID              int64
	Kind            dsar.Kind
	State           dsar.State
	WaitingFor      dsar.Wait
	Asked           bool // false: we share on our own initiative; no legal date
	ReceivedAt      time.Time
	ReceivedOn      dsar.Date
	Channel         string // mail, phone, letter, visit, share_page
	AskedBy         string // self, agent, guardian
	Language        string
	AnswerBy        string // mail, paper
	Assurance       string // A, B, C
	Country         string
	Eves            bool
	Due             *dsar.Date // with pauses
	DueStrict       *dsar.Date // without pauses, eves as working days: what alarms go by
	ExtendedAt      *time.Time
	ExtendedReason  string
	Handler         int64
	CreatedBy       int64
	OriginRequestID int64
	Notes, Wish     string
	Proposal        []byte // JSON
	VerifiedHow     string
	VerifiedBy      int64
	Ground          string
	NoWait          bool
	RequestedBy     int64
	ApprovedBy      int64
	ApprovedAt      *time.Time
	ApprovedPlan    *ApprovedPlan
	RefusalGround   string
	DecidedBy       string
	AnsweredAt      *time.Time
	ClosedAt        *time.Time
	ErasedAt        *time.Time
	RescannedAt     *time.Time
	MisdeliveredAt  *time.Time // when it was reported that the answer went to somebody else
	Version         int
	Subjects        []Subject
	Pauses          []Pause
	Undecided       int  // cards that share identifiers with the person, of which nobody has said whose they are
	Held            bool // a legal hold on one of the people
}

// ApprovedPlan is what an approver saw: the plan's hash and the rows a table.
type ApprovedPlan struct {
	Hash   []byte         `json:"hash"`
	Counts map[string]int `json:"counts"`
	// Decisions stands for what was decided about mentions; nil where nothing was.
	Decisions []byte `json:"decisions,omitempty"`
}

// Subject is one person of a request. Key, Name and Address are empty once they are purged or erased.
type Subject struct {
	ID      int64
	Source  string
	Key     string
	Name    string
	Address string
	HMAC    []byte
	Receipt []byte // JSON: counts, kept classes
}

// Pause is a time in which we wait for the person (EDPB 01/2022 §159).
type Pause struct {
	ID         int64
	Why        string // identity, clarification
	AskedOn    dsar.Date
	AnsweredOn *dsar.Date
}

// Closed tells whether the request is at an end.
func (r *Request) Closed() bool { return r.State.Closed() }

// Promised tells whether an erasure was approved and is not yet proved done: there is nothing true to answer then, unless
// it was refused meanwhile.
func (r *Request) Promised() bool {
	return r.Kind == dsar.Erasure && r.RescannedAt == nil && (r.ErasedAt != nil || r.ApprovedBy != 0 && r.RefusalGround == "")
}

// AwaitsDecision tells whether it waits for somebody of ours to say whose another card is. While the person has been asked,
// it waits for them.
func (r *Request) AwaitsDecision() bool {
	return r.WaitingFor == dsar.ForIdentity && r.Undecided > 0 && !r.Asks()
}

// Asks tells whether the person has been asked something and has not answered: that is what the request waits for then.
func (r *Request) Asks() bool {
	return slices.ContainsFunc(r.Pauses, func(p Pause) bool { return p.AnsweredOn == nil })
}

// Person is the first subject, or an empty one.
func (r *Request) Person() Subject {
	if len(r.Subjects) == 0 {
		return Subject{}
	}
	return r.Subjects[0]
}

// Clock is what the legal date follows from.
func (r *Request) Clock(today dsar.Date) dsar.DueInput {
	in := dsar.DueInput{Received: r.ReceivedOn, Country: r.Country, Extended: r.ExtendedAt != nil, Eves: r.Eves, Today: today}
	for _, p := range r.Pauses {
		s := dsar.Span{From: p.AskedOn}
		if p.AnsweredOn != nil {
			s.To = *p.AnsweredOn
		}
		in.Pauses = append(in.Pauses, s)
	}
	return in
}

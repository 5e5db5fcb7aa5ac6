// Package dsar holds the words of the domain: kinds and states of a data subject request, roles, errors, legal dates.
// It imports nothing of ours.
package dsar

// Kind is what a person asks for.
type Kind string

// The kinds of request (GDPR Art. 15, 20, 16, 17, 18, 21).
const (
	Access        Kind = "access"
	Portability   Kind = "portability"
	Rectification Kind = "rectification"
	Erasure       Kind = "erasure"
	Restriction   Kind = "restriction"
	Objection     Kind = "objection"
)

// Kinds lists all kinds in the order in which pages show them.
var Kinds = []Kind{Access, Portability, Rectification, Erasure, Restriction, Objection}

// Known tells whether k is one of Kinds.
func (k Kind) Known() bool {
	for _, x := range Kinds {
		if k == x {
			return true
		}
	}
	return false
}

// State is where a request stands.
type State string

// The states of a request. Answered, Partly, Refused and Withdrawn are its ends.
const (
	Received  State = "received"
	Waiting   State = "waiting"
	Working   State = "working"
	Answered  State = "answered"
	Partly    State = "partly"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Failed    State = "failed"
)

// Closed tells whether s is an end.
func (s State) Closed() bool {
	return s == Answered || s == Partly || s == Refused || s == Withdrawn
}

// Wait is what a waiting request waits for.
type Wait string

// What a request can wait for.
const (
	ForNothing       Wait = ""
	ForIdentity      Wait = "identity"
	ForClarification Wait = "clarification"
	ForReview        Wait = "review"
	ForApproval      Wait = "approval"
	ForDelivery      Wait = "delivery"
	ForHold          Wait = "hold" // a legal hold on the person
)

// Role is what an account may do. One account may hold several.
type Role string

// The roles.
const (
	Administrator Role = "administrator"
	DPO           Role = "dpo"
	Handler       Role = "handler"
	Ops           Role = "ops"
)

// Roles lists all roles.
var Roles = []Role{Administrator, DPO, Handler, Ops}

// Package jobs is what can be asked of a worker: kinds of job, their rows, and how they reach a worker.
//
// PostgreSQL is the truth and Redis a hint: a job is a row, committed first and enqueued after. The row owns retries; a
// task in Redis holds two ids and may get lost, come twice or come late without harm, because a worker claims the row.
package jobs

import "time"

// Kind names what a worker does. Routing is by the exact kind.
type Kind string

// Queues, most urgent first.
const (
	QueueUrgent = "urgent" // a person is waiting at a page
	QueueWork   = "work"
	QueueHeavy  = "heavy"
)

// Queues are the queues and their weights.
func Queues() map[string]int {
	return map[string]int{QueueUrgent: 6, QueueWork: 3, QueueHeavy: 1}
}

// Spec is how a kind runs. Timeout is in whole seconds: asynq cuts fractions.
type Spec struct {
	Kind     Kind
	Queue    string
	Timeout  time.Duration
	Attempts int // failures that pass by themselves, before a person is asked
}

// Specs lists every kind, each from the file of its name.
func Specs() []Spec {
	return []Spec{
		codeSpec(), collectSpec(), consentSpec(), correctionSpec(), erasureSpec(),
		eventSpec(), mailSpec(), rehearsalSpec(), verificationSpec(),
	}
}

// SpecOf gives the spec of a kind; ok is false for an unknown one.
func SpecOf(k Kind) (Spec, bool) {
	for _, s := range Specs() {
		if s.Kind == k {
			return s, true
		}
	}
	return Spec{}, false
}

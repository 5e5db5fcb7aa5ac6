package dsar

import "errors"

// The errors that callers tell apart. Each edge maps them once: to an HTTP status and to retry, give up or drop.
var (
	// ErrNotFound: there is no such request, person, link or account.
	ErrNotFound = errors.New("not found")
	// ErrForbidden: the actor's roles do not allow it.
	ErrForbidden = errors.New("not allowed")
	// ErrConflict: somebody else changed it meanwhile, or its state does not allow the step.
	ErrConflict = errors.New("changed meanwhile")
	// ErrInvalid: the input is wrong; an Invalid says which field and why.
	ErrInvalid = errors.New("invalid input")
	// ErrIncomplete: the settings' checklist has unanswered questions, so nothing may leave.
	ErrIncomplete = errors.New("the settings are not complete")
	// ErrWaits: the work cannot go on yet; it waits for something that the request shows.
	ErrWaits = errors.New("waits")
	// ErrPermanent: trying again cannot help.
	ErrPermanent = errors.New("cannot work")
)

// Invalid is one wrong field. Problem is a key of the texts; it holds no value.
type Invalid struct{ Field, Problem string }

// Error names the field and the problem's key.
func (e *Invalid) Error() string { return e.Field + ": " + e.Problem }

// Is makes every Invalid an ErrInvalid.
func (e *Invalid) Is(target error) bool { return target == ErrInvalid }

// Code is an error that ends a job with a short code for operators ("no_address"). It wraps ErrPermanent or ErrWaits.
type Code struct {
	Code string
	Err  error
}

// Error is the code alone: it is stored and shown, so it must hold no personal data.
func (e *Code) Error() string { return e.Code }

// Unwrap gives the sentinel.
func (e *Code) Unwrap() error { return e.Err }

// GiveUp is a permanent failure with a code.
func GiveUp(code string) error { return &Code{Code: code, Err: ErrPermanent} }

// WaitFor is a wait with a code.
func WaitFor(code string) error { return &Code{Code: code, Err: ErrWaits} }

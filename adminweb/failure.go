package adminweb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
)

// errCrossOrigin: another site sent a form here in the visitor's name.
var errCrossOrigin = errors.New("the form came from another site")

// failure is the page instead of the one that was wanted.
type failure struct {
	frame
	Text      string
	Reference string // stands in the log beside the cause
	Link      string
	LinkText  string
}

// fail is the one place where an error becomes an answer. What the visitor reads is fixed text.
func (s *site) fail(w http.ResponseWriter, v *visit, err error) {
	if errors.Is(err, context.Canceled) && v.Context().Err() != nil {
		return // nobody is left to read
	}
	status, key := http.StatusInternalServerError, "internal"
	p := failure{}
	var body *http.MaxBytesError
	switch {
	case errors.Is(err, dsar.ErrNotFound):
		status, key = http.StatusNotFound, "not_found"
	case errors.Is(err, errCrossOrigin):
		status, key = http.StatusForbidden, "cross_origin"
	case errors.Is(err, dsar.ErrForbidden):
		status, key = http.StatusForbidden, "forbidden"
	case errors.Is(err, dsar.ErrConflict):
		status, key = http.StatusConflict, "conflict"
	case errors.Is(err, dsar.ErrIncomplete):
		status, key = http.StatusConflict, "incomplete"
		p.Link, p.LinkText = "/settings", v.T("admin.nav.settings")
	case errors.Is(err, dsar.ErrWaits):
		status, key = http.StatusConflict, "waits"
	case errors.Is(err, dsar.ErrInvalid):
		status, key = http.StatusBadRequest, "invalid"
	case errors.As(err, &body):
		status, key = http.StatusRequestEntityTooLarge, "too_large"
	case postgres.Transient(err), errors.Is(err, context.DeadlineExceeded):
		status, key = http.StatusServiceUnavailable, "away"
		w.Header().Set("Retry-After", "15")
	}
	if status >= 500 {
		p.Reference = reference()
		s.Log.Error("page failed", "route", v.Pattern, "status", status, "reference", p.Reference, "cause", cause(err))
	} else {
		s.Log.Info("page refused", "route", v.Pattern, "status", status, "why", key)
	}
	p.frame = v.frame("admin.failure." + key)
	p.Text = v.T("admin.failure." + key + "_text")
	if key == "away" { // no second look at a database that is away
		p.Nav = nil
	}
	if err := s.show(w, v, status, "failure", p); err != nil {
		http.Error(w, http.StatusText(status), status)
	}
}

func reference() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// cause words an error for the log: our own verb phrase, the type of the root, a SQL state. The full text of a database
// error quotes values, so it stands nowhere.
func cause(err error) string {
	phrase, _, _ := strings.Cut(err.Error(), ": ")
	root := err
	for next := errors.Unwrap(root); next != nil; next = errors.Unwrap(root) {
		root = next
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return fmt.Sprintf("%s (sqlstate %s %s)", phrase, pe.Code, pe.ConstraintName)
	}
	if t := fmt.Sprintf("%T", err); t != "*fmt.wrapError" { // not worded by us
		return fmt.Sprintf("%T", root)
	}
	return fmt.Sprintf("%s (%T)", phrase, root)
}

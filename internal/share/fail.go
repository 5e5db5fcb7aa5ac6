package share

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/jackc/pgx/v5/pgconn"

	"insyn/internal/postgres"
)

var (
	errNotFound  = errors.New("no such page")
	errForbidden = errors.New("not from this site")
	errSession   = errors.New("no session")
	errTooMany   = errors.New("too many of these")
	errBody      = errors.New("form cannot be read")
)

// fail logs an error once and answers with a page that holds no detail.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the visitor has gone
	}
	status, key := http.StatusInternalServerError, "share.fault"
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNotFound):
		status, key = http.StatusNotFound, "share.not_found"
	case errors.Is(err, errForbidden):
		status, key = http.StatusForbidden, "share.forbidden"
	case errors.Is(err, errSession):
		status, key = http.StatusForbidden, "share.session_over"
	case errors.Is(err, errTooMany):
		status, key = http.StatusTooManyRequests, "share.too_many"
	case errors.As(err, &tooLarge):
		status, key = http.StatusRequestEntityTooLarge, "share.too_large"
	case errors.Is(err, errBody):
		status, key = http.StatusBadRequest, "share.bad_form"
	case away(err):
		status, key = http.StatusServiceUnavailable, "share.later"
		w.Header().Set("Retry-After", "30")
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "share: database is away", slog.String("path", place(r)))
	case errors.Is(err, ErrArtefact):
		status, key = http.StatusInternalServerError, "share.artefact"
		s.Log.LogAttrs(r.Context(), slog.LevelError, "share: artefact refused", slog.String("path", place(r)), slog.String("error", err.Error()))
	default:
		// Errors of ours name ids; one of PostgreSQL could quote a value, but nothing of a person is in our statements.
		s.Log.LogAttrs(r.Context(), slog.LevelError, "share: request failed", slog.String("path", place(r)), slog.String("error", err.Error()))
	}
	lang := s.lang(w, r, "")
	p := s.page(lang, "", s.Texts.Label(lang, "share.fault_title"))
	p.Other = "" // the address may be one that only takes forms
	b, err := s.render("plain", plain{page: p, Text: s.Texts.Label(lang, key)})
	if err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	s.send(w, r, status, b)
}

// away tells that the database cannot be had now. It comes before the artefact's own faults, which wrap it too.
func away(err error) bool {
	var connect *pgconn.ConnectError
	return postgres.Transient(err) || errors.As(err, &connect)
}

package share

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// logged writes one line a request: never a token, an address, a query or a header of the visitor.
func (s *site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &watched{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "share request",
				slog.String("method", method(r.Method)),
				slog.String("path", place(r)),
				slog.Int("status", seen.status),
				slog.Int64("bytes", seen.bytes),
				slog.Duration("took", time.Since(began)))
		}()
		next.ServeHTTP(seen, r)
	})
}

// place is the route and not the path: what a visitor makes up does not reach the log.
func place(r *http.Request) string {
	_, path, found := strings.Cut(r.Pattern, " ")
	if !found {
		if strings.HasPrefix(r.URL.Path, "/s/") {
			return "/s/[redacted]"
		}
		return "[other]"
	}
	return strings.NewReplacer("{token}", "[redacted]", "{id}", "[id]", "{what}", "[what]").Replace(path)
}

func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return m
	}
	return "other"
}

// watched remembers what was answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *watched) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what lies below.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

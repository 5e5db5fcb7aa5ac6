package share

import (
	"net/http"
)

func style(w http.ResponseWriter, r *http.Request) error {
	b, err := Style()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err = w.Write(b)
	return ignore(err)
}

func robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("User-agent: *\nDisallow: /\n"))
	return ignore(err)
}

func alive(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("ok\n"))
	return ignore(err)
}

// ready is yes when links can be read and events can be sealed.
func (s *site) ready(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	var ok bool
	err := s.Pool.QueryRow(r.Context(), `
		select exists (select 1 from insyn.share_key)
		   and exists (select 1 from insyn.setting)`).Scan(&ok)
	answer := "ready\n"
	switch {
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		answer = "no database\n"
	case !ok:
		w.WriteHeader(http.StatusServiceUnavailable)
		answer = "no key for events yet: start a worker once\n"
	}
	_, err = w.Write([]byte(answer))
	return ignore(err)
}

// ignore drops the error of writing to a visitor who has gone.
func ignore(error) error { return nil }

package share

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"insyn/internal/wording"
)

const langCookie = "__Host-lang"

// lang is the language of an answer: what the reader picked now or before, else first, else what the browser asks for.
func (s *site) lang(w http.ResponseWriter, r *http.Request, first string) string {
	if picked := r.URL.Query().Get("lang"); slices.Contains(wording.Langs(), picked) {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: picked, Path: "/", MaxAge: 30 * 24 * 3600,
			Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
		return picked
	}
	if c, err := r.Cookie(langCookie); err == nil && slices.Contains(wording.Langs(), c.Value) {
		return c.Value
	}
	if slices.Contains(wording.Langs(), first) {
		return first
	}
	tags, _, err := language.ParseAcceptLanguage(strings.Join(r.Header.Values("Accept-Language"), ","))
	if err != nil || len(tags) == 0 {
		return wording.Swedish
	}
	matcher := language.NewMatcher([]language.Tag{language.English, language.Swedish})
	// Neighbours read Swedish better than they read English, and the matcher knows.
	if _, i, confidence := matcher.Match(tags...); i == 1 && confidence > language.No {
		return wording.Swedish
	}
	return wording.English
}

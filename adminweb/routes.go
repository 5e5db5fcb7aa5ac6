package adminweb

import (
	"fmt"
	"net/http"

	"insyn/internal/dsar"
)

// route is one line of the site map: what is asked, what the visitor must be allowed to do, who answers.
type route struct {
	pattern string
	do      action
	answer  func(w http.ResponseWriter, v *visit) error
	// watch: the page asks for it by itself, which does not count as somebody being there.
	watch bool
}

// routes is the site map.
func (s *site) routes() []route {
	routes := []route{
		{"GET /login", anyone, s.loginPage, false},
		{"POST /login", anyone, s.login, false},
		{"POST /logout", anyone, s.logout, false},
		{"POST /language", anyone, s.language, false},
		{"GET /account", member, s.accountPage, false},
		{"POST /account/password", member, s.changePassword, false},

		{"GET /{$}", member, s.today, false},
		{"GET /charts/{name}", seePeople, s.chart, false},
		{"GET /requests", seePeople, s.requests, false},
		{"GET /requests.csv", seePeople, s.requestsCSV, false},

		{"GET /search", seePeople, s.searchPage, false},
		{"POST /search", seePeople, s.search, false},
		{"POST /search/suggest", seePeople, s.suggest, true},

		{"GET /person/{source}/{token}", seePeople, s.personPage, false},
		{"GET /person/{source}/{token}/share", takeRequests, s.sharePage, false},
		{"POST /person/{source}/{token}/share", takeRequests, s.share, false},
		{"GET /person/{source}/{token}/export", takeRequests, s.exportPage, false},
		{"POST /person/{source}/{token}/export", takeRequests, s.export, false},
		{"GET /person/{source}/{token}/edit", takeRequests, s.editPage, false},
		{"POST /person/{source}/{token}/edit", takeRequests, s.edit, false},
		{"GET /person/{source}/{token}/register", takeRequests, s.registerPersonPage, false},
		{"POST /person/{source}/{token}/register", takeRequests, s.registerPerson, false},
		{"GET /person/{source}/{token}/erase", approve, s.erasePage, false},
		{"POST /person/{source}/{token}/erase", approve, s.erase, false},
		{"POST /person/{source}/{token}/consent/{box}", takeRequests, s.setConsent, false},

		{"POST /person/{source}/{token}/hold", decide, s.placeHold, false},
		{"POST /person/{source}/{token}/release/{hold}", decide, s.releaseOnCard, false},
		{"GET /holds", seePeople, s.holdsPage, false},
		{"POST /holds/{hold}/release", decide, s.releaseHold, false},

		{"GET /register", takeRequests, s.registerPage, false},
		{"POST /register", takeRequests, s.register, false},
		{"GET /requests/{id}", seePeople, s.requestPage, false},
		{"GET /requests/{id}/events", seePeople, s.requestEvents, true},
		{"GET /requests/{id}/review", takeRequests, s.reviewPage, false},
		{"POST /requests/{id}/send", takeRequests, s.send, false},
		{"GET /requests/{id}/correct", takeRequests, s.correctPage, false},
		{"POST /requests/{id}/correct", takeRequests, s.correct, false},
		{"POST /requests/{id}/ties", decide, s.noneTheSame, false},
		{"POST /requests/{id}/ties/{tie}", decide, s.decideTie, false},
		{"POST /requests/{id}/ties/{tie}/reopen", decide, s.reopenTie, false},
		{"GET /requests/{id}/rehearsal", planErasure, s.rehearsalPage, false},
		{"GET /requests/{id}/mentions", planErasure, s.mentionsPage, false},
		{"POST /requests/{id}/mentions", decide, s.decideMentions, false},
		{"POST /requests/{id}/approve", approve, s.approve, false},
		{"GET /requests/{id}/receipt", seePeople, s.receiptPage, false},
		{"GET /requests/{id}/receipt.json", seePeople, s.receiptJSON, false},
		{"GET /requests/{id}/receipt.pdf", seePeople, s.receiptPDF, false},
		{"POST /requests/{id}/person", takeRequests, s.addPerson, false},
		{"POST /requests/{id}/links/{link}/revoke", takeRequests, s.revokeLink, false},
		{"POST /requests/{id}/links/{link}/code", takeRequests, s.giveCode, false},
		{"POST /requests/{id}/retry/{job}", takeRequests, s.retryOf, false},

		{"GET /kept", seePeople, s.keptPage, false},

		{"GET /jobs", seeOperations, s.jobs, false},
		{"POST /jobs/{job}/retry", operate, s.retryJob, false},
		{"POST /jobs/{job}/giveup", operate, s.giveUpJob, false},
		{"GET /queues/", seeOperations, s.showQueues, true},

		{"GET /settings", configure, s.settingsPage, false},
		{"POST /settings", configure, s.saveSettings, false},
		{"GET /settings/mail/{name}", configure, s.mailPreview, false},
		{"GET /users", manageUsers, s.users, false},
		{"GET /users/new", manageUsers, s.newUserPage, false},
		{"POST /users/new", manageUsers, s.createUser, false},
		{"GET /users/{id}", manageUsers, s.userPage, false},
		{"POST /users/{id}/roles", manageUsers, s.setRoles, false},
		{"POST /users/{id}/password", manageUsers, s.resetPassword, false},
		{"POST /users/{id}/disable", manageUsers, s.disableUser, false},
		{"POST /users/{id}/enable", manageUsers, s.enableUser, false},
		{"GET /audit", readAudit, s.audit, false},
	}
	for _, st := range s.steps() {
		routes = append(routes, route{pattern: "POST /requests/{id}/" + st.name, do: st.do, answer: s.take(st)})
	}
	return routes
}

// mux mounts the site map. What it does not name is a page of ours too.
func (s *site) mux() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.serve(r))
	}
	mux.Handle("GET /assets/{name}", s.assets)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Handle("/", s.serve(route{do: anyone, answer: func(http.ResponseWriter, *visit) error { return dsar.ErrNotFound }}))
	return mux
}

// serve checks the visitor's rights, answers, and turns an error into a page.
func (s *site) serve(rt route) http.Handler {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visitor(r)
		if err != nil {
			s.fail(w, v, err)
			return
		}
		defer func() {
			if p := recover(); p != nil {
				s.fail(w, v, fmt.Errorf("panic: %w", fmt.Errorf("%T", p))) // its type alone: its text may be anybody's data
			}
		}()
		if err := s.admit(w, v, rt); err != nil {
			s.fail(w, v, err)
		}
	})
	if rt.watch {
		return s.watching(h)
	}
	return s.sessions.LoadAndSave(h)
}

func (s *site) admit(w http.ResponseWriter, v *visit, rt route) error {
	if !v.can(rt.do) {
		if v.who == nil {
			return s.toLogin(w, v)
		}
		s.Log.Warn("refused by role", "account", v.who.ID, "route", rt.pattern)
		return dsar.ErrForbidden
	}
	if v.Method == http.MethodPost {
		v.Body = http.MaxBytesReader(w, v.Body, maxBody)
		if err := v.ParseForm(); err != nil {
			return fmt.Errorf("read the form: %w", &dsar.Invalid{Field: "form", Problem: "form"})
		}
		if path, yes := s.answered(v.Context(), v.PostForm.Get("once")); yes {
			http.Redirect(w, v.Request, path, http.StatusSeeOther)
			return nil
		}
	}
	return rt.answer(w, v)
}

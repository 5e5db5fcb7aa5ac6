package adminweb

import (
	"net/http"
	"strings"
)

// frame is what stands around every page.
type frame struct {
	Lang      string
	OtherLang string
	Title     string
	Who       string // name of the account; empty before the login
	Nav       []navItem
	CanSearch bool
	Path      string
	Flash     string
	Scripts   []string
	Checklist int // unanswered questions of the settings, for those who can answer them
}

// navItem is one entry of the menu.
type navItem struct {
	Path, Label string
	Here        bool
}

// frame begins a page; title is the key of its heading.
func (v *visit) frame(title string) frame {
	f := frame{Lang: v.Lang, OtherLang: "en", Title: v.T(title), Path: localPath(v.URL.Path)}
	if v.Lang == "en" {
		f.OtherLang = "sv"
	}
	if v.who == nil {
		return f
	}
	f.Who = v.who.Name
	if f.CanSearch = v.can(seePeople); f.CanSearch {
		f.Scripts = append(f.Scripts, "search.js")
	}
	for _, m := range []struct {
		path, label string
		do          action
	}{
		{"/", "today", seePeople},
		{"/requests", "requests", seePeople},
		{"/register", "register", takeRequests},
		{"/holds", "holds", seePeople},
		{"/jobs", "jobs", seeOperations},
		{"/queues/", "queues", seeOperations},
		{"/audit", "audit", readAudit},
		{"/users", "users", manageUsers},
		{"/settings", "settings", configure},
	} {
		if !v.can(m.do) || (m.label == "queues" && v.site.queues == nil) {
			continue
		}
		here := f.Path == m.path || (m.path != "/" && strings.HasPrefix(f.Path, m.path+"/"))
		f.Nav = append(f.Nav, navItem{Path: m.path, Label: v.T("admin.nav." + m.label), Here: here})
	}
	if v.can(configure) {
		f.Checklist = len(v.set.Missing())
	}
	if v.Method == http.MethodGet {
		if key := v.site.sessions.GetString(v.Context(), sessionFlash); key != "" {
			v.site.sessions.Remove(v.Context(), sessionFlash)
			f.Flash = v.T("admin.flash." + key)
		}
	}
	return f
}

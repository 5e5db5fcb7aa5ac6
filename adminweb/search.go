package adminweb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/refdata"
	"insyn/internal/request"
)

const (
	searchHits  = 50
	suggestHits = 8
	maxQuery    = 200
)

type searchPage struct {
	frame
	Query    string
	Short    bool
	Found    findings
	Receiver int64 // the request that somebody is looked for; 0: none
}

// findings is what a search found.
type findings struct {
	Request   int64 // a request number that was typed
	People    []personRow
	More      bool
	Provider  string // of the register, when it gave some of them
	FromStore int
	FromReg   int
}

// personRow is a person in a list.
type personRow struct {
	Path, Name, Organisation, Email, Phone, CustomerNo string
	Origin                                             string
	Why                                                string
	Register, Protected, Held                          bool
	hash                                               []byte // of source and key, to look for holds
	Marks                                              []consentMark
}

func (s *site) searchPage(w http.ResponseWriter, v *visit) error {
	p := searchPage{frame: v.frame("admin.search.title")}
	return s.show(w, v, http.StatusOK, "search", p)
}

// search is answered directly, not by a redirect, so that nothing that was typed stands in an address.
func (s *site) search(w http.ResponseWriter, v *visit) error {
	p := searchPage{frame: v.frame("admin.search.title"), Query: v.query()}
	p.Receiver, _ = strconv.ParseInt(v.field("for"), 10, 64)
	p.Short = len([]rune(p.Query)) < 2
	if !p.Short {
		var err error
		if p.Found, err = s.find(v, p.Query, searchHits); err != nil {
			return err
		}
		if err := s.noteSearch(v, "search.done", p.Found); err != nil {
			return err
		}
	}
	return s.show(w, v, http.StatusOK, "search", p)
}

// suggest is the typing aid: a few lines, no page. It is noted like a search.
func (s *site) suggest(w http.ResponseWriter, v *visit) error {
	p := searchPage{Query: v.query()}
	if len([]rune(p.Query)) >= 2 {
		var err error
		if p.Found, err = s.find(v, p.Query, suggestHits); err != nil {
			return err
		}
		if err := s.noteSearch(v, "search.typed", p.Found); err != nil {
			return err
		}
	}
	b, err := s.render(v, "search", "suggest", p)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
	return nil
}

func (v *visit) query() string {
	q := strings.Join(strings.Fields(v.PostFormValue("q")), " ")
	if r := []rune(q); len(r) > maxQuery {
		q = string(r[:maxQuery])
	}
	return q
}

// noteSearch writes who searched and how much came of it, never for what.
func (s *site) noteSearch(v *visit, name string, f findings) error {
	return audit.Write(v.Context(), s.Pool, audit.Entry{Actor: v.who.ID, Action: name, Detail: audit.Detail{
		"hits": int64(f.FromStore + f.FromReg), "register": int64(f.FromReg),
	}})
}

// find asks the sources and the register in one list: ours first.
func (s *site) find(v *visit, text string, limit int) (findings, error) {
	var f findings
	ctx := v.Context()
	if n, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64); err == nil && n > 0 {
		if _, err := s.Store.Get(ctx, n); err == nil {
			f.Request = n
		} else if !errors.Is(err, dsar.ErrNotFound) {
			return f, err
		}
	}
	known := map[string]bool{}
	for _, src := range s.Sources {
		hits, err := src.Search(ctx, text, limit+1)
		if err != nil {
			return f, fmt.Errorf("search source %s: %w", src.Name, err)
		}
		for _, h := range hits {
			known[h.RegisterID] = h.RegisterID != ""
			f.People = append(f.People, v.hitRow(h))
		}
	}
	f.FromStore = len(f.People)
	if s.Register != nil {
		people, err := s.Register.Search(ctx, refdata.Query{Text: text, Limit: limit + 1})
		if err != nil {
			return f, fmt.Errorf("search the register: %w", err)
		}
		for _, p := range people {
			if known[p.RegisterID] || s.hasCard(ctx, p.RegisterID) {
				continue // the same person stands above, as a card of ours
			}
			f.Provider = s.Register.Provider().Name
			f.People = append(f.People, v.registerRow(p))
			f.FromReg++
		}
	}
	if len(f.People) > limit {
		f.People, f.More = f.People[:limit], true
	}
	return f, s.markHeld(ctx, f.People)
}

// hasCard tells whether a person of the register has a card of ours that the search did not give.
func (s *site) hasCard(ctx context.Context, registerID string) bool {
	for _, src := range s.Sources {
		if _, err := src.ByRegisterID(ctx, registerID); err == nil {
			return true
		}
	}
	return false
}

func (v *visit) hitRow(h records.Hit) personRow {
	path := v.site.personPath(h.Ref)
	// A card that only refers to the register and has no state of its own has not been touched by anybody.
	touched := h.RegisterID == "" || known(h.Newsletter) || known(h.Processing)
	row := personRow{
		Path: path, Name: h.Name, Organisation: h.Organisation, Email: h.Email, Phone: h.Phone, CustomerNo: h.CustomerNo,
		Origin: v.sourceLabel(h.Ref.Source), Protected: h.Protected, hash: v.site.Store.Keys.Subject(h.Ref.Source, h.Ref.Key), Marks: v.consentMarks(path, h.Newsletter, h.Processing, touched),
	}
	if key := "admin.why." + h.Why; h.Why != "name" && v.has(key) {
		row.Why = v.T(key)
	}
	return row
}

func known(state string) bool { return state != "" && state != "unknown" }

func (v *visit) registerRow(p refdata.Person) personRow {
	ref := records.Ref{Source: request.RegisterSource, Key: p.RegisterID}
	return personRow{
		Path: v.site.personPath(ref), Name: strings.TrimSpace(p.Given + " " + p.Surname), Organisation: p.Organisation,
		Origin: v.sourceLabel(request.RegisterSource), Register: true,
	}
}

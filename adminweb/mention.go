package adminweb

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/jobs"
)

// mentionsPage asks about the places in texts that may name the person.
type mentionsPage struct {
	frame
	ID       int64
	Person   string
	Access   bool // of an access request: the person gets what is accepted
	words    words
	Found    bool // it was searched for
	Counts   request.MentionCounts
	Open     bool // the answers can be changed
	WhyNot   string
	Show     string // open or decided
	Places   []placeBox
	Groups   []placeGroup
	More     int      // places beyond those that are asked about
	Common   []string // where a part of the name is too common
	Sampled  bool     // of large tables only the first rows were read
	Newer    string
	Older    string
	From, To int
	Start    int // the first place of this part, from 0
	Total    int // of those that are shown, on all pages
}

// placeBox is one place with what stands around it.
type placeBox struct {
	ID                   string // of the place, as the form sends it
	Where, Owner         string
	Before, Match, After string
	Why, Confidence      string
	Answer               string // "", person or other
}

// placeGroup are the open places of one word in rows of one sort, which can be answered at once.
type placeGroup struct {
	ID, Match, Owner, Why string
	Places                int
}

// placesShown is how many places a page shows; groupsShown, how many words can be answered at once.
const placesShown, groupsShown = 100, 20

// placesOf gives the places of the newest rehearsal, in the order in which they were found.
func placesOf(stored *request.StoredRehearsal) (all []records.Place, more int, common []records.Common, sampled bool, err error) {
	if stored == nil || len(stored.Body) == 0 {
		return nil, 0, nil, false, nil
	}
	var body storedRehearsal
	if err := json.Unmarshal(stored.Body, &body); err != nil {
		return nil, 0, nil, false, errors.New("a stored rehearsal cannot be read")
	}
	for _, src := range body.Sources {
		if src.Result == nil {
			continue
		}
		all, more, common = append(all, src.Result.Review...), more+src.Result.MorePlaces, append(common, src.Result.Common...)
		sampled = sampled || src.Result.Stages > 0
	}
	// What is likely first: the same answer often holds for many places in a row.
	slices.SortStableFunc(all, func(a, b records.Place) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(strings.ToLower(a.Match), strings.ToLower(b.Match)))
	})
	return all, more, common, sampled, nil
}

func mentionsPath(id int64) string { return "/requests/" + strconv.FormatInt(id, 10) + "/mentions" }

func (s *site) mentionsPage(w http.ResponseWriter, v *visit) error {
	r, stored, err := s.searched(v)
	if err != nil {
		return err
	}
	all, more, common, sampled, err := placesOf(stored)
	if err != nil {
		return err
	}
	p := mentionsPage{frame: v.frame("admin.mention.title"), ID: r.ID, Person: v.subjectName(r), Access: r.Kind == dsar.Access, words: v.words, Found: stored != nil, More: more, Sampled: sampled}
	p.Scripts = append(p.Scripts, "mentions.js")
	for _, c := range common {
		p.Common = append(p.Common, or(v.in(c.Label), c.Table))
	}
	if p.Counts, err = s.Store.Mentions(v.Context(), s.Pool, r.ID); err != nil {
		return err
	}
	decided, err := s.Store.Decisions(v.Context(), s.Pool, r.ID)
	if err != nil {
		return err
	}
	p.WhyNot = v.whyNotDecide(r)
	p.Open = p.WhyNot == ""
	p.Show = "open"
	if v.FormValue("show") == "decided" || p.Counts.Undecided == 0 {
		p.Show = "decided"
	}
	var shown []records.Place
	for _, x := range all {
		if _, done := decided[string(x.Hash)]; done == (p.Show == "decided") {
			shown = append(shown, x)
		}
	}
	p.groups(v, shown)
	p.part(v, shown, decided)
	return s.show(w, v, http.StatusOK, "mentions", p)
}

// Say is a text of the page, that of an access request where it has one of its own.
func (p mentionsPage) Say(key string) string {
	if own := "admin.mention.access." + key; p.Access && p.words.has(own) {
		return p.words.T(own)
	}
	return p.words.T("admin.mention." + key)
}

// Back is the page that the review belongs to.
func (p mentionsPage) Back() string {
	if p.Access {
		return "/requests/" + strconv.FormatInt(p.ID, 10) + "/review"
	}
	return "/requests/" + strconv.FormatInt(p.ID, 10) + "/rehearsal"
}

// part fills the part of the list that the address asks for.
func (p *mentionsPage) part(v *visit, shown []records.Place, decided map[string]bool) {
	from, err := strconv.Atoi(v.FormValue("from"))
	if err != nil || from < 0 || from >= len(shown) {
		from = 0
	}
	to := min(from+placesShown, len(shown))
	for _, x := range shown[from:to] {
		p.Places = append(p.Places, v.placeBox(x, decided))
	}
	p.Start, p.From, p.To, p.Total = from, from+1, to, len(shown)
	link := func(at int) string {
		return mentionsPath(p.ID) + "?" + url.Values{"show": {p.Show}, "from": {strconv.Itoa(at)}}.Encode()
	}
	if from > 0 {
		p.Newer = link(max(0, from-placesShown))
	}
	if to < len(shown) {
		p.Older = link(to)
	}
}

// groups finds the words that stand in several open places.
func (p *mentionsPage) groups(v *visit, shown []records.Place) {
	if !p.Open || p.Show != "open" {
		return
	}
	var firsts []records.Place
	for _, x := range shown {
		i := slices.IndexFunc(firsts, func(first records.Place) bool { return alike(x, first) })
		if i < 0 {
			i = len(firsts)
			firsts = append(firsts, x)
			p.Groups = append(p.Groups, placeGroup{ID: placeID(x), Match: x.Match, Owner: v.owner(x), Why: v.T(ruleKey(x.Rule))})
		}
		p.Groups[i].Places++
	}
	p.Groups = slices.DeleteFunc(p.Groups, func(g placeGroup) bool { return g.Places < 2 })
	slices.SortStableFunc(p.Groups, func(a, b placeGroup) int { return b.Places - a.Places })
	p.Groups = p.Groups[:min(len(p.Groups), groupsShown)]
}

// alike: the same word, found by the same rule, in rows of the same sort.
func alike(a, b records.Place) bool {
	return a.Linked == b.Linked && a.Rule == b.Rule && strings.EqualFold(a.Match, b.Match)
}

func placeID(x records.Place) string { return base64.RawURLEncoding.EncodeToString(x.Hash) }

func (v *visit) owner(x records.Place) string {
	if x.Linked {
		return v.T("admin.mention.own_row")
	}
	return v.T("admin.mention.other_row")
}

func (v *visit) placeBox(x records.Place, decided map[string]bool) placeBox {
	b := placeBox{
		ID: placeID(x), Where: v.where(x.Table, x.Column), Owner: v.owner(x),
		Before: x.Before, Match: x.Match, After: x.After, Why: v.T(ruleKey(x.Rule)), Confidence: v.T("admin.confidence." + x.Confidence.String()),
	}
	if accept, done := decided[string(x.Hash)]; done {
		b.Answer = "other"
		if accept {
			b.Answer = "person"
		}
	}
	return b
}

// ruleKey is the key of the words that explain a rule of the matcher.
func ruleKey(rule string) string { return "admin.mention.rule." + strings.ReplaceAll(rule, " ", "_") }

// whyNotDecide says why the visitor cannot answer now; nothing when they can.
func (v *visit) whyNotDecide(r *request.Request) string {
	switch {
	case !v.can(decide):
		return v.T("admin.mention.dpo_decides")
	case r.Kind == dsar.Access && !jobs.Reviewable(r):
		return v.T("admin.mention.access.not_waiting")
	case r.ErasedAt != nil:
		return v.T("admin.mention.erased")
	case r.ApprovedBy != 0:
		return v.T("admin.mention.approved")
	case !jobs.Reviewable(r):
		return v.T("admin.rehearsal.not_waiting")
	}
	return ""
}

// decideMentions takes one answer about a place, or about all open places of a word.
func (s *site) decideMentions(w http.ResponseWriter, v *visit) error {
	r, stored, err := s.searched(v)
	if err != nil {
		return err
	}
	var accepted *bool
	switch v.field("mention_answer") {
	case "person":
		accepted = new(true)
	case "other":
		accepted = new(false)
	case "undo":
	default:
		return &dsar.Invalid{Field: "mention_answer", Problem: "choice"}
	}
	places, many, err := s.answeredPlaces(v, r, stored)
	if err != nil {
		return err
	}
	changed, err := s.Desk.DecideMentions(v.Context(), r.ID, v.who.ID, places, accepted)
	if err != nil {
		return err
	}
	if v.Header.Get("Accept") == "application/json" {
		n, err := s.Store.Mentions(v.Context(), s.Pool, r.ID)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(map[string]any{
			"decided": n.Decided(), "all": n.All(), "text": v.text("admin.mention.progress", "n", v.n(n.Decided()), "all", v.n(n.All())),
		})
	}
	if many && changed > 0 {
		v.flash("mention.many")
	}
	back := url.Values{"show": {or(v.field("show"), "open")}}
	if from := v.field("from"); from != "" {
		back.Set("from", from)
	}
	return v.seeOther(w, mentionsPath(r.ID)+"?"+back.Encode()+"#places")
}

// answeredPlaces are the places that a form speaks of: one, or all open ones of the same word as one of them.
func (s *site) answeredPlaces(v *visit, r *request.Request, stored *request.StoredRehearsal) (places [][]byte, many bool, err error) {
	place, err := base64.RawURLEncoding.DecodeString(v.field("place"))
	if err != nil || len(place) == 0 {
		return nil, false, &dsar.Invalid{Field: "place", Problem: "form"}
	}
	if v.field("alike") == "" {
		return [][]byte{place}, false, nil
	}
	all, _, _, _, err := placesOf(stored)
	if err != nil {
		return nil, true, err
	}
	i := slices.IndexFunc(all, func(x records.Place) bool { return bytes.Equal(x.Hash, place) })
	if i < 0 {
		return nil, true, dsar.ErrConflict
	}
	decided, err := s.Store.Decisions(v.Context(), s.Pool, r.ID)
	if err != nil {
		return nil, true, err
	}
	for _, x := range all {
		if _, done := decided[string(x.Hash)]; !done && alike(x, all[i]) {
			places = append(places, x.Hash)
		}
	}
	return places, true, nil
}

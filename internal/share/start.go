package share

import (
	"errors"
	"net/http"
	"time"

	"insyn/internal/wording"
)

// codeMinutes is how long a code works from the acceptance of its mail.
const codeMinutes = 10

// Levels of assurance.
const (
	LevelAddress = "A" // the address that the link went to is typed
	LevelCode    = "B" // a code is mailed to the address on file
	LevelGiven   = "C" // a code was given by another channel
)

// start is the page behind the link in the mail. Mail scanners see it too: it changes nothing and holds nothing of the
// person.
func (s *site) start(w http.ResponseWriter, r *http.Request) error {
	began := time.Now()
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	dead, err := s.dead(v)
	if err != nil {
		return err
	}
	live, err := s.startPage(v)
	even(r.Context(), began, lookTime)
	if !v.link.alive {
		return s.show(w, r, http.StatusNotFound, "notice", dead)
	}
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "notice", live)
}

// dead is the same for every token that opens nothing.
func (s *site) dead(v visit) (notice, error) {
	p := s.page(v.lang, v.settings.Controller, s.Texts.Label(v.lang, "share.dead_title"))
	return s.notice(p, "page.link_expired", nil, &form{Hidden: []field{{"do", "new"}}})
}

func (s *site) startPage(v visit) (notice, error) {
	vars := controllerVars(v.settings, v.lang)
	vars["link_expires"] = wording.DateTime(v.link.expires, v.settings.Location(), v.lang)
	vars["code_channel"] = s.Texts.Label(v.lang, "share.code_channel")
	if v.settings.Controller == "" {
		return notice{}, nil // nothing was sent yet
	}
	p := s.page(v.lang, v.settings.Controller, s.Texts.Label(v.lang, "share.start_title"))
	base := "/s/" + v.token.Text()
	if v.link.level == LevelAddress || v.link.level == LevelGiven {
		return s.answerPage(p, v, base, vars)
	}
	n, err := s.notice(p, "page.start", vars, &form{Action: base + "/code"})
	n.Extra = &plain{page: p, Next: base + "/code", Go: p.T("share.have_code")}
	return n, err
}

// answerPage asks for what opens a link of level A or C.
func (s *site) answerPage(p page, v visit, base string, vars wording.Vars) (notice, error) {
	key, in := "page.start_code_given", codeInput(p)
	if v.link.level == LevelAddress {
		key, in = "page.start_address", &input{Name: "answer", Label: p.T("share.address_label"), Type: "email", Mode: "email", Complete: "email", Max: 254}
	}
	n, err := s.notice(p, key, vars, &form{Action: base + "/open", Input: in})
	if err != nil {
		return n, err
	}
	for _, after := range []string{"common.genuine", "common.dpo"} {
		blocks, err := s.Texts.Blocks(v.lang, after, vars)
		if err != nil {
			return n, err
		}
		for _, b := range blocks {
			n.Parts = append(n.Parts, part{Block: b})
		}
	}
	return n, nil
}

func codeInput(p page) *input {
	return &input{Name: "answer", Label: p.T("share.code_label"), Type: "text", Mode: "numeric", Complete: "one-time-code", Max: 40}
}

// askCode asks the workers for a code to the address on file.
func (s *site) askCode(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	base := "/s/" + v.token.Text()
	if !v.link.alive || v.link.level != LevelCode {
		http.Redirect(w, r, base, http.StatusSeeOther)
		return nil
	}
	b := browser(w, r)
	err = s.record(r.Context(), v.link, CodeWanted, nil, b, EventBody{Lang: v.lang})
	if errors.Is(err, errTooMany) {
		return s.locked(w, r, v, b)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, base+"/code", http.StatusSeeOther)
	return nil
}

// typeCode is the page where a mailed code is typed.
func (s *site) typeCode(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	base := "/s/" + v.token.Text()
	if !v.link.alive || v.link.level != LevelCode {
		http.Redirect(w, r, base, http.StatusSeeOther)
		return nil
	}
	p := s.page(v.lang, v.settings.Controller, s.Texts.Label(v.lang, "share.code_title"))
	n, err := s.notice(p, "page.code", controllerVars(v.settings, v.lang),
		&form{Action: base + "/open", Input: codeInput(p)}, &form{Action: base + "/code", Quiet: true})
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "notice", n)
}

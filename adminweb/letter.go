package adminweb

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"insyn/internal/dsar"
	"insyn/internal/request"
	"insyn/internal/wording"
	"insyn/jobs"
)

// letter is an answer that goes on paper or by phone: its words, in the person's language, to print or to read out.
type letter struct {
	Title, Lang string
	Blocks      []wording.Block
}

// letters are the answers that somebody has to give by hand: that nothing was found, a refusal without a mail address, a
// notice of more time.
func (s *site) letters(ctx context.Context, v *visit, r *request.Request) ([]letter, error) {
	var out []letter
	add := func(key string, extra wording.Vars) error {
		vars := v.letterVars(r)
		for name, x := range extra {
			vars[name] = x
		}
		blocks, err := v.texts.Blocks(r.Language, key, vars)
		var missing *wording.MissingError
		if errors.As(err, &missing) {
			return nil // the checklist of the settings names what is unanswered
		}
		if err != nil {
			return err
		}
		out = append(out, letter{Title: v.T("admin.letter"), Lang: r.Language, Blocks: blocks})
		return nil
	}
	byHand := r.Person().Address == "" || r.AnswerBy == "paper"
	if len(r.Subjects) == 0 && (!r.Closed() || r.State == dsar.Answered) {
		if err := add("answer.nothing_found", wording.Vars{"asked_to": v.texts.Label(r.Language, "admin.asked_to."+r.Language+"."+string(r.Kind))}); err != nil {
			return nil, err
		}
	}
	if r.RefusalGround != "" && byHand {
		b, err := s.Store.Decision(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		var f jobs.Refusal
		if len(b) > 0 && json.Unmarshal(b, &f) == nil {
			if err := add("mail.refused.body", wording.Vars{"asked_to": f.AskedTo, "reason": f.Reason, "facts": f.Facts, "done": f.Done}); err != nil {
				return nil, err
			}
		}
	}
	if r.ExtendedAt != nil && byHand && !r.Closed() {
		in := r.Clock(v.today())
		in.Extended = false
		before, err := dsar.LegalDate(in)
		if err != nil {
			return nil, err
		}
		extra := wording.Vars{"because": r.ExtendedReason, "due_strict": before.StrictWithoutPause.In(r.Language)}
		if r.DueStrict != nil {
			extra["new_due_strict"] = r.DueStrict.In(r.Language)
		}
		if err := add("mail.extended.body", extra); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// letterVars are the controller's facts and the case's.
func (v *visit) letterVars(r *request.Request) wording.Vars {
	vars := v.controllerVars(r.Language)
	vars["case_id"], vars["received_date"], vars["date"] = strconv.FormatInt(r.ID, 10), r.ReceivedOn.In(r.Language), v.today().In(r.Language)
	return vars
}

// controllerVars are who we are, in a language.
func (v *visit) controllerVars(lang string) wording.Vars {
	return wording.Vars{
		"controller": v.set.Controller, "dpo_name": v.set.DPOName, "dpo_email": v.set.DPOEmail, "dpo_title": v.set.DPOTitle().In(lang),
		"dpo_phone": v.set.DPOPhone, "switchboard": v.set.Switchboard, "controller_address": v.set.Address, "address": v.set.Address,
	}
}

package adminweb

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"insyn/internal/dsar"
	"insyn/internal/request"
)

// ruled tells whether a rule of the map keeps the erasure from going on: the desk reads the reasons and decides.
func ruled(r *request.Request) bool {
	return r.Kind == dsar.Erasure && r.ErasedAt == nil && r.WaitingFor == dsar.ForReview &&
		slices.ContainsFunc(r.Subjects, func(u request.Subject) bool { return u.Source != request.RegisterSource })
}

// refusals are the rules that the newest rehearsal met, in words with the number of rows, in a language.
func (s *site) refusals(ctx context.Context, v *visit, r *request.Request, lang string) ([]string, error) {
	if !ruled(r) {
		return nil, nil
	}
	stored, err := s.Store.Rehearsal(ctx, r.ID)
	if errors.Is(err, dsar.ErrNotFound) || err == nil && len(stored.Body) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var body storedRehearsal
	if err := json.Unmarshal(stored.Body, &body); err != nil {
		return nil, errors.New("a stored rehearsal cannot be read")
	}
	w := v.words
	w.Lang = lang
	return w.refusals(body), nil
}

func (w words) refusals(body storedRehearsal) []string {
	var out []string
	for _, x := range body.Sources {
		if x.Result == nil {
			continue
		}
		for _, f := range x.Result.Refusals {
			out = append(out, or(w.in(f.Label), f.Table)+": "+w.plural("admin.refusal.rows", f.Rows))
		}
	}
	return out
}

// prefill is what the form of a refusal says before anybody has typed: the reasons that stop the erasure, in the person's
// language.
func (v *visit) prefill(r *request.Request) (ground, reason, facts string) {
	text := func(key string, pairs ...any) string {
		w := v.words
		w.Lang = r.Language
		return w.text(key, pairs...)
	}
	reasons, err := v.site.refusals(v.Context(), v, r, r.Language)
	if err != nil {
		v.site.Log.Warn("no reasons for a refusal", "request", r.ID, "cause", cause(err))
	}
	if len(reasons) > 0 {
		return "needed", text("refuse.rule.reason"), text("refuse.rule.facts", "reasons", strings.Join(reasons, "; "))
	}
	if !r.Held || r.Kind != dsar.Erasure {
		return "", "", ""
	}
	var hashes [][]byte
	for _, u := range r.Subjects {
		hashes = append(hashes, u.HMAC)
	}
	holds, err := v.site.Store.HoldsOn(v.Context(), v.site.Pool, hashes...)
	if err != nil || len(holds) == 0 {
		return "claim", "", ""
	}
	return "claim", text("refuse.hold." + holds[0].Ground), "" // the hold's own reason is the desk's: it is not for the person
}

// stageLine is one stage of a long erasure.
type stageLine struct{ Word, Tone string }

// shownStages bounds the list; a longer one has its bar.
const shownStages = 50

// stages are those of a run that goes in several: done, now, to come.
func (v *visit) stages(j request.Job) []stageLine {
	if j.Stage != "stage" || j.Total < 2 || j.Total > shownStages {
		return nil
	}
	out := make([]stageLine, j.Total)
	for i := range out {
		l := stageLine{Tone: "dim"}
		state := "later"
		switch {
		case int64(i) < j.Progress:
			state, l.Tone = "done", "good"
		case int64(i) == j.Progress && j.State == "working":
			state, l.Tone = "now", "plain"
		}
		l.Word = v.text("admin.stage.line", "n", strconv.Itoa(i+1), "state", v.T("admin.stage."+state))
		out[i] = l
	}
	return out
}

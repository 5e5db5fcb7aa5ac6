package worker

import (
	"errors"
	"slices"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// target is the person in one source: the subject under whose hash the ledger knows them, and all their keys there.
type target struct {
	source  string
	subject request.Subject
	keys    []string
}

// targets groups a request's people by source, in the order of the sources' names: the order in which they commit.
func targets(r *request.Request) []target {
	var out []target
	for _, u := range r.Subjects {
		if u.Source == request.RegisterSource || u.Key == "" {
			continue
		}
		i := slices.IndexFunc(out, func(t target) bool { return t.source == u.Source })
		if i < 0 {
			out = append(out, target{source: u.Source, subject: u})
			i = len(out) - 1
		}
		out[i].keys = append(out[i].keys, u.Key)
	}
	slices.SortFunc(out, func(a, b target) int {
		if a.source < b.source {
			return -1
		}
		return 1
	})
	return out
}

func (t target) erasure(r *request.Request, epoch int, set settings.Settings, c *Claim, hash *records.Hasher, decided map[string]bool) records.Erasure {
	return records.Erasure{
		Hash: hash, Decisions: decided,
		RequestID: r.ID, Subject: t.subject.HMAC, Epoch: epoch, Keys: t.keys, RowCap: set.RowCap, Lang: r.Language,
		Progress: func(done, total int) { c.Progress(string(c.Kind), int64(done), int64(total)) },
		Staged:   func(n, of int) { c.Progress("stage", int64(n), int64(of)) },
	}
}

// erasureFault gives the faults of a run their codes. What a person must settle is not tried again.
func erasureFault(err error) error {
	switch {
	case errors.Is(err, records.ErrFenced):
		return errLost
	case errors.Is(err, records.ErrPlanChanged):
		return dsar.GiveUp("plan_changed")
	case errors.Is(err, records.ErrCountsGrew):
		return dsar.GiveUp("counts_grew")
	case errors.Is(err, records.ErrRefused):
		return dsar.GiveUp(codeRefused)
	case errors.Is(err, dsar.ErrNotFound):
		return dsar.GiveUp("person_not_found")
	}
	return err
}

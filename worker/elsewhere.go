package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/records"
)

// codeElsewhere: others' records mention the person, and somebody decides what of it the person gets.
const codeElsewhere = "mentioned_elsewhere"

// askElsewhere searches the records of others for the person of an access request, stores the passages for a data protection
// officer, and stops while one of them is undecided.
func (w *Worker) askElsewhere(ctx context.Context, c *Claim, g *gathering) (stopped bool, err error) {
	var out Rehearsed
	any := false
	for _, name := range slices.Sorted(maps.Keys(g.people.keys)) {
		found, err := g.elsewhere(ctx, name)
		if err != nil {
			return false, err
		}
		out.Sources = append(out.Sources, RehearsedSource{Source: name, Result: &records.Rehearsal{Review: found.Places, MorePlaces: found.More, Common: found.Common}})
		any = any || len(found.Places) > 0
	}
	if !any {
		return false, nil
	}
	decided, err := w.store.Decisions(ctx, w.Pool, g.request.ID)
	if err != nil {
		return false, err
	}
	for _, src := range out.Sources {
		stopped = stopped || slices.ContainsFunc(src.Result.Review, func(p records.Place) bool {
			_, done := decided[string(p.Hash)]
			return !done
		})
	}
	if !stopped {
		return false, nil
	}
	body, err := json.Marshal(out)
	if err != nil {
		return false, fmt.Errorf("encode the passages of request %d: %w", g.request.ID, err)
	}
	return true, c.Commit(ctx, func(tx pgx.Tx) error {
		// Kept as what a rehearsal found: the same page asks about both, and an erasure blanks both.
		var id int64
		err := tx.QueryRow(ctx, `
			insert into insyn.rehearsal (request_id, plan_hash, counts, body)
			values ($1, '', '{}', $2)
			returning id`, g.request.ID, w.Keys.Seal("rehearsal.body", body)).Scan(&id)
		if err != nil {
			return fmt.Errorf("store the passages of request %d: %w", g.request.ID, err)
		}
		if err := recordPlaces(ctx, tx, g.request.ID, id, out); err != nil {
			return err
		}
		return stopIn(ctx, tx, c, dsar.ForReview, codeElsewhere)
	})
}

// forgetPassages blanks them when the copy is made: it holds those that the person gets.
func forgetPassages(ctx context.Context, tx pgx.Tx, id int64) error {
	if _, err := tx.Exec(ctx, `update insyn.rehearsal set body = null where request_id = $1`, id); err != nil {
		return fmt.Errorf("blank the passages of request %d: %w", id, err)
	}
	return nil
}

func (g *gathering) elsewhere(ctx context.Context, source string) (*records.Elsewhere, error) {
	src, err := g.w.source(source)
	if err != nil {
		return nil, dsar.GiveUp("no_source")
	}
	return src.Elsewhere(ctx, g.people.keys[source], &records.Hasher{Keys: g.w.Keys})
}

// elsewhereSection tells the person which records of others mention them: the passages that a data protection officer has let
// through, as they stand now. A text that has changed since is not told.
func (g *gathering) elsewhereSection(ctx context.Context, sink dossier.Sink) error {
	decided, err := g.w.store.Decisions(ctx, g.w.Pool, g.request.ID)
	if err != nil {
		return err
	}
	if !slices.Contains(slices.Collect(maps.Values(decided)), true) {
		return nil
	}
	text := func(key string) dossier.Label {
		return dossier.Label{"sv": g.w.Texts.Label("sv", key), "en": g.w.Texts.Label("en", key)}
	}
	field := func(name string) dossier.Field {
		return dossier.Field{Name: name, Label: text("section.mentions." + name), Category: "mentions", Provenance: "staff", Type: "text"}
	}
	where := field("where")
	where.Words = map[string]dossier.Label{}
	var told []dossier.Record
	for _, name := range slices.Sorted(maps.Keys(g.people.keys)) {
		found, err := g.elsewhere(ctx, name)
		if err != nil {
			return err
		}
		for _, p := range found.Places {
			if !decided[string(p.Hash)] {
				continue
			}
			where.Words[p.Table] = g.tableLabel(name, p.Table)
			rec, err := record(p.Table, p.Before+p.Match+p.After)
			if err != nil {
				return err
			}
			told = append(told, rec)
		}
	}
	if len(told) == 0 {
		return nil
	}
	err = sink.Begin(dossier.Section{
		ID: "mentions", Source: "insyn", Label: text("section.mentions"), Intro: text("section.mentions.intro"), Category: "mentions",
		Provenance: []string{"staff"}, Fields: []dossier.Field{where, field("text")},
	})
	if err != nil {
		return err
	}
	for _, rec := range told { // at most as many as somebody is asked about
		if err := sink.Record(rec); err != nil {
			return err
		}
	}
	return sink.End()
}

func (g *gathering) tableLabel(source, table string) dossier.Label {
	src, err := g.w.source(source)
	if err == nil {
		if t := src.Plan().Table(table); t != nil {
			return t.Label
		}
	}
	return dossier.Label{"en": table}
}

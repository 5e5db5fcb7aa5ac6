package request

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// MentionCounts are the places of the newest rehearsal that somebody is asked about, by answer.
type MentionCounts struct{ Accepted, Refused, Undecided int }

// All is how many there are.
func (c MentionCounts) All() int { return c.Accepted + c.Refused + c.Undecided }

// Decided is how many are answered.
func (c MentionCounts) Decided() int { return c.Accepted + c.Refused }

// Place is a mention that a rehearsal found and that somebody is asked about, without its text. Confidence is unsure or likely.
type Place struct {
	Hash                            []byte
	Table, Column, Rule, Confidence string
	Linked                          bool
}

// RecordPlaces writes down which places the newest rehearsal of a request found in a source, without their texts. What was
// decided about one holds for as long as the text is the same.
func RecordPlaces(ctx context.Context, tx pgx.Tx, id, rehearsal int64, source string, places []Place) error {
	hashes := make([][]byte, 0, len(places))
	var tables, columns, rules, confidences []string
	var linked []bool
	for _, p := range places {
		hashes, tables, columns = append(hashes, p.Hash), append(tables, p.Table), append(columns, p.Column)
		rules, confidences, linked = append(rules, p.Rule), append(confidences, p.Confidence), append(linked, p.Linked)
	}
	_, err := tx.Exec(ctx, `
		insert into insyn.mention as m (request_id, place, source, table_name, column_name, rule, confidence, linked, found_in)
		select $1, v.place, $2, v.table_name, v.column_name, v.rule, v.confidence, v.linked, $3
		  from unnest($4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[]) as v (place, table_name, column_name, rule, confidence, linked)
		on conflict (request_id, place) do update
		   set found_in = excluded.found_in`, id, source, rehearsal, hashes, tables, columns, rules, confidences, linked)
	if err != nil {
		return fmt.Errorf("write the places of request %d: %w", id, err)
	}
	return nil
}

// DropPlaces forgets what an earlier rehearsal found and nobody has decided on.
func DropPlaces(ctx context.Context, tx pgx.Tx, id, rehearsal int64) error {
	_, err := tx.Exec(ctx, `delete from insyn.mention where request_id = $1 and found_in <> $2 and accepted is null`, id, rehearsal)
	if err != nil {
		return fmt.Errorf("drop old places of request %d: %w", id, err)
	}
	return nil
}

// newest holds, on alias m, for the places of a request's newest rehearsal.
const newest = `m.found_in = (select max(h.id) from insyn.rehearsal as h where h.request_id = m.request_id)`

// Mentions counts the places of the newest rehearsal.
func (s *Store) Mentions(ctx context.Context, q postgres.Querier, id int64) (c MentionCounts, err error) {
	err = q.QueryRow(ctx, `
		select count(*) filter (where accepted),
		       count(*) filter (where not accepted),
		       count(*) filter (where accepted is null)
		  from insyn.mention as m
		 where request_id = $1
		   and `+newest, id).Scan(&c.Accepted, &c.Refused, &c.Undecided)
	if err != nil {
		return c, fmt.Errorf("count the places of request %d: %w", id, err)
	}
	return c, nil
}

// Decisions are all that was decided about places of a request, by their hashes.
func (s *Store) Decisions(ctx context.Context, q postgres.Querier, id int64) (map[string]bool, error) {
	rows, err := q.Query(ctx, `select place, accepted from insyn.mention where request_id = $1 and accepted is not null`, id)
	if err != nil {
		return nil, fmt.Errorf("read what was decided in request %d: %w", id, err)
	}
	out := map[string]bool{}
	var place []byte
	var accepted bool
	_, err = pgx.ForEachRow(rows, []any{&place, &accepted}, func() error {
		out[string(place)] = accepted
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was decided in request %d: %w", id, err)
	}
	return out, nil
}

// DecisionsHash stands for what is decided about the places of the newest rehearsal: nil where nothing is. An approval holds it.
func (s *Store) DecisionsHash(ctx context.Context, q postgres.Querier, id int64) (hash []byte, err error) {
	err = q.QueryRow(ctx, `
		select sha256(string_agg(place || case when accepted then '\x01'::bytea else '\x00'::bytea end, ''::bytea order by place))
		  from insyn.mention as m
		 where request_id = $1
		   and accepted is not null
		   and `+newest, id).Scan(&hash)
	if err != nil {
		return nil, fmt.Errorf("hash what was decided in request %d: %w", id, err)
	}
	return hash, nil
}

// AcceptedByTable counts the places that go, by "source table": each is a row at most.
func (s *Store) AcceptedByTable(ctx context.Context, q postgres.Querier, id int64) (map[string]int, error) {
	rows, err := q.Query(ctx, `
		select source || ' ' || table_name, count(*)
		  from insyn.mention as m
		 where request_id = $1
		   and accepted
		   and `+newest+`
		 group by 1`, id)
	if err != nil {
		return nil, fmt.Errorf("count what was accepted in request %d: %w", id, err)
	}
	out := map[string]int{}
	var table string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&table, &n}, func() error {
		out[table] = n
		return nil
	})
	return out, err
}

// DecideMentions stores one answer about places of the newest rehearsal, nil all that are undecided, or takes it back where
// accepted is nil. It gives how many places changed.
func (s *Store) DecideMentions(ctx context.Context, tx pgx.Tx, id, actor int64, places [][]byte, accepted *bool) (int, error) {
	tag, err := tx.Exec(ctx, `
		update insyn.mention as m
		   set accepted = $3,
		       decided_by = case when $3::boolean is not null then $4::bigint end,
		       decided_at = case when $3::boolean is not null then now() end
		 where request_id = $1
		   and (place = any ($2) or $2::bytea[] is null and accepted is null)
		   and accepted is distinct from $3
		   and `+newest, id, places, accepted, actor)
	if err != nil {
		return 0, fmt.Errorf("store what was decided in request %d: %w", id, err)
	}
	return int(tag.RowsAffected()), nil
}

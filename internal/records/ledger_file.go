package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"insyn/internal/ledger"
	"insyn/internal/postgres"
)

// fileBatch is how many entries go to the file, or are looked for in the ledger, at a time.
const fileBatch = 5000

// Entry is a ledger row as the file holds it; false where there is none, or where its hashes have expired.
func (s *Source) Entry(ctx context.Context, requestID int64, subject []byte) (ledger.Entry, bool, error) {
	var out ledger.Entry
	found := false
	err := s.erasures(ctx, `request_id = $1 and subject = $2`, []any{requestID, subject}, func(e []ledger.Entry) error {
		out, found = e[0], true
		return nil
	})
	return out, found, err
}

// SuppressionEntries are rows of the suppression list as the file holds them.
func (s *Source) SuppressionEntries(ctx context.Context, list []Suppression) ([]ledger.Entry, error) {
	hashes := make([][]byte, 0, len(list))
	for _, x := range list {
		hashes = append(hashes, x.HMAC)
	}
	var out []ledger.Entry
	err := s.suppressed(ctx, `hmac = any ($1)`, []any{hashes}, func(e []ledger.Entry) error {
		out = append(out, e...)
		return nil
	})
	return out, err
}

// Entries tells each, in batches, the rows of ledger and suppression list whose numbers are above the given ones.
func (s *Source) Entries(ctx context.Context, erasures, suppressions int64, each func([]ledger.Entry) error) error {
	if err := s.erasures(ctx, `seq > $1`, []any{erasures}, each); err != nil {
		return err
	}
	return s.suppressed(ctx, `seq > $1`, []any{suppressions}, each)
}

func (s *Source) erasures(ctx context.Context, where string, args []any, each func([]ledger.Entry) error) error {
	rows, err := s.pool.Query(ctx, `
		select seq,
		       at,
		       request_id,
		       subject,
		       epoch,
		       key_hmacs,
		       hmacs,
		       map_version,
		       counts
		  from insyn_ledger.erasure
		 where (key_hmacs <> '{}' or hmacs <> '{}')
		   and state = 'done'
		   and `+where+`
		 order by seq`, args...)
	if err != nil {
		return fmt.Errorf("read the ledger of %s: %w", s.Name, safe(err))
	}
	return s.batches(rows, ledger.Erasure, each, func(e *ledger.Entry) error {
		var counts []byte
		if err := rows.Scan(&e.Seq, &e.At, &e.Request, &e.Subject, &e.Epoch, &e.KeyHMACs, &e.HMACs, &e.MapVersion, &counts); err != nil {
			return err
		}
		return json.Unmarshal(counts, &e.Counts)
	})
}

func (s *Source) suppressed(ctx context.Context, where string, args []any, each func([]ledger.Entry) error) error {
	rows, err := s.pool.Query(ctx, `
		select seq,
		       at,
		       hmac,
		       channel,
		       origin
		  from insyn_ledger.suppression
		 where `+where+`
		 order by seq`, args...)
	if err != nil {
		return fmt.Errorf("read the suppression list of %s: %w", s.Name, safe(err))
	}
	return s.batches(rows, ledger.Suppression, each, func(e *ledger.Entry) error {
		return rows.Scan(&e.Seq, &e.At, &e.HMAC, &e.Channel, &e.Origin)
	})
}

func (s *Source) batches(rows pgx.Rows, kind string, each func([]ledger.Entry) error, scan func(*ledger.Entry) error) error {
	defer rows.Close()
	var batch []ledger.Entry
	for rows.Next() {
		e := ledger.Entry{Kind: kind, Source: s.Name}
		if err := scan(&e); err != nil {
			return fmt.Errorf("read the ledger of %s: %w", s.Name, err)
		}
		e.At = e.At.UTC()
		if batch = append(batch, e); len(batch) == fileBatch {
			if err := each(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the ledger of %s: %w", s.Name, safe(err))
	}
	if len(batch) > 0 {
		return each(batch)
	}
	return nil
}

// Lacks tells which entries of the file the source does not have. There are some only when the source was restored from a
// backup that is older than they are.
func (s *Source) Lacks(ctx context.Context, known []ledger.Known) ([]ledger.ID, error) {
	var out []ledger.ID
	for len(known) > 0 {
		n := min(len(known), fileBatch)
		lost, err := s.lacks(ctx, known[:n])
		if err != nil {
			return nil, fmt.Errorf("compare the ledger of %s with the file: %w", s.Name, safe(err))
		}
		out, known = append(out, lost...), known[n:]
	}
	return out, nil
}

func (s *Source) lacks(ctx context.Context, known []ledger.Known) ([]ledger.ID, error) {
	var requests []int64
	var hashes [][]byte
	var channels []string
	var ranks []int
	for _, k := range known {
		channel, hash := "", k.Hash
		if k.Kind == ledger.Suppression {
			channel, hash, _ = strings.Cut(k.Hash, " ")
		}
		requests, hashes = append(requests, k.Request), append(hashes, []byte(hash))
		channels, ranks = append(channels, channel), append(ranks, k.Rank)
	}
	at, err := collect[int](ctx, s.pool, `
		select k.i
		  from unnest($1::bigint[], $2::bytea[], $3::text[], $4::int[]) with ordinality as k (request, hash, channel, rank, i)
		  left join insyn_ledger.erasure e on k.channel = '' and e.request_id = k.request and e.subject = k.hash
		  left join insyn_ledger.suppression s on k.channel = s.channel and s.hmac = k.hash and (k.rank = 0 or s.origin <> 'optout')
		 where e.request_id is null
		   and s.hmac is null
		 order by k.i`, requests, hashes, channels, ranks)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.ID, 0, len(at))
	for _, i := range at {
		out = append(out, known[i-1].ID)
	}
	return out, nil
}

// FileMark is how far the file of that name had come when this source last heard of it; false where it never has.
// Others tells whether it has heard of other files.
func (s *Source) FileMark(ctx context.Context, file string) (m ledger.Mark, known, others bool, err error) {
	rows, err := s.pool.Query(ctx, `
		select id,
		       generation,
		       lines,
		       mac
		  from insyn_ledger.file`)
	if err != nil {
		return m, false, false, fmt.Errorf("read the marks of %s: %w", s.Name, safe(err))
	}
	var one ledger.Mark
	_, err = pgx.ForEachRow(rows, []any{&one.File, &one.Generation, &one.Lines, &one.MAC}, func() error {
		if one.File == file {
			m, known = one, true
		} else {
			others = true
		}
		return nil
	})
	if err != nil {
		return m, false, false, fmt.Errorf("read the marks of %s: %w", s.Name, safe(err))
	}
	return m, known, others, nil
}

// SetFileMark remembers how far a file has come.
func (s *Source) SetFileMark(ctx context.Context, m ledger.Mark) error {
	_, err := s.pool.Exec(ctx, `
		insert into insyn_ledger.file (id, generation, lines, mac)
		values ($1, $2, $3, $4)
		on conflict (id) do update
		   set generation = excluded.generation,
		       lines = excluded.lines,
		       mac = excluded.mac,
		       at = now()`, m.File, m.Generation, m.Lines, m.MAC)
	if err != nil {
		return fmt.Errorf("write the mark of %s: %w", s.Name, safe(err))
	}
	return nil
}

// Settle writes the ledger row of an erasure whose person is not in the restored database: there is nothing to erase, and
// the ledger is level with the file again.
func (s *Source) Settle(ctx context.Context, e ledger.Entry) error {
	counts, err := json.Marshal(e.Counts)
	if err != nil {
		return fmt.Errorf("encode the counts: %w", err)
	}
	_, err = s.pool.Exec(ctx, `
		insert into insyn_ledger.erasure (request_id, subject, epoch, map_version, map_hash, plan_hash, counts, kept, key_hmacs, hmacs, at)
		values ($1, $2, $3, $4, $5, $6, $7, '[]', $8, $9, $10)
		on conflict (request_id, subject) do nothing`, e.Request, e.Subject, e.Epoch, e.MapVersion, s.m.Hash(), s.plan.Hash(), counts,
		distinct(e.KeyHMACs), distinct(e.HMACs), e.At)
	if err != nil {
		return fmt.Errorf("write the ledger of %s: %w", s.Name, safe(err))
	}
	return nil
}

// RestoreSuppressions puts back what the suppression list has forgotten, with the day on which it was said.
func (s *Source) RestoreSuppressions(ctx context.Context, list []ledger.Entry) (int, error) {
	written := 0
	err := postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		for _, e := range list {
			tag, err := tx.Exec(ctx, `
				insert into insyn_ledger.suppression as s (hmac, channel, origin, at)
				values ($1, $2, $3, $4)
				on conflict (hmac, channel) do update
				   set origin = excluded.origin,
				       seq = default
				 where s.origin = 'optout'
				   and excluded.origin <> 'optout'`, e.HMAC, e.Channel, e.Origin, e.At)
			if err != nil {
				return err
			}
			written += int(tag.RowsAffected())
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("write the suppression list of %s: %w", s.Name, safe(err))
	}
	return written, nil
}

package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/audit"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/settings"
)

// expireHour is when kept rows go, local: their last day is over, and nobody works.
const expireHour = 1

// Kept opens sources for one run, so that a source that is away holds up nothing else. close ends what it opened.
type Kept func(ctx context.Context) (sources []*records.Source, close func(), err error)

// ErrKeptStuck: a constraint of the source keeps rows whose time is over; the rest was erased.
var ErrKeptStuck = errors.New("some kept rows could neither be deleted nor emptied")

// Expire erases, in each source that was opened with the rights of expire, the rows that a law has kept and asks for no
// longer. The day is the controller's own by the database's clock. What was erased is told also beside an error.
func Expire(ctx context.Context, pool *pgxpool.Pool, kept []*records.Source) (map[string]records.Expired, error) {
	s, err := settings.Load(ctx, pool)
	if err != nil {
		return nil, err
	}
	now, err := databaseNow(ctx, pool)
	if err != nil {
		return nil, err
	}
	held, err := holds(ctx, pool)
	if err != nil {
		return nil, err
	}
	out := map[string]records.Expired{}
	var problems []error
	for _, src := range kept {
		e, err := src.Expire(ctx, dsar.DateOf(now, s.Location()), 0, held)
		out[src.Name] = e
		problems = append(problems, err, note(ctx, pool, e))
		if len(e.Stuck) > 0 {
			problems = append(problems, fmt.Errorf("source %s: %w", src.Name, ErrKeptStuck))
		}
	}
	return out, errors.Join(problems...)
}

// holds tells which requests' people are under a legal hold: nothing of theirs goes.
func holds(ctx context.Context, pool *pgxpool.Pool) (func(requestID int64) bool, error) {
	rows, err := pool.Query(ctx, `
		select distinct s.request_id
		  from insyn.request_subject s
		  join insyn.hold h on h.key_hmac = s.key_hmac
		 where h.released_at is null`)
	if err != nil {
		return nil, fmt.Errorf("read who is under a hold: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("read who is under a hold: %w", err)
	}
	return func(id int64) bool { return slices.Contains(list, id) }, nil
}

// note leaves the counts in the audit, also when ctx has just ended: what it tells of has been committed.
func note(ctx context.Context, pool *pgxpool.Pool, e records.Expired) error {
	stuck := 0
	for _, s := range e.Stuck {
		stuck += s.Rows
	}
	if e.Rows()+e.Gone+stuck == 0 {
		return nil
	}
	return audit.Write(context.WithoutCancel(ctx), pool, audit.Entry{Action: "kept.expired", Detail: audit.Detail{
		"deleted": int64(e.Deleted), "anonymised": int64(e.Anonymised), "gone": int64(e.Gone), "held": int64(e.Held), "stuck": int64(stuck),
	}})
}

// expireSweep is the cron line of a scheduler that has a way into sources.
func expireSweep(kept Kept) Sweep {
	return Sweep{
		Name: "expire", Line: "* * * * *", waits: true,
		slot: func(now time.Time, s settings.Settings) time.Time { return daily(now, expireHour, s.Location(), true) },
		run: func(ctx context.Context, pool *pgxpool.Pool, _ time.Time) (rows int64, err error) {
			sources, done, err := kept(ctx)
			if err != nil {
				return 0, err
			}
			defer done()
			out, err := Expire(ctx, pool, sources)
			for _, e := range out {
				rows += int64(e.Rows())
			}
			if errors.Is(err, ErrKeptStuck) || errors.Is(err, records.ErrExpireBusy) {
				// Trying again within minutes changes nothing: the audit and the list of what is fenced tell of it.
				return rows, nil
			}
			return rows, err
		},
	}
}

package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// Holds tells, for one run, which requests' people are under a legal hold; nil is nobody.
type Holds func(ctx context.Context, pool *pgxpool.Pool) (held func(requestID int64) bool, err error)

// ErrKeptStuck: a constraint of the source keeps rows whose time is over; the rest was erased.
var ErrKeptStuck = errors.New("some kept rows could neither be deleted nor emptied")

// Expire erases, in each source that was opened with the rights of expire, the rows that a law has kept and asks for no
// longer. The day is the controller's own by the database's clock. What was erased is told also beside an error.
func Expire(ctx context.Context, pool *pgxpool.Pool, kept []*records.Source, holds Holds) (map[string]records.Expired, error) {
	s, err := settings.Load(ctx, pool)
	if err != nil {
		return nil, err
	}
	now, err := databaseNow(ctx, pool)
	if err != nil {
		return nil, err
	}
	var held func(int64) bool
	if holds != nil {
		if held, err = holds(ctx, pool); err != nil {
			return nil, err
		}
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
func expireSweep(kept Kept, holds Holds) Sweep {
	return Sweep{
		Name: "expire", Line: "* * * * *", waits: true,
		slot: func(now time.Time, s settings.Settings) time.Time { return daily(now, expireHour, s.Location(), true) },
		run: func(ctx context.Context, pool *pgxpool.Pool, _ time.Time) (rows int64, err error) {
			sources, done, err := kept(ctx)
			if err != nil {
				return 0, err
			}
			defer done()
			out, err := Expire(ctx, pool, sources, holds)
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

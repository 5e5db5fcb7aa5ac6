package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// decay forgets failures after this much quiet.
const decay = time.Hour

// attempt is one count of failures: how many are free, and how long the delay can grow.
type attempt struct {
	key     []byte
	free    int
	longest time.Duration
}

// delay doubles from one second with each failure beyond the free ones. It never becomes a lock.
func (t attempt) delay(failures int) time.Duration {
	over := failures - t.free
	if over < 0 {
		return 0
	}
	if over > 20 {
		return t.longest
	}
	return min(time.Second<<over, t.longest)
}

// wait is what is left of the delay, by the database's clock.
func (t attempt) wait(ctx context.Context, q postgres.Querier) (time.Duration, error) {
	var failures int
	var quiet float64
	err := q.QueryRow(ctx, `
		select failures,
		       extract(epoch from clock_timestamp() - last_at)::float8
		  from insyn.login_failure
		 where key = $1`, t.key).Scan(&failures, &quiet)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read failed logins: %w", err)
	}
	since := time.Duration(quiet * float64(time.Second))
	if since > decay {
		return 0, nil
	}
	return max(t.delay(failures)-since, 0), nil
}

func (t attempt) count(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		insert into insyn.login_failure as f (key, failures, last_at)
		values ($1, 1, clock_timestamp())
		on conflict (key) do update
		   set failures = case when f.last_at < clock_timestamp() - $2::interval then 1 else f.failures + 1 end,
		       last_at = clock_timestamp()`, t.key, decay)
	if err != nil {
		return fmt.Errorf("count a failed login: %w", err)
	}
	return nil
}

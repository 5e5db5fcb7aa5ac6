package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dsar"
	"insyn/internal/postgres"
	"insyn/internal/settings"
	"insyn/jobs"
)

const (
	deadlineMail = "mail.deadline"
	sevenDays    = 7
	workingDays  = 2
)

// thresholds are the days on which somebody should hear about a request: half of its time, 7 days and 2 working days before
// the strict last day, and the day after it.
func thresholds(country string, received, due dsar.Date) []dsar.Date {
	return []dsar.Date{
		received.AddDays(received.DaysUntil(due) / 2),
		due.AddDays(-sevenDays),
		workingDaysBefore(country, due),
		due.AddDays(1),
	}
}

// workingDaysBefore is the last day from which two working days are left, the last day itself being one of them. The eves
// count as working days, as they do for the strict date; a country without a calendar has only its weekends off.
func workingDaysBefore(country string, due dsar.Date) dsar.Date {
	left := 0
	for d := due; ; d = d.AddDays(-1) {
		works, err := dsar.WorkingDay(country, d, false)
		if err != nil {
			w := d.Weekday()
			works = w != time.Saturday && w != time.Sunday
		}
		if works {
			if left++; left == workingDays {
				return d.AddDays(-1)
			}
		}
	}
}

// latest is the last threshold that today has reached; ok is false before the first.
func latest(days []dsar.Date, received, today dsar.Date) (day dsar.Date, ok bool) {
	for _, d := range days {
		if !d.After(today) && d.After(received) && (!ok || d.After(day)) {
			day, ok = d, true
		}
	}
	return day, ok
}

// Remind queues a message to the staff for each open request that has reached a threshold since its last one. It needs no
// memory of its own: a request whose last reminder is older than the threshold gets one, so a day that was missed is caught
// up and a day done twice changes nothing.
func Remind(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	s, err := settings.Load(ctx, pool)
	if err != nil {
		return 0, err
	}
	var n int64
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		now, err := databaseNow(ctx, tx)
		if err != nil {
			return err
		}
		today := dsar.DateOf(now, s.Location())
		rows, err := tx.Query(ctx, `
			select r.id,
			       r.country,
			       r.received_on,
			       r.due_strict,
			       coalesce(r.handler, 0),
			       (select max(m.created_at)
			          from insyn.mail m
			         where m.request_id = r.id
			           and m.template = $1)
			  from insyn.request r
			 where r.closed_at is null
			   and r.asked
			   and r.due_strict is not null
			 order by r.due_strict, r.id
			   for update of r`, deadlineMail)
		if err != nil {
			return fmt.Errorf("find open requests: %w", err)
		}
		open, err := pgx.CollectRows(rows, pgx.RowToStructByPos[openRequest])
		if err != nil {
			return fmt.Errorf("find open requests: %w", err)
		}
		for _, r := range open {
			day, reached := latest(thresholds(r.Country, r.Received, r.Due), r.Received, today)
			if !reached || r.LastTold != nil && !dsar.DateOf(*r.LastTold, s.Location()).Before(day) {
				continue
			}
			lang, err := language(ctx, tx, s, r.Handler)
			if err != nil {
				return err
			}
			if _, err := jobs.QueueMail(ctx, tx, nil, jobs.OutMail{RequestID: r.ID, Template: deadlineMail, Language: lang, Staff: true}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

type openRequest struct {
	ID       int64
	Country  string
	Received dsar.Date
	Due      dsar.Date
	Handler  int64
	LastTold *time.Time
}

func sweepRemind(ctx context.Context, pool *pgxpool.Pool, _ time.Time) (int64, error) {
	return Remind(ctx, pool)
}

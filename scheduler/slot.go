package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
	"insyn/internal/settings"
)

// Sweep is one line of the table: when, and what.
type Sweep struct {
	Name string
	Line string // cron, in UTC: how often to look whether a slot is due
	// slot is the latest moment up to now at which the sweep should have run.
	slot func(now time.Time, s settings.Settings) time.Time
	// waits: on a fresh installation the first slot is the next one, not the one that has just passed.
	waits bool
	run   func(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (rows int64, err error)
}

// Sweeps is the table of cron lines. The lines look often and the slots decide, so that a slot in local time needs no
// cron in local time, which would skip or repeat an hour twice a year.
func Sweeps() []Sweep {
	return []Sweep{
		{Name: "purge", Line: "* * * * *", slot: eachMinute, run: sweepPurge},
		{Name: "unopened", Line: "* * * * *", slot: eachMinute, run: sweepUnopened},
		{Name: "remind", Line: "* * * * *", slot: remindSlot, waits: true, run: sweepRemind},
		{Name: "report", Line: "* * * * *", slot: reportSlot, waits: true, run: sweepReport},
	}
}

const remindHour = 7 // local: before the working day begins

func eachMinute(now time.Time, _ settings.Settings) time.Time { return now.Truncate(time.Minute) }

func remindSlot(now time.Time, s settings.Settings) time.Time {
	return daily(now, remindHour, s.Location(), true)
}

func reportSlot(now time.Time, s settings.Settings) time.Time {
	return daily(now, s.ReportHour, s.Location(), s.ReportWeekends)
}

// daily is the latest such hour on the clock of loc that is not after now; Monday to Friday unless weekends count.
func daily(now time.Time, hour int, loc *time.Location, weekends bool) time.Time {
	local := now.In(loc)
	for back := 0; ; back++ {
		slot := time.Date(local.Year(), local.Month(), local.Day()-back, hour, 0, 0, 0, loc)
		free := slot.Weekday() == time.Saturday || slot.Weekday() == time.Sunday
		if !slot.After(now) && (weekends || !free) {
			return slot
		}
	}
}

// abandoned is when a slot that somebody began and did not finish may be taken by another: sweeps can be done twice
// without harm.
const abandoned = "10 minutes"

// due runs the sweep if its slot is due and not taken.
func (sw Sweep) due(ctx context.Context, pool *pgxpool.Pool) (ran bool, rows int64, err error) {
	s, err := settings.Load(ctx, pool)
	if err != nil {
		return false, 0, err
	}
	now, err := databaseNow(ctx, pool)
	if err != nil {
		return false, 0, err
	}
	slot := sw.slot(now, s)
	taken, err := sw.take(ctx, pool, slot)
	if err != nil || !taken {
		return false, 0, err
	}
	if rows, err = sw.Do(ctx, pool, slot); err != nil {
		return true, 0, err
	}
	_, err = pool.Exec(ctx, `update insyn.slot set done_at = now() where name = $1 and slot = $2`, sw.Name, slot)
	if err != nil {
		return true, rows, fmt.Errorf("finish slot of %s: %w", sw.Name, err)
	}
	return true, rows, nil
}

// take gets the slot for this process, or tells that another has it.
func (sw Sweep) take(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (bool, error) {
	if sw.waits {
		tag, err := pool.Exec(ctx, `
			insert into insyn.slot (name, slot, done_at)
			select $1, $2, now()
			 where not exists (select 1 from insyn.slot where name = $1)
			on conflict do nothing`, sw.Name, slot)
		if err != nil {
			return false, fmt.Errorf("begin the slots of %s: %w", sw.Name, err)
		}
		if tag.RowsAffected() > 0 {
			return false, nil
		}
	}
	tag, err := pool.Exec(ctx, `
		insert into insyn.slot (name, slot)
		values ($1, $2)
		on conflict (name, slot) do update
		   set ran_at = now()
		 where slot.done_at is null
		   and slot.ran_at < now() - interval '`+abandoned+`'`, sw.Name, slot)
	if err != nil {
		return false, fmt.Errorf("take slot of %s: %w", sw.Name, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Do runs the sweep whatever the clock says, and notes when for the metrics: the commands do it too.
func (sw Sweep) Do(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (int64, error) {
	rows, err := sw.run(ctx, pool, slot)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", sw.Name, err)
	}
	_, err = pool.Exec(ctx, `
		insert into insyn.sweep (name, ran_at, rows)
		values ($1, now(), $2)
		on conflict (name) do update
		   set ran_at = excluded.ran_at,
		       rows = excluded.rows`, sw.Name, rows)
	if err != nil {
		return rows, fmt.Errorf("note the sweep %s: %w", sw.Name, err)
	}
	return rows, nil
}

// databaseNow is the clock that everything goes by.
func databaseNow(ctx context.Context, q postgres.Querier) (time.Time, error) {
	var now time.Time
	if err := q.QueryRow(ctx, `select now()`).Scan(&now); err != nil {
		return now, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, nil
}

// language is the one of the data protection officer's account, for messages to the staff.
func language(ctx context.Context, tx pgx.Tx, s settings.Settings, handler int64) (string, error) {
	byDefault := "en"
	if s.Country == "SE" {
		byDefault = "sv"
	}
	var lang string
	err := tx.QueryRow(ctx, `
		select coalesce((select language
		                   from insyn.account
		                  where disabled_at is null
		                    and (id = $1 or 'dpo' = any (roles))
		                  order by id = $1 desc, id
		                  limit 1), $2)`, handler, byDefault).Scan(&lang)
	if err != nil {
		return "", fmt.Errorf("find the staff's language: %w", err)
	}
	return lang, nil
}

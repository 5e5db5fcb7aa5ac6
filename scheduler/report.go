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

// Numbers is the report: counts and the ids of our own requests, nothing about anybody. It is stored as insyn.report.body;
// the counts bear the names of the placeholders in the report's text.
type Numbers struct {
	From   dsar.Date         `json:"from"`
	To     dsar.Date         `json:"to"`
	Period map[string]string `json:"period"` // in words, by language

	NeedsYou       int64   `json:"needs_you_count"` // what somebody has to do today
	Approval       []int64 `json:"approval"`        // erasures that wait for an administrator
	Review         []int64 `json:"review"`
	Identity       []int64 `json:"identity"` // waiting for the person: told, not counted above
	Clarification  []int64 `json:"clarification"`
	Undelivered    []int64 `json:"undelivered"`
	New            []int64 `json:"new"`
	FailedRequests []int64 `json:"failed"`
	Overdue        []int64 `json:"overdue"`
	DueSoon        []int64 `json:"due_soon"`

	ReceivedCount      int64 `json:"received_count"`
	AnsweredCount      int64 `json:"answered_count"`
	InTimeCount        int64 `json:"in_time_count"`
	OpenCount          int64 `json:"open_count"`
	OverdueCount       int64 `json:"overdue_count"`
	DueSoonCount       int64 `json:"due_soon_count"`
	ErasedCount        int64 `json:"erased_count"`
	VerifiedCount      int64 `json:"verified_count"`
	UndeliverableCount int64 `json:"undeliverable_count"`
	FailedCount        int64 `json:"failed_count"`
	PurgedCount        int64 `json:"purged_count"`
}

// Report stores the numbers since the report before and queues the message that tells the data protection officer. The same
// slot again gives nil: it has been reported.
func Report(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (*Numbers, error) {
	var out *Numbers
	err := postgres.InTxOpts(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		n, s, err := count(ctx, tx, slot)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			insert into insyn.report (slot, body)
			values ($1, $2)
			on conflict (slot) do nothing`, slot, n)
		if err != nil {
			return fmt.Errorf("store the report: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		lang, err := language(ctx, tx, s, 0)
		if err != nil {
			return err
		}
		if _, err := jobs.QueueMail(ctx, tx, nil, jobs.OutMail{Template: "mail.report", Language: lang, Staff: true}); err != nil {
			return err
		}
		out = &n
		return nil
	})
	return out, err
}

// Count computes the numbers up to slot without storing or sending them.
func Count(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (n Numbers, err error) {
	err = postgres.InTxOpts(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		n, _, err = count(ctx, tx, slot)
		return err
	})
	return n, err
}

func count(ctx context.Context, tx pgx.Tx, slot time.Time) (Numbers, settings.Settings, error) {
	s, err := settings.Load(ctx, tx)
	if err != nil {
		return Numbers{}, s, err
	}
	var since time.Time
	err = tx.QueryRow(ctx, `
		select coalesce(max(slot), $2)
		  from insyn.report
		 where slot < $1`, slot, reportSlot(slot.Add(-time.Second), s)).Scan(&since)
	if err != nil {
		return Numbers{}, s, fmt.Errorf("find the report before: %w", err)
	}
	today := dsar.DateOf(slot, s.Location())
	n := Numbers{From: dsar.DateOf(since, s.Location()), To: today}
	n.Period = map[string]string{"sv": period(n.From, n.To, "sv"), "en": period(n.From, n.To, "en")}
	if err := n.happened(ctx, tx, since, slot, s); err != nil {
		return n, s, err
	}
	if err := n.standing(ctx, tx, today); err != nil {
		return n, s, err
	}
	n.OverdueCount, n.DueSoonCount = int64(len(n.Overdue)), int64(len(n.DueSoon))
	for _, list := range [][]int64{n.Approval, n.Review, n.Identity, n.Undelivered, n.New, n.FailedRequests} {
		n.NeedsYou += int64(len(list))
	}
	return n, s, nil
}

// period is one day, or the first and the last.
func period(from, to dsar.Date, lang string) string {
	if from == to {
		return to.In(lang)
	}
	return from.In(lang) + " – " + to.In(lang)
}

func sweepReport(ctx context.Context, pool *pgxpool.Pool, slot time.Time) (int64, error) {
	n, err := Report(ctx, pool, slot)
	if err != nil || n == nil {
		return 0, err
	}
	return 1, nil
}

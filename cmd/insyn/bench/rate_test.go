package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"insyn/internal/records"
)

const (
	// eraseWorkers is how many erasures run at once, as INSYN_CONCURRENCY has it.
	eraseWorkers = 8
	eraseMany    = 96
)

// sustained erases many persons with eight workers at once, by us and by hand, in turns: the rates of whole batches.
func (c *crm) sustained(b *testing.B) []figure {
	b.Helper()
	ours, hand := make([]records.Erasure, eraseMany), make([]subject, eraseMany)
	for i := range eraseMany {
		p := c.subject(b, 100+2*i)
		ours[i] = records.Erasure{RequestID: p.id, Subject: []byte("ours"), Epoch: 1, Keys: []string{key(p.id)}}
		hand[i] = c.subject(b, 101+2*i)
	}
	execute(b, c.pool, `vacuum analyze`)
	for i := range ours {
		r, err := c.source.Rehearse(b.Context(), ours[i])
		if err != nil {
			b.Fatal(err)
		}
		ours[i].Approved = r.Approval()
	}
	var mine, theirs time.Duration
	const turns = 4
	for turn := range turns {
		from, to := turn*eraseMany/turns, (turn+1)*eraseMany/turns
		theirs += together(b, from, to, func(ctx context.Context, i int) error {
			_, err := c.eraseByHand(ctx, hand[i], append(byHand(), searching()...))
			return err
		})
		mine += together(b, from, to, func(ctx context.Context, i int) error {
			_, err := c.source.Erase(ctx, ours[i])
			return err
		})
	}
	return []figure{{"erase, 8 workers", fmt.Sprintf("%d x 211", eraseMany), theirs / eraseMany, mine / eraseMany, "per erasure; goal 0.7 of the floor's rate, a ratio of 1.4"}}
}

// together does the numbers from..to with eight goroutines and says how long all took.
func together(b *testing.B, from, to int, do func(ctx context.Context, i int) error) time.Duration {
	b.Helper()
	next := atomic.Int64{}
	next.Store(int64(from))
	var wait sync.WaitGroup
	begun := time.Now()
	for range eraseWorkers {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(to); i = next.Add(1) - 1 {
				if err := do(b.Context(), int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return time.Since(begun)
}

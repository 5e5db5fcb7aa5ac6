package share

import (
	"context"
	"time"
)

// How long an answer takes at least where its time could tell a known token from an unknown one. Finding a row takes
// some tens of microseconds more than finding none, which can be measured from outside.
const (
	lookTime = 20 * time.Millisecond
	wishTime = 100 * time.Millisecond // leaves an event
)

// even waits until least has passed since began.
func even(ctx context.Context, began time.Time, least time.Duration) {
	t := time.NewTimer(least - time.Since(began))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

package scheduler

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/settings"
)

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDailySlots(t *testing.T) {
	t.Parallel()
	s := settings.Defaults() // Stockholm, 08:00, not at weekends
	for _, c := range []struct{ now, want string }{
		{"2026-11-23 07:59 +0100", "2026-11-20 08:00 +0100"}, // Monday before eight: Friday's
		{"2026-11-23 08:00 +0100", "2026-11-23 08:00 +0100"},
		{"2026-11-21 12:00 +0100", "2026-11-20 08:00 +0100"}, // Saturday
		{"2027-03-29 06:30 +0000", "2027-03-29 08:00 +0200"}, // the day after summer time began
		{"2026-10-26 06:30 +0000", "2026-10-23 08:00 +0200"}, // the day after it ended: 07:30 local
	} {
		if got, want := reportSlot(moment(t, c.now), s), moment(t, c.want); !got.Equal(want) {
			t.Errorf("report at %s: slot %s, want %s", c.now, got, want)
		}
	}
	if got, want := remindSlot(moment(t, "2026-11-22 07:30 +0100"), s), moment(t, "2026-11-22 07:00 +0100"); !got.Equal(want) {
		t.Errorf("remind on a Sunday: slot %s, want %s", got, want)
	}
}

// Every hour of five years, with both changes of the clock in each: one slot a day, never two, never none.
func TestNoSlotIsLostOrDoubledByTheClock(t *testing.T) {
	t.Parallel()
	loc := settings.Defaults().Location()
	for _, hour := range []int{2, 3, 8} {
		seen := map[string]time.Time{}
		begin := moment(t, "2026-01-01 12:00 +0100")
		for now := begin; now.Before(begin.AddDate(5, 0, 0)); now = now.Add(time.Hour) {
			slot := daily(now, hour, loc, true)
			day := slot.In(loc).Format(time.DateOnly)
			if before, ok := seen[day]; ok && !before.Equal(slot) {
				t.Fatalf("%s has the slots %s and %s", day, before, slot)
			}
			seen[day] = slot
		}
		if want := 365*5 + 1; len(seen) < want || len(seen) > want+2 {
			t.Errorf("hour %d: %d slots in five years, want %d", hour, len(seen), want)
		}
	}
}

func TestSchedulersShareSlots(t *testing.T) {
	t.Parallel()
	_, own := pools(t)
	var ran atomic.Int64
	slot := time.Now().Truncate(time.Minute)
	sw := Sweep{
		Name: "test", slot: func(time.Time, settings.Settings) time.Time { return slot },
		run: func(context.Context, *pgxpool.Pool, time.Time) (int64, error) { return ran.Add(1), nil },
	}
	for range 20 {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if _, _, err := sw.due(context.Background(), own); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		slot = slot.Add(time.Minute)
	}
	if got := ran.Load(); got != 20 {
		t.Errorf("20 slots, five schedulers: %d runs", got)
	}
}

func TestAnUnfinishedSlotIsTakenOver(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	ctx := context.Background()
	slot := time.Now().Truncate(time.Minute)
	fail := true
	sw := Sweep{
		Name: "test", slot: func(time.Time, settings.Settings) time.Time { return slot },
		run: func(context.Context, *pgxpool.Pool, time.Time) (int64, error) {
			if fail {
				return 0, errors.New("database gone")
			}
			return 1, nil
		},
	}
	if _, _, err := sw.due(ctx, own); err == nil {
		t.Fatal("the failure was not told")
	}
	fail = false
	if ran, _, err := sw.due(ctx, own); ran || err != nil {
		t.Errorf("taken over at once: %v %v", ran, err)
	}
	exec(t, root, `update insyn.slot set ran_at = now() - interval '11 minutes'`)
	if ran, rows, err := sw.due(ctx, own); !ran || rows != 1 || err != nil {
		t.Errorf("not taken over after 11 minutes: %v %d %v", ran, rows, err)
	}
	if ran, _, _ := sw.due(ctx, own); ran {
		t.Error("a finished slot ran again")
	}
}

// A report of yesterday would only confuse where Insyn was installed today; one that was missed since is caught up.
func TestFirstSlotWaits(t *testing.T) {
	t.Parallel()
	_, own := pools(t)
	slot := time.Now().Add(-time.Hour)
	sw := Sweep{
		Name: "test", waits: true, slot: func(time.Time, settings.Settings) time.Time { return slot },
		run: func(context.Context, *pgxpool.Pool, time.Time) (int64, error) { return 1, nil },
	}
	for i, want := range []bool{false, false, true, false} {
		if i == 2 {
			slot = slot.Add(48 * time.Hour) // two days later; the day between was missed
		}
		if ran, _, err := sw.due(context.Background(), own); ran != want || err != nil {
			t.Errorf("look %d: ran %v, %v, want %v", i, ran, err, want)
		}
	}
}

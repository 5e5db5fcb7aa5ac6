package scheduler

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"
)

// It sweeps at once, without waiting for the minute, and ends when it is told to.
func TestRunCatchesUpAndStops(t *testing.T) {
	t.Parallel()
	root, own := pools(t)
	exec(t, root, `insert into insyn.sessions (token, data, expiry) values ('old', '', now() - interval '1 second')`)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var log bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Pool: own, Log: slog.New(slog.NewTextHandler(&log, nil)), Drain: 5 * time.Second})
	}()
	for end := time.Now().Add(10 * time.Second); texts(t, root, `select token from insyn.sessions`) != ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not purge")
		}
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(8 * time.Second):
		t.Fatal("it does not stop")
	}
	if got := texts(t, root, `select name from insyn.slot where done_at is not null`); got == "" {
		t.Errorf("no slot was finished; log:\n%s", log.String())
	}
}

// A sweep that fails is told by its name and a code; what the database said stays out of the log.
func TestFailuresAreLoggedWithoutTheirText(t *testing.T) {
	t.Parallel()
	_, own := pools(t)
	own.Close()
	var log bytes.Buffer
	r := &runner{Config: Config{Pool: own, Log: slog.New(slog.NewTextHandler(&log, nil))}, ctx: context.Background()}
	r.attempt(Sweeps()[0])
	if got := log.String(); !bytes.Contains(log.Bytes(), []byte("sweep=purge code=")) || bytes.Contains(log.Bytes(), []byte("closed pool")) {
		t.Errorf("log %s", got)
	}
}

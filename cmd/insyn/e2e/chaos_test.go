package e2e

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
)

// chaos breaks things and keeps the time.
type chaos struct {
	w              *world
	kills, flushes int

	mu        sync.Mutex
	lost      map[int64]lostJob // not yet claimed again
	ever      map[int64]bool    // lost once at least
	back      []time.Duration   // from the kill to the queue
	recovered []time.Duration   // from the kill to the next claim
}

// lostJob is what a killed worker was doing.
type lostJob struct {
	epoch int
	at    time.Time
	back  bool
}

// run feeds the requests in while it kills a worker every 1 to 3 seconds and flushes Redis twice, and then waits until
// everything that was lost is claimed again.
func (c *chaos) run(all []*faulted) {
	w := c.w
	ctx, cancel := context.WithCancel(w.t.Context())
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	wait.Go(func() { c.watch(ctx) })
	fed := make(chan error, 1)
	wait.Go(func() { fed <- c.feed(ctx, all) })
	end := time.Now().Add(faultTime)
	for time.Now().Before(end) {
		time.Sleep(time.Second + rand.N(2*time.Second))
		name := workerName(rand.IntN(faultWorkers))
		c.kill(name)
		if c.kills == 5 || c.kills == 12 {
			if err := w.redis.flush(); err != nil {
				w.t.Error(err)
			}
			c.flushes++
		}
		w.launch("worker", name)
	}
	if err := <-fed; err != nil {
		w.t.Fatal(err)
	}
	for end := time.Now().Add(45 * time.Second); c.open() > 0 && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
}

func (c *chaos) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.lost)
}

// feed submits the requests over four fifths of the time, so that there is always work to lose.
func (c *chaos) feed(ctx context.Context, all []*faulted) error {
	w := c.w
	desk, dpo, admin := w.desk(), w.accountID(ctx, maria), w.accountID(ctx, anna)
	pace := time.NewTicker(faultTime * 4 / 5 / time.Duration(len(all)))
	defer pace.Stop()
	for i, f := range all {
		if err := w.submit(ctx, desk, dpo, f); err != nil {
			return err
		}
		if i%20 == 0 {
			if err := w.approve(ctx, admin); err != nil {
				return err
			}
		}
		select {
		case <-pace.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (w *world) accountID(ctx context.Context, email string) (id int64) {
	_ = w.insyn.QueryRow(ctx, `select id from insyn.account where email = $1`, email).Scan(&id)
	return id
}

// approve approves every erasure that waits for it, as an administrator who looks at Today does.
func (w *world) approve(ctx context.Context, admin int64) error {
	rows, err := w.insyn.Query(ctx, `select id from insyn.request where kind = $1 and waiting_for = 'approval'`, dsar.Erasure)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	desk := w.desk()
	for _, id := range ids {
		if _, err := desk.DecideMentions(ctx, id, admin, nil, new(false)); err != nil {
			return err
		}
		plan, err := desk.Rehearsal(ctx, id)
		if err != nil {
			return err
		}
		if err := desk.Approve(ctx, id, admin, plan.Shown()); err != nil {
			return err
		}
	}
	return nil
}

// kill ends a worker with SIGKILL and notes what it was doing: nobody else may touch that before the lease ends.
func (c *chaos) kill(name string) {
	w := c.w
	child := w.children[name]
	child.kill()
	now := time.Now()
	c.kills++
	rows, err := w.insyn.Query(w.t.Context(), `select id, epoch from insyn.job where state = 'working' and split_part(worker, ':', 2) = $1`, itoa(int64(child.cmd.Process.Pid)))
	if err != nil {
		w.t.Fatal(err)
	}
	type held struct {
		ID    int64
		Epoch int
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[held])
	if err != nil {
		w.t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range list {
		c.lost[h.ID], c.ever[h.ID] = lostJob{epoch: h.Epoch, at: now}, true
	}
}

// watch sees when a lost job is back in the queue, with another epoch, and when it is claimed again. One that ended with
// its old epoch was not lost: its commit was on the way to the database when its worker was killed.
func (c *chaos) watch(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
		c.mu.Lock()
		var ids []int64
		var epochs []int
		for id, l := range c.lost {
			ids, epochs = append(ids, id), append(epochs, l.epoch)
		}
		c.mu.Unlock()
		rows, err := c.w.insyn.Query(ctx, `
			select j.id,
			       j.epoch > l.epoch as again,
			       j.state = 'queued' as waits
			  from unnest($1::bigint[], $2::integer[]) as l (id, epoch)
			  join insyn.job as j on j.id = l.id
			 where j.epoch > l.epoch
			    or (j.epoch = l.epoch and j.state = 'done')`, ids, epochs)
		if err != nil {
			continue
		}
		type seen struct {
			ID           int64
			Again, Waits bool
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[seen])
		if err != nil {
			continue
		}
		c.mu.Lock()
		for _, s := range list {
			l := c.lost[s.ID]
			if s.Again && !l.back {
				l.back = true
				c.back = append(c.back, time.Since(l.at))
				c.lost[s.ID] = l
			}
			if s.Waits {
				continue
			}
			if s.Again {
				c.recovered = append(c.recovered, time.Since(l.at))
			}
			delete(c.lost, s.ID)
		}
		c.mu.Unlock()
	}
}

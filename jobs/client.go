package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
)

// enqueueTimeout is short: with Redis away a page must not wait for it; the relay catches up.
const enqueueTimeout = 300 * time.Millisecond

// ErrQueued: the queue already holds this task id.
var ErrQueued = errors.New("already in the queue")

// Client enqueues. A nil Client does nothing: the notification of Insert reaches a relay that has Redis.
type Client struct {
	asynq     *asynq.Client
	inspector *asynq.Inspector
}

// NewClient connects lazily; single, Sentinel and Cluster differ by the option's type.
func NewClient(o asynq.RedisConnOpt) *Client {
	return &Client{asynq: asynq.NewClient(o), inspector: asynq.NewInspector(o)}
}

// Close frees the connections.
func (c *Client) Close() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.asynq.Close(), c.inspector.Close())
}

// handedOver tells whether the queue has given the task to a worker, which is alive or not. A task that waits its turn, or
// about which the queue says nothing, is not.
func (c *Client) handedOver(k Kind, r Ref) bool {
	spec, ok := SpecOf(k)
	if c == nil || !ok {
		return false
	}
	info, err := c.inspector.GetTaskInfo(spec.Queue, r.TaskID())
	return err == nil && info.State == asynq.TaskStateActive
}

// Enqueue puts the two ids into the kind's queue. ErrQueued when they are there.
func (c *Client) Enqueue(ctx context.Context, k Kind, r Ref) error {
	if c == nil {
		return nil
	}
	spec, ok := SpecOf(k)
	if !ok {
		return fmt.Errorf("enqueue: unknown kind %q", k)
	}
	payload, err := json.Marshal(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, enqueueTimeout)
	defer cancel()
	_, err = c.asynq.EnqueueContext(ctx, asynq.NewTask(string(k), payload),
		asynq.Queue(spec.Queue), asynq.TaskID(r.TaskID()), asynq.MaxRetry(0), asynq.Timeout(spec.Timeout), asynq.Retention(0))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return ErrQueued
	}
	if err != nil {
		return fmt.Errorf("enqueue job %d: %w", r.Job, err)
	}
	return nil
}

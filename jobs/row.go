package jobs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// NotifyChannel is where a process without Redis at hand says that a job was committed; the payload is its id.
const NotifyChannel = "insyn_job"

// New is a job to be. Ids are of our own tables; 0 is none.
type New struct {
	Kind      Kind
	RequestID int64
	SubjectID int64
	MailID    int64
	LinkID    int64
	EventID   int64
	Delay     time.Duration
}

// Ref is a job and its epoch: all that Redis gets to know.
type Ref struct {
	Job   int64 `json:"job"`
	Epoch int   `json:"epoch"`
}

// TaskID is the id under which the queue knows this epoch.
func (r Ref) TaskID() string {
	return strconv.FormatInt(r.Job, 10) + ":" + strconv.Itoa(r.Epoch)
}

// Insert writes the row in the caller's transaction and tells listening relays at its commit. Enqueue after the commit.
func Insert(ctx context.Context, tx pgx.Tx, n New) (int64, error) {
	spec, ok := SpecOf(n.Kind)
	if !ok {
		return 0, fmt.Errorf("insert a job: unknown kind %q", n.Kind)
	}
	var id int64
	err := tx.QueryRow(ctx, `
		insert into insyn.job (kind, queue, request_id, subject_id, mail_id, link_id, event_id, run_at)
		values ($1, $2, nullif($3, 0), nullif($4, 0), nullif($5, 0), nullif($6, 0), nullif($7, 0), now() + $8::interval)
		returning id`,
		n.Kind, spec.Queue, n.RequestID, n.SubjectID, n.MailID, n.LinkID, n.EventID, n.Delay).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("insert a %s job: %w", n.Kind, err)
	}
	if n.Delay > 0 {
		return id, nil // the relay enqueues it when its time has come
	}
	_, err = tx.Exec(ctx, `select pg_notify($1, $2)`, NotifyChannel, strconv.FormatInt(id, 10))
	if err != nil {
		return 0, fmt.Errorf("tell of job %d: %w", id, err)
	}
	return id, nil
}

// Cancel ends the queued jobs of a request of the given kinds; a running one is fenced by its raised epoch.
func Cancel(ctx context.Context, tx pgx.Tx, requestID int64, kinds ...Kind) (int64, error) {
	tag, err := tx.Exec(ctx, `
		update insyn.job
		   set state = 'cancelled',
		       epoch = epoch + 1,
		       lease_until = null,
		       finished_at = now()
		 where request_id = $1
		   and kind = any ($2)
		   and state in ('queued', 'working')`, requestID, kinds)
	if err != nil {
		return 0, fmt.Errorf("cancel jobs of request %d: %w", requestID, err)
	}
	return tag.RowsAffected(), nil
}

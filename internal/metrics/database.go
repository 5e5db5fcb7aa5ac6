package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

const scrapeTimeout = 5 * time.Second

// Database reads our own tables at each scrape. Every process that may read them gives the same figures, so one of them is
// enough to watch.
type Database struct {
	pool   *pgxpool.Pool
	up     *prometheus.Desc
	series []series
}

// series is one query: its columns are the labels and then the value.
type series struct {
	desc   *prometheus.Desc
	labels int
	sql    string
}

// NewDatabase makes the collector; register it.
func NewDatabase(pool *pgxpool.Pool) *Database {
	one := func(name, help, sql string, labels ...string) series {
		return series{desc: prometheus.NewDesc(name, help, labels, nil), labels: len(labels), sql: sql}
	}
	return &Database{
		pool: pool,
		up:   prometheus.NewDesc("insyn_database_up", "1 when our own tables answer.", nil, nil),
		series: []series{
			one("insyn_jobs", "Jobs by kind and state that are not over, or failed.", `
				select kind, state, count(*)::float8
				  from insyn.job
				 where state in ('queued', 'working', 'failed')
				 group by kind, state`, "kind", "state"),
			one("insyn_job_oldest_queued_seconds", "How long the oldest job that is due has waited; 0: none waits.", `
				select coalesce(extract(epoch from now() - min(run_at)), 0)::float8
				  from insyn.job
				 where state = 'queued'
				   and run_at <= now()`),
			one("insyn_jobs_failed", "Failed jobs by code that nobody has dealt with.", `
				select kind, coalesce(code, ''), count(*)::float8
				  from insyn.job
				 where state = 'failed'
				 group by kind, code`, "kind", "code"),
			one("insyn_jobs_retrying", "Queued jobs that have failed before, by code.", `
				select kind, coalesce(code, ''), count(*)::float8
				  from insyn.job
				 where state = 'queued'
				   and attempt > 0
				 group by kind, code`, "kind", "code"),
			one("insyn_mail_waiting", "Mails that the mail server has not accepted yet.", `
				select count(*)::float8
				  from insyn.mail
				 where state in ('ready', 'sending', 'ambiguous')`),
			one("insyn_mail_waiting_seconds", "How long the oldest of them has waited; 0: none waits.", `
				select coalesce(extract(epoch from now() - min(created_at)), 0)::float8
				  from insyn.mail
				 where state in ('ready', 'sending', 'ambiguous')`),
			one("insyn_requests_open", "Open requests by state.", `
				select state, count(*)::float8
				  from insyn.request
				 where closed_at is null
				 group by state`, "state"),
			one("insyn_requests_overdue", "Open requests whose strict last day has passed.", `
				select count(*)::float8
				  from insyn.request
				 where closed_at is null
				   and due_strict < current_date`),
			one("insyn_sweep_timestamp_seconds", "When a sweep last ran.", `
				select name, extract(epoch from ran_at)::float8
				  from insyn.sweep`, "sweep"),
			one("insyn_slot_timestamp_seconds", "The latest slot of a sweep that was finished.", `
				select name, extract(epoch from max(slot))::float8
				  from insyn.slot
				 where done_at is not null
				 group by name`, "sweep"),
			one("insyn_report_timestamp_seconds", "When the last report was made.", `
				select extract(epoch from max(at))::float8
				  from insyn.report
				having max(at) is not null`),
		},
	}
}

// Describe names the series.
func (d *Database) Describe(out chan<- *prometheus.Desc) {
	out <- d.up
	for _, s := range d.series {
		out <- s.desc
	}
}

// Collect runs the queries. A database that is away gives insyn_database_up 0 and no stale figures.
func (d *Database) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	up := 1.0
	for _, s := range d.series {
		if err := d.read(ctx, s, out); err != nil {
			up = 0
			break
		}
	}
	out <- prometheus.MustNewConstMetric(d.up, prometheus.GaugeValue, up)
}

func (d *Database) read(ctx context.Context, s series, out chan<- prometheus.Metric) error {
	rows, err := d.pool.Query(ctx, s.sql)
	if err != nil {
		return fmt.Errorf("read a metric: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		labels, value := make([]string, s.labels), 0.0
		into := make([]any, 0, s.labels+1)
		for i := range labels {
			into = append(into, &labels[i])
		}
		if err := rows.Scan(append(into, &value)...); err != nil {
			return fmt.Errorf("read a metric: %w", err)
		}
		out <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, value, labels...)
	}
	return rows.Err()
}

// Ping is the check of Health for our own tables.
func Ping(pool *pgxpool.Pool) func(context.Context) error {
	return func(ctx context.Context) error {
		var one int
		return pool.QueryRow(ctx, `select 1 from insyn.setting`).Scan(&one)
	}
}

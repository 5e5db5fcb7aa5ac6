package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"insyn/internal/dsar"
	"insyn/jobs"
)

func jobsCommand() command {
	return command{
		name:    "jobs",
		summary: "list jobs, run one again, give one up",
		usage: `insyn jobs list [--state queued|working|done|failed|cancelled]
insyn jobs retry ID --as USER
insyn jobs give-up ID --as USER

list shows the failed ones and those in work unless a state is named. retry and give-up need an administrator, a DPO or ops.`,
		run: runJobs,
	}
}

func runJobs(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return wrongCall("say list, retry or give-up")
	}
	verb := args[0]
	fs := flags("jobs")
	state := fs.String("state", "", "")
	as := fs.String("as", "", "")
	rest, err := parse(fs, args[1:])
	if err != nil {
		return err
	}
	desk, p, err := a.desk(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	switch verb {
	case "list":
		if len(rest) > 0 {
			return wrongCall("unexpected %q", rest[0])
		}
		return a.listJobs(ctx, desk, *state)
	case "retry", "give-up":
		id, err := number(rest, "job")
		if err != nil {
			return err
		}
		who, err := actor(ctx, p.pool, *as, dsar.Administrator, dsar.DPO, dsar.Ops)
		if err != nil {
			return err
		}
		do := desk.RetryJob
		if verb == "give-up" {
			do = desk.GiveUpJob
		}
		return explain(do(ctx, id, who.ID))
	}
	return wrongCall("say list, retry or give-up")
}

func (a *app) listJobs(ctx context.Context, desk *jobs.Desk, state string) error {
	list, err := desk.JobList(ctx, state)
	if err != nil {
		return explain(err)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "job\tkind\tstate\trequest\tattempts\tcrashes\tcode\tdue")
	for _, j := range list {
		if state == "" && (j.State == "done" || j.State == "cancelled") {
			continue
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n",
			j.ID, j.Kind, j.State, j.RequestID, j.Attempt, j.Crashes, j.Code, j.RunAt.UTC().Format(time.RFC3339))
	}
	return w.Flush()
}

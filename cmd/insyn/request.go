package main

import (
	"context"
	"errors"
	"fmt"

	"insyn/internal/dsar"
	"insyn/jobs"
)

func requestCommand() command {
	return command{
		name:    "request",
		summary: "register a request, approve an erasure, look",
		usage: `insyn request access|portability|rectification|erasure --person SOURCE:KEY --as USER [flags] [--wait] [--json]
insyn request approve ID --as USER [--wait] [--json]
insyn request decide ID --person SOURCE:KEY --same|--different|--again --as USER [--code-by-hand] [--wait] [--json]
insyn request mentions ID [--rest person|other --as USER] [--json]
insyn request list [--all] [--json]
insyn request show ID [--json]

The same rules as on the pages. USER is the mail address of an account; an erasure is asked for by a DPO or administrator
and approved by another administrator.
  --received DAY      when it came, YYYY-MM-DD; today unless given
  --channel HOW       mail (default), phone, letter, visit
  --language LANG     sv or en; the person's own unless given
  --unasked           we share on our own initiative: no legal date runs
  --assurance LEVEL   how the link is opened: A, B (default) or C
  --set FIELD=VALUE   rectification: a field of the person's form and its new value; may be given several times
  --ground LETTER     erasure: the ground of Article 17(1), a to f
  --verified HOW      erasure: login, code_on_file, call_back, in_person or known_mail
  --no-wait           erasure: the person would rather not wait for an open copy or a live link
  --same              decide: the card that shares identifiers with the person is the same person, and joins the request
  --different         decide: it is somebody else; holds for later requests, until --again takes it back
  --code-by-hand      decide: the code to the person's page is given in another way than by mail (level C)
  --rest ANSWER       mentions: what holds for the places in texts that nobody has decided on: they are the person, or other
  --wait              wait until it is done or somebody has to do something
  --timeout TIME      how long --wait waits, 5m unless given
Exit codes: 0 done, 3 waiting for somebody, 1 failed, with the code. It waits as tied_cards when another card shares an
identifier with the person (show lists them, decide answers), and as legal_hold until the hold is released.`,
		run: runRequest,
	}
}

func runRequest(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return wrongCall("say what to do")
	}
	desk, p, err := a.desk(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	r := &requester{app: a, desk: desk, parts: p}
	switch verb, rest := args[0], args[1:]; verb {
	case "access", "portability", "rectification", "erasure":
		return r.submit(ctx, dsar.Kind(verb), rest)
	case "decide":
		return r.decide(ctx, rest)
	case "mentions":
		return r.mentions(ctx, rest)
	case "approve":
		return r.approve(ctx, rest)
	case "list":
		return r.list(ctx, rest)
	case "show":
		return r.show(ctx, rest)
	}
	return wrongCall("there is no %q", args[0])
}

// requester does the steps of one call.
type requester struct {
	*app
	desk  *jobs.Desk
	parts *parts
}

func (r *requester) approve(ctx context.Context, args []string) error {
	fs := flags("request approve")
	as := fs.String("as", "", "")
	after := r.after(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(rest, "request")
	if err != nil {
		return err
	}
	who, err := actor(ctx, r.parts.pool, *as, dsar.Administrator)
	if err != nil {
		return err
	}
	plan, err := r.desk.Rehearsal(ctx, id)
	if errors.Is(err, dsar.ErrNotFound) || err == nil && plan == nil {
		return r.unrehearsed(ctx, id)
	}
	if err != nil {
		return explain(err)
	}
	if !after.json {
		total := 0
		for _, n := range plan.Counts {
			total += n
		}
		_, _ = fmt.Fprintf(r.stdout, "approving the rehearsal of %s: %d rows in %d tables\n", plan.At.UTC().Format("2006-01-02 15:04 MST"), total, len(plan.Counts))
	}
	if err := r.desk.Approve(ctx, id, who.ID, plan.Shown()); err != nil {
		return explain(err)
	}
	return r.finish(ctx, id, after)
}

// unrehearsed says why there is nothing to approve: somebody erased before has no plan.
func (r *requester) unrehearsed(ctx context.Context, id int64) error {
	s, err := r.standing(ctx, id)
	switch {
	case err != nil:
		return explain(err)
	case s.Code == "erased":
		return fmt.Errorf("erased: the person of request %d has been erased before; there is nothing left to do", id)
	}
	return fmt.Errorf("conflict: request %d has no rehearsal to approve", id)
}

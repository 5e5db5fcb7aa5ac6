package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/jobs"
)

func holdCommand() command {
	return command{
		name:    "hold",
		summary: "keep a person from being erased, and release them",
		usage: `insyn hold place --person SOURCE:KEY --ground GROUND --reason TEXT --review DAY --as USER
insyn hold release ID --reason TEXT --as USER
insyn hold list [--all] [--json]

While a legal hold is on a person nothing erases them; an erasure that is on its way stops, and goes on by itself after the
release. USER is the mail address of a DPO or administrator.
  --ground GROUND  claim, authority, dispute or law
  --reason TEXT    why, sealed; "-" reads it from standard input, so that it stands in no list of processes
  --review DAY     when somebody looks whether it is still needed, YYYY-MM-DD
  --all            released ones too`,
		run: runHold,
	}
}

func runHold(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return wrongCall("say what to do")
	}
	desk, p, err := a.desk(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	h := &holder{app: a, desk: desk, parts: p}
	switch verb, rest := args[0], args[1:]; verb {
	case "place":
		return h.place(ctx, rest)
	case "release":
		return h.release(ctx, rest)
	case "list":
		return h.list(ctx, rest)
	}
	return wrongCall("there is no %q", args[0])
}

// holder does the steps of one call.
type holder struct {
	*app
	desk  *jobs.Desk
	parts *parts
}

func (h *holder) place(ctx context.Context, args []string) error {
	fs := flags("hold place")
	person, ground, reason := fs.String("person", "", ""), fs.String("ground", "", ""), fs.String("reason", "", "")
	review, as := fs.String("review", "", ""), fs.String("as", "", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	source, key, ok := strings.Cut(*person, ":")
	if !ok || source == "" || key == "" {
		return wrongCall("give --person SOURCE:KEY, such as crm:17")
	}
	day, err := dsar.ParseDate(*review)
	if err != nil {
		return wrongCall("--review: give a day, YYYY-MM-DD")
	}
	who, err := actor(ctx, h.parts.pool, *as, dsar.DPO, dsar.Administrator)
	if err != nil {
		return err
	}
	if h.desk.Sources, err = h.parts.sources(ctx); err != nil {
		return err
	}
	p, err := personOn(ctx, h.desk, source, key)
	if err != nil {
		return err
	}
	why, err := h.text(*reason)
	if err != nil {
		return err
	}
	id, err := h.desk.PlaceHold(ctx, who.ID, jobs.NewHold{Source: source, Key: key, Name: p.Name, Ground: *ground, Reason: why, ReviewOn: day})
	if err != nil {
		return explain(err)
	}
	_, err = fmt.Fprintf(h.stdout, "hold %d is placed\n", id)
	return err
}

func (h *holder) release(ctx context.Context, args []string) error {
	fs := flags("hold release")
	reason, as := fs.String("reason", "", ""), fs.String("as", "", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(rest, "hold")
	if err != nil {
		return err
	}
	who, err := actor(ctx, h.parts.pool, *as, dsar.DPO, dsar.Administrator)
	if err != nil {
		return err
	}
	if h.desk.Sources, err = h.parts.sources(ctx); err != nil {
		return err
	}
	why, err := h.text(*reason)
	if err != nil {
		return err
	}
	if err := h.desk.ReleaseHold(ctx, id, who.ID, why); err != nil {
		return explain(err)
	}
	_, err = fmt.Fprintf(h.stdout, "hold %d is released\n", id)
	return err
}

// text is what a flag says, or standard input where it is "-".
func (h *holder) text(flag string) (string, error) {
	if flag != "-" {
		return strings.TrimSpace(flag), nil
	}
	b, err := io.ReadAll(io.LimitReader(h.stdin, 1<<16))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// holdLine is a hold without name and reason.
type holdLine struct {
	ID         int64      `json:"id"`
	Person     string     `json:"person"` // SOURCE:KEY; only the source after an erasure
	Ground     string     `json:"ground"`
	PlacedAt   time.Time  `json:"placed_at"`
	ReviewOn   dsar.Date  `json:"review_on"`
	ReleasedAt *time.Time `json:"released_at,omitempty"`
}

func (h *holder) list(ctx context.Context, args []string) error {
	fs := flags("hold list")
	all, asJSON := fs.Bool("all", false, ""), fs.Bool("json", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return wrongCall("unexpected %q", rest[0])
	}
	holds, err := h.desk.Holds(ctx, *all)
	if err != nil {
		return explain(err)
	}
	lines := make([]holdLine, 0, len(holds))
	for _, x := range holds {
		lines = append(lines, holdLine{ID: x.ID, Person: x.Source + ":" + x.Key, Ground: x.Ground, PlacedAt: x.PlacedAt, ReviewOn: x.ReviewOn, ReleasedAt: x.ReleasedAt})
	}
	if *asJSON {
		return json.NewEncoder(h.stdout).Encode(lines)
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(h.stdout, "no holds")
		return err
	}
	w := tabwriter.NewWriter(h.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "hold\tperson\tground\tplaced\treview\treleased")
	for _, x := range lines {
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", x.ID, x.Person, x.Ground, at(&x.PlacedAt), x.ReviewOn, at(x.ReleasedAt))
	}
	return w.Flush()
}

// personOn reads a card of one of the desk's sources.
func personOn(ctx context.Context, desk *jobs.Desk, source, key string) (records.Person, error) {
	for _, s := range desk.Sources {
		if s.Name == source {
			p, err := s.Person(ctx, key)
			return p, explain(err)
		}
	}
	return records.Person{}, fmt.Errorf("the data map has no source %q (INSYN_MAP)", source)
}

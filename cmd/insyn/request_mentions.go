package main

import (
	"context"
	"encoding/json"
	"fmt"

	"insyn/internal/dsar"
)

// mentions counts the places in texts that somebody is asked about, and answers for those that nobody has decided on. What
// stands there is on the page alone.
func (r *requester) mentions(ctx context.Context, args []string) error {
	fs := flags("request mentions")
	rest, as, asJSON := fs.String("rest", "", ""), fs.String("as", "", ""), fs.Bool("json", false, "")
	left, err := parse(fs, args)
	if err != nil {
		return err
	}
	id, err := number(left, "request")
	if err != nil {
		return err
	}
	if _, err := r.desk.Get(ctx, id); err != nil {
		return explain(err)
	}
	if *rest != "" {
		if *rest != "person" && *rest != "other" {
			return wrongCall("give --rest person or --rest other")
		}
		who, err := actor(ctx, r.parts.pool, *as, dsar.DPO, dsar.Administrator)
		if err != nil {
			return err
		}
		if _, err := r.desk.DecideMentions(ctx, id, who.ID, nil, new(*rest == "person")); err != nil {
			return explain(err)
		}
	}
	n, err := r.desk.Mentions(ctx, r.parts.pool, id)
	if err != nil {
		return explain(err)
	}
	if *asJSON {
		return json.NewEncoder(r.stdout).Encode(map[string]int{"person": n.Accepted, "other": n.Refused, "undecided": n.Undecided})
	}
	_, err = fmt.Fprintf(r.stdout, "%d places in texts that may name the person: %d do, %d do not, %d are not decided\n", n.All(), n.Accepted, n.Refused, n.Undecided)
	return err
}

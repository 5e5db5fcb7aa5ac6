package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"insyn/internal/dsar"
)

func dueCommand() command {
	return command{
		name:    "due",
		summary: "compute a legal date",
		usage: `insyn due --received YYYY-MM-DD --country SE|FI|DK|DE [--extended] [--pause FROM..TO]… [--no-eves] [--json]

Prints the last day for the answer by Article 12(3) GDPR and Regulation 1182/71, and how it was reached.
  --received   the day on which the request came, in the controller's local time
  --country    where the controller is established
  --extended   two months more (Article 12(3)), the notice having gone out in time
  --pause      from the day the person was asked to the day of the answer; may be given several times; an open end
               (FROM..) lasts until today
  --no-eves    count Midsummer Eve, 24 and 31 December as working days, as the strict date does
  --json       received, due, due_strict, explanation and more as JSON`,
		run: runDue,
	}
}

// spans collects --pause.
type spans []dsar.Span

// String is for the flag package.
func (s *spans) String() string { return fmt.Sprint(len(*s)) }

// Set reads FROM..TO.
func (s *spans) Set(v string) error {
	from, to, ok := strings.Cut(v, "..")
	if !ok {
		return fmt.Errorf("want FROM..TO, such as 2027-02-01..2027-02-10")
	}
	var p dsar.Span
	for _, end := range []struct {
		text string
		into *dsar.Date
	}{{from, &p.From}, {to, &p.To}} {
		if err := end.into.UnmarshalText([]byte(end.text)); err != nil {
			return err
		}
	}
	*s = append(*s, p)
	return nil
}

func runDue(_ context.Context, a *app, args []string) error {
	fs := flags("due")
	var received, country string
	var extended, noEves, asJSON bool
	var pauses spans
	fs.StringVar(&received, "received", "", "")
	fs.StringVar(&country, "country", "", "")
	fs.BoolVar(&extended, "extended", false, "")
	fs.BoolVar(&noEves, "no-eves", false, "")
	fs.BoolVar(&asJSON, "json", false, "")
	fs.Var(&pauses, "pause", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || received == "" || country == "" {
		return wrongCall("give --received and --country")
	}
	day, err := dsar.ParseDate(received)
	if err != nil {
		return fmt.Errorf("--received: %w", err)
	}
	report, err := dsar.NewDueReport(dsar.DueInput{
		Received: day, Country: country, Extended: extended, Pauses: pauses,
		Today: dsar.DateOf(time.Now(), dsar.Location(country)), Eves: !noEves,
	})
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(report)
	}
	_, err = fmt.Fprintf(a.stdout, "received:    %s\ndue:         %s\ndue_strict:  %s\nexplanation: %s\n",
		report.Received, report.Due, report.DueStrict, report.Explanation)
	return err
}

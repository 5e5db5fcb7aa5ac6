package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"golang.org/x/term"

	"insyn/internal/datamap/propose"
	"insyn/internal/postgres"
)

func datamapInit() command {
	return command{
		name: "init",
		usage: `insyn datamap init --source NAME --dsn-env VARIABLE --person SCHEMA.TABLE [--country SE] [--out FILE] [--sample ROWS]

Writes a first data map of a database: follows declared and undeclared references from the table of persons, guesses from
names, types and a sample of values what each column is (comments say why, values are never printed), and proposes erase
actions that the schema allows. What it is not sure of holds a question (decide); while one stands, nothing is erased.
It reads only, a bounded number of rows a table, and no statement runs longer than 10 s.
  --source   what the map calls the database, such as crm
  --dsn-env  the environment variable that holds its address, such as INSYN_CRM_DSN
  --person   the table with one row a person
  --country  where the company is, for phone numbers and the law on bookkeeping (default SE)
  --out      a new file to write; without it the map goes to the output
  --sample   rows of a table that are looked at (default 1000)`,
		run: runDatamapInit,
	}
}

var (
	sourceName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	countryName = regexp.MustCompile(`^[A-Z]{2}$`)
)

func runDatamapInit(ctx context.Context, a *app, args []string) error {
	fs := flags("datamap init")
	var o propose.Options
	fs.StringVar(&o.Source, "source", "", "")
	fs.StringVar(&o.DSNEnv, "dsn-env", "", "")
	fs.StringVar(&o.Person, "person", "", "")
	fs.StringVar(&o.Country, "country", "SE", "")
	fs.IntVar(&o.Sample, "sample", 1000, "")
	out := fs.String("out", "", "")
	rest, err := parse(fs, args)
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case !sourceName.MatchString(o.Source):
		return wrongCall("give --source, a name in small letters such as crm")
	case o.DSNEnv == "":
		return wrongCall("give --dsn-env, the variable that holds the address of the database")
	case strings.Count(o.Person, ".") != 1:
		return wrongCall("give --person SCHEMA.TABLE, such as public.person")
	case !countryName.MatchString(o.Country):
		return wrongCall("--country is a code of two letters such as SE")
	case o.Sample < 1 || o.Sample > 100000:
		return wrongCall("--sample is a number from 1 to 100000")
	}
	// Found before the work, not after it.
	if _, err := os.Lstat(*out); *out != "" && err == nil {
		return fmt.Errorf("%s is there already; a map that people have decided on is not written over", *out)
	}
	dsn, err := a.env.lookup("", o.DSNEnv)
	if err != nil {
		return err
	}
	if dsn == "" {
		return fmt.Errorf("%s is not set: it holds the address of the database", o.DSNEnv)
	}
	pool, err := postgres.OpenWith(ctx, dsn, postgres.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer pool.Close()
	o.Progress = progress(a.stderr)
	p, err := propose.Propose(ctx, pool, o)
	if o.Progress != nil {
		_, _ = fmt.Fprint(a.stderr, "\r\033[K")
	}
	if err != nil {
		return err
	}
	p.Summary.Print(a.stderr)
	if *out == "" {
		_, err = a.stdout.Write(p.YAML)
		return err
	}
	f, err := os.OpenFile(*out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(p.YAML); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// progress tells on a terminal how far the sampling has come; elsewhere nothing is told.
func progress(w io.Writer) func(done, total int, table string) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(done, total int, table string) {
		_, _ = fmt.Fprintf(w, "\r\033[K%d of %d tables: %s", done, total, table)
	}
}

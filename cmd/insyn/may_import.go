package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
)

func mayImportCommand() command {
	return command{
		name:    "may-import",
		summary: "ask whether people may come in",
		usage: `insyn may-import --source SOURCE --address - [--phone -]
insyn may-import --source SOURCE --batch

Asks the function that importers ask in the CRM's database, insyn.may_import, and prints yes or no: no for somebody who has
objected to all processing, or whose erasure is to last. Values come from the input, never from the arguments, which
everybody on the machine sees.
  --address -   reads a mail address from the first line
  --phone -     reads a telephone number from the next line
  --batch       reads lines of CSV, address,phone (either may be empty), and prints yes or no for each, in their order
Exit codes: 0 yes, or every line answered; 1 no, or failed.`,
		run: runMayImport,
	}
}

func runMayImport(ctx context.Context, a *app, args []string) error {
	fs := flags("may-import")
	source := fs.String("source", "", "")
	address := fs.String("address", "", "")
	phone := fs.String("phone", "", "")
	batch := fs.Bool("batch", false, "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	single := *address != "" || *phone != ""
	switch {
	case len(rest) > 0:
		return wrongCall("unexpected %q", rest[0])
	case *source == "" || single == *batch || strings.Trim(*address+*phone, "-") != "" || len(*address) > 1 || len(*phone) > 1:
		return wrongCall("give --source with --address -, --phone - or both, or with --batch")
	}
	pool, key, done, err := a.askable(ctx, *source)
	if err != nil {
		return err
	}
	defer done()
	if *batch {
		return importBatch(ctx, pool, key, a.stdin, a.stdout)
	}
	in := bufio.NewReader(a.stdin)
	one := candidate{}
	if *address != "" {
		if one.address, err = nextLine(in); err != nil {
			return fmt.Errorf("read the address: %w", err)
		}
	}
	if *phone != "" {
		if one.phone, err = nextLine(in); err != nil {
			return fmt.Errorf("read the number: %w", err)
		}
	}
	yes, err := mayImport(ctx, pool, key, []candidate{one})
	if err != nil {
		return err
	}
	if !yes[0] {
		_, _ = fmt.Fprintln(a.stdout, "no")
		return errNo
	}
	_, err = fmt.Fprintln(a.stdout, "yes")
	return err
}

type candidate struct{ address, phone string }

func nextLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimSpace(line), nil
}

// importChunk is how many lines are asked for at once.
const importChunk = 500

func importBatch(ctx context.Context, pool *pgxpool.Pool, key string, in io.Reader, out io.Writer) error {
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	w := bufio.NewWriter(out)
	var chunk []candidate
	flush := func() error {
		yes, err := mayImport(ctx, pool, key, chunk)
		for _, y := range yes {
			_, _ = w.WriteString(map[bool]string{true: "yes\n", false: "no\n"}[y])
		}
		chunk = chunk[:0]
		return errors.Join(err, w.Flush())
	}
	for n := 1; ; n++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil || len(fields) > 2 {
			// The lines before this one have their answers; the parser's error may quote the line.
			return errors.Join(flush(), fmt.Errorf("record %d of the input is not address,phone in CSV", n))
		}
		c := candidate{address: strings.TrimSpace(fields[0])}
		if len(fields) > 1 {
			c.phone = strings.TrimSpace(fields[1])
		}
		if chunk = append(chunk, c); len(chunk) == importChunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func mayImport(ctx context.Context, pool *pgxpool.Pool, key string, list []candidate) (yes []bool, err error) {
	var addresses, phones []string
	for _, c := range list {
		addresses, phones = append(addresses, c.address), append(phones, c.phone)
	}
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('insyn.suppression_key', $1, true)`, key); err != nil {
			return fmt.Errorf("hand over the key of the suppression list: %w", err)
		}
		rows, err := tx.Query(ctx, `
			select insyn.may_import(nullif(u.address, ''), nullif(u.phone, ''))
			  from unnest($1::text[], $2::text[]) with ordinality as u (address, phone, i)
			 order by u.i`, addresses, phones)
		if err != nil {
			return err
		}
		yes, err = pgx.CollectRows(rows, pgx.RowTo[bool])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ask the source (was it migrated with `insyn migrate --source`?): %w", errText(err))
	}
	return yes, nil
}

// askable opens a source for questions, with the key that they need.
func (a *app) askable(ctx context.Context, source string) (pool *pgxpool.Pool, key string, done func(), err error) {
	p, keys, s, err := a.asked(source)
	if err != nil {
		return nil, "", nil, err
	}
	pool, err = p.sourcePool(ctx, s.DSNEnv)
	if err != nil {
		p.close()
		return nil, "", nil, err
	}
	return pool, hex.EncodeToString(keys.SuppressionKey()), p.close, nil
}

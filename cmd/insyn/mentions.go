package main

import (
	"bufio"
	"context"
	"encoding/json"

	"insyn/internal/mention/corpus"
)

func mentionsCommand() command {
	return command{
		name:    "mentions",
		summary: "find one person in texts, for scoring",
		usage: `insyn mentions < in.jsonl > out.jsonl

Reads JSON objects with id, subject, others and text, one a line (internal/mention/testdata/README.md), and prints
{"id", "spans": [{"start", "end"}]} for each: byte offsets of the likely and certain mentions of the subject.
It needs no configuration, and writes nothing but its output.`,
		run: func(_ context.Context, a *app, args []string) error {
			if len(args) > 0 {
				return wrongCall("the texts come on standard input")
			}
			out := bufio.NewWriter(a.stdout)
			to := json.NewEncoder(out)
			if err := corpus.Read(a.stdin, func(l corpus.Line) error { return to.Encode(l.Find()) }); err != nil {
				return err
			}
			return out.Flush()
		},
	}
}

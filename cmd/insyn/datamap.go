package main

import (
	"context"
	"strings"

	"insyn/internal/datamap"
)

// datamapVerbs is the table of what `insyn datamap` can do.
func datamapVerbs() []command {
	return []command{datamapInit(), datamapCheck(), datamapSchema()}
}

func datamapCommand() command {
	usages := make([]string, 0, 4)
	for _, v := range datamapVerbs() {
		usages = append(usages, v.usage)
	}
	return command{
		name:    "datamap",
		summary: "propose, check and describe the data map",
		usage:   strings.Join(usages, "\n\n"),
		run:     runDatamap,
	}
}

func runDatamap(ctx context.Context, a *app, args []string) error {
	var names []string
	for _, v := range datamapVerbs() {
		if len(args) > 0 && args[0] == v.name {
			return v.run(ctx, a, args[1:])
		}
		names = append(names, v.name)
	}
	return wrongCall("say what to do: %s", strings.Join(names, ", "))
}

func datamapSchema() command {
	return command{
		name: "schema",
		usage: `insyn datamap schema

Prints the JSON Schema of a data map, for editors: insyn datamap schema > datamap.schema.json`,
		run: func(_ context.Context, a *app, args []string) error {
			if len(args) > 0 {
				return wrongCall("unexpected %q", args[0])
			}
			_, err := a.stdout.Write(datamap.Schema())
			return err
		},
	}
}

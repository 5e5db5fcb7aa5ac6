package main

import "context"

func datamapCommand() command {
	return command{
		name:    "datamap",
		summary: "check the data map against the databases that it describes",
		usage: `insyn datamap check [flags]

` + datamapCheckUsage,
		run: runDatamap,
	}
}

func runDatamap(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return wrongCall("say what to do: check")
	}
	switch verb, rest := args[0], args[1:]; verb {
	case "check":
		return runDatamapCheck(ctx, a, rest)
	default:
		return wrongCall("there is no %q", verb)
	}
}

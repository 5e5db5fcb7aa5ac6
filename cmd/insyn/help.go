package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// commands is the table of all subcommands, in the order of the list.
func commands() []command {
	return []command{
		helpCommand(),
		demoCommand(),
		webCommand(),
		shareCommand(),
		workerCommand(),
		schedulerCommand(),
		migrateCommand(),
		checkCommand(),
		datamapCommand(),
		planCommand(),
		userCommand(),
		requestCommand(),
		receiptCommand(),
		holdCommand(),
		jobsCommand(),
		mailCommand(),
		purgeCommand(),
		remindCommand(),
		reportCommand(),
		expireCommand(),
		dueCommand(),
		rescanCommand(),
		mentionsCommand(),
		mayMailCommand(),
		mayImportCommand(),
		replayCommand(),
	}
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

func helpCommand() command {
	return command{
		name:    "help",
		summary: "explain a command, or the configuration",
		usage: `insyn help [command]
insyn help config

Without a word: the list of commands. With a command: what it does and its flags. config: every environment variable, as
a table in Markdown.`,
		run: func(_ context.Context, a *app, args []string) error {
			if len(args) == 0 {
				printCommands(a.stdout)
				return nil
			}
			if args[0] == "config" {
				_, err := io.WriteString(a.stdout, configTable())
				return err
			}
			c, ok := find(args[0])
			if !ok {
				return wrongCall("there is no command %q", args[0])
			}
			_, err := fmt.Fprintf(a.stdout, "%s\n", c.usage)
			return err
		},
	}
}

func printCommands(w io.Writer) {
	var b strings.Builder
	b.WriteString("insyn answers requests of people about their personal data.\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\nExit codes: 0 done, 1 failed, 2 wrong call, 3 waiting for somebody.\n`insyn help COMMAND` explains one, `insyn help config` the environment variables.\n")
	_, _ = io.WriteString(w, b.String())
}

// configTable is the configuration as the README shows it.
func configTable() string {
	var b strings.Builder
	b.WriteString("| variable | read by | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, s := range variables() {
		byDefault := ""
		if s.byDefault != "" {
			byDefault = "`" + s.byDefault + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, strings.Join(s.processes, ", "), byDefault, s.doc)
	}
	return b.String()
}

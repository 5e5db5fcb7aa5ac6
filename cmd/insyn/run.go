package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

// The exit codes of every command.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitWaiting = 3 // somebody has to do something first
)

// app is what a command gets from the world around it.
type app struct {
	env    environ
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// command is one subcommand.
type command struct {
	name    string
	summary string // one line for the list
	usage   string // what help prints: the form of the call, then what it does
	run     func(ctx context.Context, a *app, args []string) error
}

// errWaiting ends a command with exit code 3; what is waited for has been printed.
var errWaiting = errors.New("waiting for somebody")

// usageError is a wrong call: the message, then how it should be.
type usageError struct{ problem string }

// Error is the problem.
func (e *usageError) Error() string { return e.problem }

func wrongCall(format string, args ...any) error {
	return &usageError{problem: fmt.Sprintf(format, args...)}
}

// run is main without the process: it reads and writes only what it is given, and returns the exit code.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: newEnviron(env), stdin: stdin, stdout: stdout, stderr: stderr}
	if len(args) == 0 {
		printCommands(stderr)
		return exitUsage
	}
	name, rest := args[0], args[1:]
	if name == "-h" || name == "--help" || name == "-help" {
		name = "help"
	}
	c, ok := find(name)
	if !ok {
		_, _ = fmt.Fprintf(stderr, "insyn: there is no command %q; `insyn help` lists them\n", name)
		return exitUsage
	}
	if c.name != "help" && c.name != "demo" {
		if err := a.loadDemo(); err != nil {
			_, _ = fmt.Fprintf(stderr, "insyn: %v\n", err)
			return exitFailed
		}
	}
	return exitCode(c, c.run(ctx, a, rest), stderr)
}

func exitCode(c command, err error, stderr io.Writer) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprintf(stderr, "%s\n", c.usage)
		return exitDone
	case errors.Is(err, errWaiting):
		return exitWaiting
	case errors.Is(err, errNo):
		return exitFailed
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "insyn %s: %v\n\n%s\n", c.name, err, c.usage)
		return exitUsage
	}
	_, _ = fmt.Fprintf(stderr, "insyn %s: %v\n", c.name, err)
	return exitFailed
}

// flags is a flag set that leaves printing to exitCode.
func flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parse reads flags that may stand before, between and after the plain arguments, and returns the plain ones.
func parse(fs *flag.FlagSet, args []string) ([]string, error) {
	var plain []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, &usageError{problem: err.Error()}
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return plain, nil
		}
		if len(args) > len(rest) && args[len(args)-len(rest)-1] == "--" {
			return append(plain, rest...), nil
		}
		plain, args = append(plain, rest[0]), rest[1:]
	}
}

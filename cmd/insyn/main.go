// Command insyn is the whole product in one binary: the pages for the company, the page for the customer, the workers,
// the scheduler, and what an operator does from a shell. It holds configuration and wiring, nothing else.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

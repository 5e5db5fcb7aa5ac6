// Command insyn is the whole product in one binary: the pages for the company, the page for the customer, the workers,
// the scheduler, and what an operator does from a shell. It holds configuration and wiring, nothing else.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// quiet drops go-redis' own lines: what they tell, the start-up check and the relay log in this program's form.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func main() {
	redis.SetLogger(quiet{})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

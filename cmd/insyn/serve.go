package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// maxConnections bounds what strangers can hold open on one listener.
const maxConnections = 1000

// newServer has the timeouts of a server that anybody reaches. Handlers that stream lengthen their own deadline.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
	}
}

// serve answers on addr until ctx ends, then lets requests in hand end for the drain's time. ready is called when the port
// is open.
func serve(ctx context.Context, s *http.Server, addr string, drain time.Duration, log *slog.Logger, ready func()) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	s.Handler = endStreams(ctx, s.Handler)
	s.ErrorLog = slog.NewLogLogger(discardText{log.Handler()}, slog.LevelDebug)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(netutil.LimitListener(listener, maxConnections)) }()
	log.Info("listening", "addr", listener.Addr().String())
	ready()
	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", addr, err)
	case <-ctx.Done():
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := s.Shutdown(bound); err != nil {
		return errors.Join(s.Close(), fmt.Errorf("requests were cut off: %w", err))
	}
	return nil
}

// endStreams ends requests for server-sent events when the server stops: they would hold it up to the last second, and the
// browser comes back by itself.
func endStreams(ctx context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Accept"), "text/event-stream") {
			both, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(ctx, cancel)()
			r = r.WithContext(both)
		}
		h.ServeHTTP(w, r)
	})
}

// discardText replaces the server's own lines, which quote addresses and requests, by the fact that there was one.
type discardText struct{ slog.Handler }

// Handle logs the fact.
func (d discardText) Handle(ctx context.Context, r slog.Record) error {
	return d.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "connection error", r.PC))
}

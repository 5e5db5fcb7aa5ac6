package metrics

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

const checkTimeout = 2 * time.Second

// Check is one thing that a process leans on.
type Check struct {
	Name string
	// Vital: without it the process cannot answer. Else it is degraded: requests are accepted and wait.
	Vital bool
	Ping  func(ctx context.Context) error
}

// Health answers whether a process can work. The causes are names only; what a server says may hold an address.
type Health struct{ Checks []Check }

func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	failed := make([]bool, len(h.Checks))
	var all sync.WaitGroup
	for i, c := range h.Checks {
		all.Go(func() { failed[i] = c.Ping(ctx) != nil })
	}
	all.Wait()
	var dead, degraded []string
	for i, c := range h.Checks {
		switch {
		case failed[i] && c.Vital:
			dead = append(dead, c.Name)
		case failed[i]:
			degraded = append(degraded, c.Name)
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case len(dead) > 0:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("not ready: " + strings.Join(append(dead, degraded...), ", ") + "\n"))
	case len(degraded) > 0:
		_, _ = w.Write([]byte("degraded: " + strings.Join(degraded, ", ") + "\n"))
	default:
		_, _ = w.Write([]byte("ready\n"))
	}
}

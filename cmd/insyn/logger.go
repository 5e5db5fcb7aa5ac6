package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
)

// allowedKeys are the only attributes that leave the program. What a name outside this list carries is dropped and
// counted, so that a value of the CRM cannot reach a log by a slip.
func allowedKeys() map[string]bool {
	keys := map[string]bool{}
	for _, k := range strings.Fields(`
		account actor addr again attempt bytes cause code component count delay epoch err error event id job kind link mail method
		ms path port process progress queue reason reference request retry_in route rows signal slot source stage state status
		sweep table template took total tries version wait why worker`) {
		keys[k] = true
	}
	return keys
}

// keyFilter drops unknown attributes.
type keyFilter struct {
	next    slog.Handler
	allowed map[string]bool
	dropped *atomic.Int64
}

// newLogger writes to w as the configuration says. dropped counts the attributes that were left out.
func newLogger(w io.Writer, cfg Config) (log *slog.Logger, dropped *atomic.Int64) {
	level, _ := logLevel(cfg.LogLevel)
	o := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewJSONHandler(w, o)
	if cfg.LogFormat == "text" {
		h = slog.NewTextHandler(w, o)
	}
	dropped = &atomic.Int64{}
	return slog.New(&keyFilter{next: h, allowed: allowedKeys(), dropped: dropped}).With("process", cfg.process), dropped
}

func logLevel(name string) (slog.Level, bool) {
	var l slog.Level
	switch name {
	case "debug", "info", "warn", "error":
		return l, l.UnmarshalText([]byte(name)) == nil
	}
	return l, false
}

// Enabled asks the handler below.
func (f *keyFilter) Enabled(ctx context.Context, l slog.Level) bool { return f.next.Enabled(ctx, l) }

// Handle passes the record on with the attributes that are known.
func (f *keyFilter) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if f.ok(a) {
			clean.AddAttrs(a)
		}
		return true
	})
	return f.next.Handle(ctx, clean)
}

// WithAttrs keeps the known ones.
func (f *keyFilter) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		if f.ok(a) {
			kept = append(kept, a)
		}
	}
	return &keyFilter{next: f.next.WithAttrs(kept), allowed: f.allowed, dropped: f.dropped}
}

// WithGroup ignores the group: nested names would need a list of their own.
func (f *keyFilter) WithGroup(string) slog.Handler { return f }

func (f *keyFilter) ok(a slog.Attr) bool {
	if f.allowed[a.Key] && a.Value.Kind() != slog.KindGroup {
		return true
	}
	f.dropped.Add(1)
	return false
}

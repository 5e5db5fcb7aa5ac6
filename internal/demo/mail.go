package demo

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2"

	"insyn/internal/smtpsink"
)

// startMail starts a mail server that delivers nothing, and the page that shows what it was given.
func (d *demo) startMail(context.Context) (string, error) {
	sink, err := smtpsink.Start("127.0.0.1:0", smtpsink.Options{})
	if err != nil {
		return "", err
	}
	d.later(func() { _ = sink.Close() })
	listener, err := d.listen("DEMO_INBOX_ADDR", inboxPort)
	if err != nil {
		return "", err
	}
	page := &http.Server{Handler: sink.Inbox(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = page.Serve(listener) }() // ends when it is closed
	d.later(func() { _ = page.Close() })
	d.env["INSYN_SMTP_HOST"] = "127.0.0.1"
	d.env["INSYN_SMTP_PORT"] = strconv.Itoa(sink.Port())
	d.env["INSYN_SMTP_TLS"] = "off"
	d.env["INSYN_SMTP_FROM"] = "dataskydd@nordlyft.example"
	d.env["DEMO_INBOX_URL"] = "http://" + d.env["DEMO_INBOX_ADDR"] + "/"
	return "inbox at " + d.env["DEMO_INBOX_URL"], nil
}

// startQueue starts the Redis inside this process, unless a real one is named.
func (d *demo) startQueue(context.Context) (string, error) {
	if d.RedisURL != "" {
		d.env["REDIS_URL"] = d.RedisURL
		return "the Redis of REDIS_URL", nil
	}
	r := miniredis.NewMiniRedis()
	r.ClockTTL(true)
	r.RequireAuth(d.secret("DEMO_REDIS_PASSWORD"))
	if err := r.StartAddr("127.0.0.1:0"); err != nil {
		return "", fmt.Errorf("start the embedded Redis: %w", err)
	}
	d.later(r.Close)
	d.env["REDIS_URL"] = fmt.Sprintf("redis://:%s@%s/0", d.env["DEMO_REDIS_PASSWORD"], r.Addr())
	return "embedded; what is queued is a row in the database, so nothing is lost with it", nil
}

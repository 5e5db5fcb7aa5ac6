package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// The usual ports; another is taken where one is busy, and stays from run to run.
const (
	webPort   = 8400
	sharePort = 8401
	inboxPort = 8402
)

// chooseAddresses finds free ports on loopback for the processes.
func (d *demo) chooseAddresses() error {
	for _, p := range []struct {
		name  string
		usual int
	}{
		{"INSYN_WEB_ADDR", webPort},
		{"INSYN_SHARE_ADDR", sharePort},
		{"INSYN_WEB_METRICS_ADDR", 8410},
		{"INSYN_SHARE_METRICS_ADDR", 8411},
		{"INSYN_WORKER_METRICS_ADDR", 8412},
		{"INSYN_SCHEDULER_METRICS_ADDR", 8413},
	} {
		if err := d.chooseAddr(p.name, p.usual); err != nil {
			return err
		}
	}
	// A name, not 127.0.0.1: browsers take the cookies of a secure site over http for localhost.
	for url, addr := range map[string]string{"INSYN_WEB_URL": "INSYN_WEB_ADDR", "INSYN_SHARE_URL": "INSYN_SHARE_ADDR"} {
		_, port, err := net.SplitHostPort(d.env[addr])
		if err != nil {
			return err
		}
		d.env[url] = "http://localhost:" + port
	}
	return nil
}

// chooseAddr gives the address of the last run, else the usual port, else any: whichever is free.
func (d *demo) chooseAddr(name string, usual int) error {
	l, err := d.listen(name, usual)
	if err != nil {
		return err
	}
	return l.Close()
}

func (d *demo) listen(name string, usual int) (net.Listener, error) {
	var last error
	for _, addr := range []string{d.env[name], fmt.Sprintf("127.0.0.1:%d", usual), "127.0.0.1:0"} {
		if addr == "" {
			continue
		}
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
		if err == nil {
			d.env[name] = l.Addr().String()
			return l, nil
		}
		last = err
	}
	return nil, errors.Join(errors.New("no free port on loopback"), last)
}

package main

import (
	"context"
	"net/http/httptest"
	"testing"
)

func TestVisitorBehindProxies(t *testing.T) {
	t.Parallel()
	proxies, err := networks([]string{"10.0.0.0/8", " 192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		remote  string
		headers []string
		want    string
	}{
		{"198.51.100.4:1234", nil, "198.51.100.4"},
		{"198.51.100.4:1234", []string{"203.0.113.9"}, "198.51.100.4"}, // not from a proxy: a lie
		{"10.1.2.3:1234", []string{"203.0.113.9"}, "203.0.113.9"},
		{"10.1.2.3:1234", []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"}, // the first was sent by the visitor
		{"10.1.2.3:1234", []string{"203.0.113.9, 192.0.2.7"}, "203.0.113.9"},
		{"10.1.2.3:1234", []string{"1.1.1.1", "203.0.113.9"}, "203.0.113.9"},
		{"10.1.2.3:1234", []string{"nonsense"}, "10.1.2.3"},
		{"10.1.2.3:1234", nil, "10.1.2.3"},
		{"[::ffff:10.1.2.3]:1234", []string{"2001:db8::1"}, "2001:db8::1"},
	} {
		r := httptest.NewRequestWithContext(context.Background(), "GET", "/", nil)
		r.RemoteAddr = c.remote
		for _, h := range c.headers {
			r.Header.Add("X-Forwarded-For", h)
		}
		if got := visitor(proxies)(r); got != c.want {
			t.Errorf("%s %v: got %s, want %s", c.remote, c.headers, got, c.want)
		}
	}
	if _, err := networks([]string{"proxy.company.example"}); err == nil {
		t.Error("a host name is accepted as a network")
	}
}

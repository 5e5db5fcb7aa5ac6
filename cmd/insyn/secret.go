package main

import (
	"fmt"
	"io"
)

// secret is a value that prints as [redacted], whichever way it is printed.
type secret struct{ value string }

// reveal gives the value, for the one place that needs it.
func (s secret) reveal() string { return s.value }

func (s secret) empty() bool { return s.value == "" }

// UnmarshalText takes the value as it is.
func (s *secret) UnmarshalText(b []byte) error { //nolint:unparam // the interface has an error
	s.value = string(b)
	return nil
}

// MarshalText keeps secrets out of JSON and logs.
func (s secret) MarshalText() ([]byte, error) { //nolint:unparam // the interface has an error
	return []byte(s.String()), nil
}

// String is [redacted], or empty where nothing is set.
func (s secret) String() string {
	if s.empty() {
		return ""
	}
	return "[redacted]"
}

// Format makes every verb print String.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// Format keeps a configuration that is printed by mistake from showing the environment that it came from.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "[configuration of "+c.process+"]")
}

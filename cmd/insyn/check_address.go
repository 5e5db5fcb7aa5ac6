package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// reach asks the share site, through whatever proxy stands before it, whether it lives.
func reach(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/livez", http.NoBody)
	if err != nil {
		return errors.New("not an address")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return errors.New("no connection, or a certificate that does not hold")
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return nil
}

package demo

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps a second demo out of the same folder; it goes with the process, however that ends.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the demo's folder: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		_ = f.Close()
		return nil, fmt.Errorf("a demo already runs in this folder: stop it first, or start this one elsewhere (insyn demo --folder)")
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock the demo's folder: %w", err)
	}
	return func() { _ = f.Close() }, nil
}

package ledger

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Compact drops the erasures from before cutoff, whose last backup has died, and lines that a later one of the same ID
// has replaced. The file is written anew beside the old one and put in its place. It tells how many lines went.
func (f *File) Compact(cutoff time.Time) (dropped int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.locked(syscall.LOCK_EX, func() error {
		if err := f.catchUp(); err != nil {
			return err
		}
		kept, n, err := f.split(cutoff)
		if err != nil || n == 0 {
			return err
		}
		dropped = n
		return f.rewrite(kept)
	})
	return dropped, err
}

// Mend puts what holds of a damaged file in its place. The damaged one is kept under the name that it returns.
func (f *File) Mend(now time.Time) (aside string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.locked(syscall.LOCK_EX, func() error {
		if err := f.catchUp(); !errors.Is(err, ErrDamaged) {
			return err
		}
		kept, _, err := f.split(time.Time{})
		if err != nil {
			return err
		}
		aside = f.path + ".damaged-" + now.UTC().Format("20060102T150405Z")
		if err := os.Link(f.path, aside); err != nil {
			return fmt.Errorf("keep the damaged ledger file: %w", err)
		}
		return f.rewrite(kept)
	})
	return aside, err
}

// split reads the file and parts what stays from what goes.
func (f *File) split(cutoff time.Time) (kept []Entry, dropped int, err error) {
	if f.lines == 0 {
		return nil, 0, nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, 0, fmt.Errorf("read the ledger file: %w", err)
	}
	defer func() { _ = file.Close() }()
	fresh := &File{path: f.path, key: f.key}
	fresh.reset()
	seen := map[ID]bool{}
	err = fresh.read(file, func(e Entry) error {
		id := e.ID()
		old := e.Kind == Erasure && e.At.Before(cutoff)
		if old || seen[id] || f.stamps[id].compare(e.stamp()) > 0 {
			dropped++
			return nil
		}
		seen[id] = true
		kept = append(kept, e)
		return nil
	})
	return kept, dropped, err
}

func (f *File) rewrite(kept []Entry) error {
	h := f.head
	h.Generation++
	text, _, _, err := encodeAll(f.key, h, true, "", 0, kept)
	if err != nil {
		return err
	}
	temporary := f.path + ".new"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("rewrite the ledger file: %w", err)
	}
	err = put(file, text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(temporary)
		return fmt.Errorf("rewrite the ledger file: %w", err)
	}
	if err := os.Rename(temporary, f.path); err != nil {
		return fmt.Errorf("rewrite the ledger file: %w", err)
	}
	if err := syncFolder(f.path); err != nil {
		return err
	}
	f.reset()
	return f.catchUp()
}

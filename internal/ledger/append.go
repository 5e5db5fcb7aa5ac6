package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"syscall"
)

// Append writes the entries that are not there yet, in one write, and returns when they are on the disk. What a crash
// broke off is cut away first: its entry is in the source's table and comes again.
func (f *File) Append(entries ...Entry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.locked(syscall.LOCK_EX, func() error {
		if err := f.catchUp(); err != nil {
			return err
		}
		var fresh []Entry
		for _, e := range entries {
			if !f.has(e) {
				fresh = append(fresh, e)
			}
		}
		return f.write(fresh)
	})
}

// Test tells whether the file can be written: it is read to its end, made where it is missing, and synced.
func (f *File) Test() error { return f.Append() }

func (f *File) write(entries []Entry) error {
	created := f.lines == 0
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger file: %w", err)
	}
	defer func() { _ = file.Close() }()
	if f.torn || created {
		if err := file.Truncate(f.end); err != nil {
			return fmt.Errorf("cut a broken line off the ledger file: %w", err)
		}
		f.torn = false
	}
	h := f.head
	if created {
		h = head{File: newName(), Generation: 1}
	}
	text, mac, lines, err := encodeAll(f.key, h, created, f.mac, f.lines, entries)
	if err != nil {
		return err
	}
	if err := put(file, text); err != nil {
		_ = file.Truncate(f.end) // half a line must not stand before the next
		return err
	}
	if created {
		info, err := file.Stat()
		if err != nil {
			return fmt.Errorf("write the ledger file: %w", err)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			f.inode = stat.Ino
		}
		if err := syncFolder(f.path); err != nil {
			return err
		}
	}
	f.head, f.mac, f.lines, f.end = h, mac, lines, f.end+int64(len(text))
	for _, e := range entries {
		f.note(e)
	}
	return nil
}

// encodeAll gives the text of the entries, with the head before them where it is new.
func encodeAll(key []byte, h head, created bool, prev string, n int64, entries []Entry) (text []byte, mac string, lines int64, err error) {
	all := make([]line, 0, len(entries)+1)
	if created {
		all = append(all, line{Head: &h})
	}
	for i := range entries {
		all = append(all, line{Entry: &entries[i]})
	}
	mac = prev
	for _, l := range all {
		l.N, l.Prev = n, mac
		var one []byte
		if one, mac, err = l.encode(key); err != nil {
			return nil, "", 0, err
		}
		text = append(text, one...)
		n++
	}
	return text, mac, n, nil
}

func put(file *os.File, text []byte) error {
	if _, err := file.Write(text); err != nil {
		return fmt.Errorf("write the ledger file: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("sync the ledger file: %w", err)
	}
	return nil
}

func newName() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // crypto/rand never fails
	return hex.EncodeToString(b)
}

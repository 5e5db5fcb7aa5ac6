package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Reset throws away what an earlier demo of the folder left.
func Reset(folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	unlock, err := lock(filepath.Join(folder, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	d := &demo{Options: Options{Folder: folder}}
	if err := d.discard(); err != nil {
		return err
	}
	for _, name := range []string{"env", "postgres.log", "processes.log"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("remove what the last demo left: %w", err)
		}
	}
	return nil
}

// discard throws away the data of an earlier server of the folder, which it stops.
func (d *demo) discard() error {
	s := &server{}
	if err := d.place(s); err != nil {
		return err
	}
	if err := s.endOrphan(); err != nil {
		return err
	}
	for _, path := range []string{s.base, s.socket} {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove the data of the last demo: %w", err)
		}
	}
	return nil
}

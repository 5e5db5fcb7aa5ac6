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
	s := &server{}
	if err := d.place(s); err != nil {
		return err
	}
	if err := s.endOrphan(); err != nil {
		return err
	}
	for _, path := range []string{s.base, s.socket, filepath.Join(folder, "env"), filepath.Join(folder, "postgres.log"), filepath.Join(folder, "processes.log")} {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove what the last demo left: %w", err)
		}
	}
	return nil
}

package worker

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// replayJournal is what a replay has begun: a file beside the ledger file, a line before each erasure, so that a replay
// that is killed can still bring our own tables forward and search again for what is nowhere else any more. Identifiers
// in it are sealed; it is removed after a clean search.
type replayJournal struct {
	path  string
	file  *os.File
	lines []replayLine
}

type replayLine struct {
	Source      string   `json:"source"`
	Request     int64    `json:"request"`
	Subject     []byte   `json:"subject"`
	KeyHMACs    [][]byte `json:"key_hmacs"`
	Identifiers []byte   `json:"identifiers,omitempty"` // sealed
}

var errReplaying = errors.New("another replay is running")

// openJournal also keeps a second replay away until close.
func openJournal(path string) (*replayJournal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal of the replay: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errReplaying
	}
	j := &replayJournal{path: path, file: f}
	r := bufio.NewReader(f)
	end := int64(0)
	for {
		text, err := r.ReadBytes('\n')
		if err != nil { // the last line may be broken: its erasure had not begun
			break
		}
		var l replayLine
		if err := json.Unmarshal(text, &l); err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("%s is damaged: it is the journal of a replay that was broken off; move it away and search the sources for leftovers yourself", path)
		}
		end += int64(len(text))
		j.lines = append(j.lines, l)
	}
	if err := f.Truncate(end); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("open the journal of the replay: %w", err)
	}
	return j, nil
}

func (j *replayJournal) add(l replayLine) error {
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write the journal of the replay: %w", err)
	}
	if _, err := j.file.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write the journal of the replay: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("sync the journal of the replay: %w", err)
	}
	j.lines = append(j.lines, l)
	return nil
}

func (j *replayJournal) close() { _ = j.file.Close() }

// remove destroys the identifiers.
func (j *replayJournal) remove() error {
	if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the journal of the replay: %w", err)
	}
	j.lines = nil
	return nil
}

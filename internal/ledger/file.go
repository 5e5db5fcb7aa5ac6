package ledger

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// File is the ledger file of one process. Other processes of the machine may write to it at the same time.
type File struct {
	path string
	key  []byte

	mu   sync.Mutex
	lock *os.File
	state
}

// state is what has been read so far.
type state struct {
	inode   uint64
	end     int64 // behind the last whole line
	torn    bool  // there is something behind it: a line that a crash has broken off
	head    head
	lines   int64
	mac     string
	stamps  map[ID]stamp
	recent  map[string][]ID // the newest of each source
	seqs    map[string]int64
	damaged []string
	shrunk  bool // while it was open, the file lost lines
	fresh   bool // the last reading began at the first line
	line    func(n int64, mac string)
}

// recentMost is how many of the newest entries of a source are looked for before each erasure. A restore loses the last
// commits, and writers that stand beside each other change their order by their own number at most.
const recentMost = 64

// Open reads the file and checks every line; a file that is not there is empty and made by the first Append. With
// ErrDamaged the file is returned too: what holds of it can be read, but not appended to.
func Open(path string, key []byte) (*File, error) {
	f := &File{path: path, key: key}
	f.reset()
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the ledger file: %w", err)
	}
	f.lock = lock
	if err := f.Refresh(); err != nil && !errors.Is(err, ErrDamaged) {
		_ = lock.Close()
		return nil, err
	} else if err != nil {
		return f, err
	}
	return f, nil
}

// Close gives the file back.
func (f *File) Close() error { return f.lock.Close() }

// Path is where the file is.
func (f *File) Path() string { return f.path }

func (f *File) reset() {
	f.state = state{stamps: map[ID]stamp{}, recent: map[string][]ID{}, seqs: map[string]int64{}}
}

// Refresh reads what others have appended since.
func (f *File) Refresh() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.locked(syscall.LOCK_SH, f.catchUp)
}

// locked runs fn while no other process writes. The lock is a file of its own, since rewriting replaces the ledger file.
func (f *File) locked(how int, fn func() error) error {
	for {
		err := syscall.Flock(int(f.lock.Fd()), how)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("lock the ledger file: %w", err)
		}
	}
	defer func() { _ = syscall.Flock(int(f.lock.Fd()), syscall.LOCK_UN) }()
	return fn()
}

// catchUp reads from where the last reading ended, or from the beginning where the file is another one.
func (f *File) catchUp() error {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.reset()
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the ledger file: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read the ledger file: %w", err)
	}
	inode := uint64(0)
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = stat.Ino
	}
	if inode != f.inode || info.Size() < f.end {
		shrunk := f.shrunk || inode == f.inode
		f.reset()
		f.inode, f.shrunk = inode, shrunk
	}
	if err := f.readFrom(file); err != nil {
		return err
	}
	if len(f.damaged) > 0 && !f.fresh { // cut and lengthened meanwhile: where the last reading ended no line begins
		f.reset()
		f.inode, f.shrunk = inode, true
		if err := f.readFrom(file); err != nil {
			return err
		}
	}
	if len(f.damaged) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, join(f.damaged))
	}
	return nil
}

func (f *File) readFrom(file *os.File) error {
	f.fresh = f.end == 0
	if _, err := file.Seek(f.end, io.SeekStart); err != nil {
		return fmt.Errorf("read the ledger file: %w", err)
	}
	return f.read(file, nil)
}

// read takes whole lines; each, if not nil, is told every entry that holds.
func (f *File) read(from io.Reader, each func(Entry) error) error {
	r := bufio.NewReaderSize(from, 1<<16)
	for {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			f.torn = len(text) > 0
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the ledger file: %w", err)
		}
		if err := f.take(bytes.TrimSuffix(text, []byte{'\n'}), each); err != nil {
			return err
		}
		f.end += int64(len(text))
	}
}

func (f *File) take(text []byte, each func(Entry) error) error {
	l, mac, err := decode(f.key, text)
	if f.lines == 0 {
		if err != nil || l.Head == nil {
			return ErrKey
		}
		f.head, f.mac, f.lines = *l.Head, mac, 1
		f.tell(mac)
		return nil
	}
	defer func() { f.mac = mac; f.lines++; f.tell(mac) }()
	switch {
	case err != nil:
		f.damaged = append(f.damaged, fmt.Sprintf("line %d %v", f.lines+1, err))
		return nil
	case l.Prev != f.mac && f.mac != "": // after a line of no form nothing is known
		f.damaged = append(f.damaged, fmt.Sprintf("a line is gone before line %d", f.lines+1))
	}
	if l.Entry == nil {
		return nil
	}
	f.note(*l.Entry)
	if each != nil {
		return each(*l.Entry)
	}
	return nil
}

func (s *state) tell(mac string) {
	if s.line != nil {
		s.line(s.lines, mac)
	}
}

// note keeps of an entry what is asked for often.
func (s *state) note(e Entry) {
	id := e.ID()
	if was, ok := s.stamps[id]; !ok || was.compare(e.stamp()) < 0 {
		s.stamps[id] = e.stamp()
	}
	list := append(s.recent[e.Source], id)
	if len(list) > 2*recentMost {
		list = slices.Clone(list[len(list)-recentMost:])
	}
	s.recent[e.Source] = list
	s.seqs[e.Kind+" "+e.Source] = max(s.seqs[e.Kind+" "+e.Source], e.Seq)
}

// Has tells whether the file holds the entry, or a later one of the same ID.
func (f *File) Has(e Entry) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.has(e)
}

func (f *File) has(e Entry) bool {
	s, ok := f.stamps[e.ID()]
	return ok && s.compare(e.stamp()) >= 0
}

// LastSeq is the highest sequence number of a kind that the file has of a source.
func (f *File) LastSeq(kind, source string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seqs[kind+" "+source]
}

// Known is an entry that the file holds. Rank is that of a suppression's reason.
type Known struct {
	ID
	Rank int
}

// Recent are the newest entries of a source.
func (f *File) Recent(source string) []Known {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.recent[source]
	var out []Known
	for _, id := range list[max(0, len(list)-recentMost):] {
		out = append(out, Known{id, f.stamps[id].rank})
	}
	return out
}

// All are the entries of a source, in no order.
func (f *File) All(source string) []Known {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Known
	for id, s := range f.stamps {
		if id.Source == source {
			out = append(out, Known{id, s.rank})
		}
	}
	return out
}

// Read tells each every entry that holds, in the order of the lines.
func (f *File) Read(each func(Entry) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.locked(syscall.LOCK_SH, func() error {
		file, err := os.Open(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the ledger file: %w", err)
		}
		defer func() { _ = file.Close() }()
		fresh := &File{path: f.path, key: f.key}
		fresh.reset()
		return fresh.read(file, each)
	})
}

// Tail is how far the file has come; ok is false while there is none.
func (f *File) Tail() (m Mark, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	mac, _ := hex.DecodeString(f.mac)
	return Mark{File: f.head.File, Generation: f.head.Generation, Lines: f.lines, MAC: mac}, f.lines > 0
}

// Cut tells whether the file lost lines while it was open; Reaches says so once.
func (f *File) Cut() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shrunk
}

// Reaches tells whether the file still holds all that it held at the mark. A mark of another file, or of one that has been
// rewritten since, says nothing.
func (f *File) Reaches(m Mark) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shrunk {
		f.shrunk = false
		return false, nil
	}
	switch {
	case m.File != f.head.File || m.Generation < f.head.Generation:
		return true, nil
	case m.Generation > f.head.Generation || m.Lines > f.lines:
		return false, nil
	}
	there := false
	err := f.locked(syscall.LOCK_SH, func() error {
		file, err := os.Open(f.path)
		if err != nil {
			return fmt.Errorf("read the ledger file: %w", err)
		}
		defer func() { _ = file.Close() }()
		fresh := &File{path: f.path, key: f.key}
		fresh.reset()
		fresh.line = func(n int64, mac string) { there = there || n == m.Lines && mac == hex.EncodeToString(m.MAC) }
		return fresh.read(file, nil)
	})
	return there, err
}

func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("sync the folder of the ledger file: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync the folder of the ledger file: %w", err)
	}
	return nil
}

func join(list []string) string {
	const most = 5
	out := ""
	for i, s := range list {
		if i == most {
			return out + fmt.Sprintf(", and %d more", len(list)-most)
		}
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

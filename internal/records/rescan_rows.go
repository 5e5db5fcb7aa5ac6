package records

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"sync"
)

// The binary form of COPY: a head, then each row as the number of its values and each value after its length (-1 is
// null), then -1.
const copyHead = 11 + 4 + 4

// pieceSize is how many bytes of rows a seeker gets at once.
const pieceSize = 1 << 20

var errCopy = errors.New("the server's copy cannot be read")

// rowWriter takes what the server copies out and hands whole rows on, about a mebibyte at once.
type rowWriter struct {
	ctx    context.Context
	of     *tally
	full   chan<- piece
	empty  <-chan []byte
	report func(rows, bytes int64)

	buf    []byte // of the free buffers, nil at first
	whole  int    // up to where there are whole rows
	begun  bool   // the head is past
	ended  bool
	rows   int64
	copied int64
}

func (w *rowWriter) Write(p []byte) (int, error) {
	if w.buf == nil {
		if err := w.fresh(); err != nil {
			return 0, err
		}
	}
	w.buf = append(w.buf, p...)
	if err := w.split(); err != nil {
		return 0, err
	}
	if w.whole >= pieceSize {
		rest := w.buf[w.whole:]
		if err := w.send(); err != nil {
			return 0, err
		}
		if err := w.fresh(); err != nil {
			return 0, err
		}
		w.buf = append(w.buf, rest...)
	}
	return len(p), nil
}

// fresh waits for a buffer: there are few, so the server waits while the seekers are behind.
func (w *rowWriter) fresh() error {
	select {
	case b := <-w.empty:
		if cap(b) < pieceSize || cap(b) > 4*pieceSize { // after a long json value, let go
			b = make([]byte, 0, pieceSize+pieceSize/4)
		}
		w.buf, w.whole = b[:0], 0
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// split moves whole to the end of the last whole row.
func (w *rowWriter) split() error {
	if !w.begun {
		if len(w.buf) < copyHead {
			return nil
		}
		if string(w.buf[:11]) != "PGCOPY\n\xff\r\n\x00" {
			return errCopy
		}
		head := copyHead + int(binary.BigEndian.Uint32(w.buf[15:]))
		if len(w.buf) < head {
			return nil
		}
		w.buf, w.begun = append(w.buf[:0], w.buf[head:]...), true
	}
	for !w.ended && w.whole+2 <= len(w.buf) {
		values := int16(binary.BigEndian.Uint16(w.buf[w.whole:]))
		if values < 0 {
			w.ended, w.buf = true, w.buf[:w.whole]
			return nil
		}
		at := w.whole + 2
		for range values {
			if at+4 > len(w.buf) {
				return nil
			}
			at += 4 + max(0, int(int32(binary.BigEndian.Uint32(w.buf[at:]))))
			if at > len(w.buf) {
				return nil
			}
		}
		w.whole = at
		w.rows++
	}
	return nil
}

func (w *rowWriter) send() error {
	w.of.open.Add(1)
	select {
	case w.full <- piece{w.of, w.buf[:w.whole]}:
		w.buf = nil
	case <-w.ctx.Done():
		w.of.open.Done()
		return w.ctx.Err()
	}
	w.copied += int64(w.whole)
	w.report(w.rows, w.copied)
	return nil
}

// flush sends the last rows.
func (w *rowWriter) flush() error {
	if !w.ended {
		return errCopy
	}
	return w.send()
}

// place is where something was found.
type place struct {
	subject, column int
	retained        bool
}

func inOrder(a, b place) int {
	if a.subject == b.subject && a.column == b.column && a.retained != b.retained {
		if b.retained {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.column, b.column))
}

type keyedPlace struct {
	place
	key string
}

// tally is what the seekers found in one table.
type tally struct {
	of   *scanTable
	open sync.WaitGroup // pieces that are being looked at

	mu         sync.Mutex
	rows       map[place]int
	keyed      []keyedPlace // in columns that a law keeps, of some rows
	unreadable []int        // by column
	long       []string     // where in the table rows with long values are
}

func newTally(t *scanTable) *tally {
	return &tally{of: t, rows: map[place]int{}, unreadable: make([]int, len(t.columns))}
}

func (t *tally) add(subject, column int, key []byte) {
	at := place{subject: subject, column: column}
	if key != nil && t.of.kept[column] {
		t.keyed = append(t.keyed, keyedPlace{at, string(key)})
		return
	}
	t.rows[at]++
}

// count looks at each value of some rows.
func (t *tally) count(look *seeker, rows []byte) {
	for len(rows) > 0 {
		values := int(binary.BigEndian.Uint16(rows))
		rows = rows[2:]
		var key []byte
		for i := range values {
			size := int(int32(binary.BigEndian.Uint32(rows)))
			rows = rows[4:]
			if size < 0 {
				continue
			}
			value := rows[:size]
			rows = rows[size:]
			column := i
			if len(t.of.key) > 0 {
				if column--; column < 0 {
					key = value
					continue
				}
			}
			if column == len(t.of.columns) {
				t.mu.Lock()
				t.long = append(t.long, string(value))
				t.mu.Unlock()
				continue
			}
			t.value(look, column, key, value)
		}
	}
}

// value looks at one.
func (t *tally) value(look *seeker, column int, key, value []byte) {
	if look.brief(value) {
		return
	}
	look.begin()
	readable := true
	if t.of.columns[column].document() {
		readable = look.document(value)
	} else {
		look.look(value)
	}
	t.book(look.found, readable, column, key)
}

func (t *tally) book(found []int, readable bool, column int, key []byte) {
	if len(found) == 0 && readable {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, who := range found {
		t.add(who, column, key)
	}
	if !readable {
		t.unreadable[column]++
	}
}

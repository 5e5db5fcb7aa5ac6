package dossier

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Writer is the Sink that writes a stream. It keeps nothing but the index in memory. Close ends the stream; one that was
// not closed cannot be read.
type Writer struct {
	w       *bufio.Writer
	off     int64
	buf     []byte
	head    []byte
	index   index[json.RawMessage]
	section Section // the open one, or the last
	names   []string
	hasMeta bool
	open    bool
	closed  bool
	asOf    Meta
	records int64
}

// NewWriter begins a stream on w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Meta writes what is said beside the data. It comes once, first.
func (w *Writer) Meta(m Meta) error {
	if w.hasMeta {
		return errors.New("dossier: meta stands once, first")
	}
	w.hasMeta = true
	w.asOf = m
	if err := w.write([]byte(magic)); err != nil {
		return err
	}
	return w.frameJSON(frameMeta, m)
}

// Begin opens a section.
func (w *Writer) Begin(s Section) error {
	if !w.hasMeta || w.open {
		return fmt.Errorf("dossier: section %s begins before meta or inside another", s.ID)
	}
	if slices.Contains(w.names, s.ID) {
		return fmt.Errorf("dossier: section %s stands twice", s.ID)
	}
	told, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("dossier: encode: %w", err)
	}
	w.open, w.section, w.names = true, s, append(w.names, s.ID)
	w.index.Sections = append(w.index.Sections, counted[json.RawMessage]{Section: told, Marks: []int64{}})
	return w.frame(frameBegin, told)
}

// Record writes one row of the open section.
func (w *Writer) Record(r Record) error {
	if !w.open {
		return errors.New("dossier: a record outside a section")
	}
	x := &w.index.Sections[len(w.index.Sections)-1]
	if err := checkRecord(&w.section, r); err != nil {
		return err
	}
	if x.Count%markEvery == 0 {
		x.Marks = append(x.Marks, w.off)
	}
	x.Count++
	w.records++
	if r.Portable {
		x.Portable++
	}
	for _, v := range r.Values {
		switch {
		case v.Withheld != "":
			x.Withheld++
		case v.Masked:
			x.Masked++
		}
	}
	w.buf = appendRecord(w.buf[:0], r)
	return w.frame(frameRecord, w.buf)
}

// End closes the section.
func (w *Writer) End() error {
	if !w.open {
		return errors.New("dossier: no section is open")
	}
	w.open = false
	return w.frame(frameEnd, nil)
}

// Close writes the index and flushes. It does not close what lies below.
func (w *Writer) Close() error {
	if !w.hasMeta || w.open || w.closed {
		return errors.New("dossier: closed before meta, inside a section, or twice")
	}
	w.closed = true
	at := w.off
	if err := w.frameJSON(frameIndex, w.index); err != nil {
		return err
	}
	if err := w.write(binary.BigEndian.AppendUint64(nil, uint64(at))); err != nil {
		return err
	}
	if err := w.write([]byte(tail)); err != nil {
		return err
	}
	return w.w.Flush()
}

// Written gives the meta that was written, and how many records so far.
func (w *Writer) Written() (m Meta, records int64) { return w.asOf, w.records }

func (w *Writer) frameJSON(kind byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("dossier: encode: %w", err)
	}
	return w.frame(kind, b)
}

func (w *Writer) frame(kind byte, payload []byte) error {
	if len(payload) > maxFrame {
		return errors.New("dossier: a record is too large")
	}
	w.head = binary.AppendUvarint(append(w.head[:0], kind), uint64(len(payload)))
	if err := w.write(w.head); err != nil {
		return err
	}
	return w.write(payload)
}

func (w *Writer) write(b []byte) error {
	n, err := w.w.Write(b)
	w.off += int64(n)
	return err
}

package dossier

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// Reader reads a stream through an io.ReaderAt, so that one section, or one page of it, costs no more than itself.
type Reader struct {
	src      io.ReaderAt
	end      int64 // of the frames: where the index begins
	meta     Meta
	sections []indexed
	portable bool
}

// SectionInfo is a section with what the index counts of it.
type SectionInfo struct {
	Section
	Count    int64 // records
	Masked   int64 // values with covered parts
	Withheld int64 // values left out
}

// NewReader opens a stream of size bytes. It reads the meta and the index.
func NewReader(src io.ReaderAt, size int64) (*Reader, error) {
	footer := make([]byte, footerSize)
	if size < int64(len(magic)+footerSize) {
		return nil, ErrDamaged
	}
	if _, err := src.ReadAt(footer, size-int64(footerSize)); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the end of a dossier: %w", err)
	}
	at := int64(binary.BigEndian.Uint64(footer))
	if string(footer[8:]) != tail || at < int64(len(magic)) || at > size-int64(footerSize) {
		return nil, ErrDamaged
	}
	r := &Reader{src: src, end: at}
	var x index[Section]
	if err := readJSON(io.NewSectionReader(src, at, size-int64(footerSize)-at), frameIndex, &x); err != nil {
		return nil, err
	}
	r.sections = x.Sections
	front := io.NewSectionReader(src, 0, at)
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(front, head); err != nil {
		return nil, fmt.Errorf("read the beginning of a dossier: %w", err)
	}
	if string(head) != magic {
		return nil, ErrDamaged
	}
	if err := readJSON(front, frameMeta, &r.meta); err != nil {
		return nil, err
	}
	return r, nil
}

func readJSON(src *io.SectionReader, kind byte, v any) error {
	got, payload, err := readFrame(bufio.NewReader(src), src.Size())
	if err != nil {
		return err
	}
	if got != kind {
		return ErrDamaged
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return ErrDamaged // the error of encoding/json may quote the value
	}
	return nil
}

// Meta is what is said beside the data.
func (r *Reader) Meta() Meta { return r.meta }

// Sections lists the sections in their order.
func (r *Reader) Sections() []SectionInfo {
	out := make([]SectionInfo, 0, len(r.sections))
	for _, x := range r.sections {
		info := SectionInfo{Section: x.Section, Count: x.Count, Masked: x.Masked, Withheld: x.Withheld}
		if r.portable {
			info.Count = x.Portable
			info.Section = narrow(r.meta, x.Section)
			if info.Count == 0 || len(info.Fields) == 0 {
				continue
			}
		}
		out = append(out, info)
	}
	return out
}

// Filled lists the sections that hold something; people read these, programs all.
func (r *Reader) Filled() []SectionInfo {
	return slices.DeleteFunc(r.Sections(), func(s SectionInfo) bool { return s.Count == 0 })
}

// Section gives one section by its id.
func (r *Reader) Section(id string) (SectionInfo, bool) {
	for _, s := range r.Sections() {
		if s.ID == id {
			return s, true
		}
	}
	return SectionInfo{}, false
}

// Records gives the records of a section from number from (0 is the first), at most limit of them (negative: all).
// After an error the sequence ends.
func (r *Reader) Records(section string, from, limit int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for i := range r.sections {
			if x := &r.sections[i]; x.Section.ID == section {
				r.each(x, r.until(i), from, limit, yield)
				return
			}
		}
		yield(Record{}, fmt.Errorf("dossier has no section %s", section))
	}
}

// until is where the records of a section end, or a little later: no more than that is read ahead.
func (r *Reader) until(i int) int64 {
	for _, next := range r.sections[i+1:] {
		if len(next.Marks) > 0 && next.Marks[0] <= r.end {
			return next.Marks[0]
		}
	}
	return r.end
}

func (r *Reader) each(x *indexed, until, from, limit int64, yield func(Record, error) bool) {
	if from < 0 || from >= x.Count || limit == 0 {
		return
	}
	mark := from / markEvery
	if r.portable {
		mark = 0 // marks count all records, the filter only some
	}
	if mark >= int64(len(x.Marks)) {
		yield(Record{}, ErrDamaged)
		return
	}
	at := x.Marks[mark]
	if at < 0 || at > r.end {
		yield(Record{}, ErrDamaged)
		return
	}
	src := bufio.NewReaderSize(io.NewSectionReader(r.src, at, r.end-at), int(min(max(until-at, 16), 64<<10)))
	pick := portableIndexes(r.meta, x.Section)
	for no := mark * markEvery; limit != 0; {
		kind, payload, err := readFrame(src, r.end-at)
		if err != nil {
			yield(Record{}, err)
			return
		}
		if kind == frameEnd {
			return
		}
		rec, err := parseRecord(payload)
		if err != nil || kind != frameRecord || len(rec.Values) != len(x.Section.Fields) {
			yield(Record{}, ErrDamaged)
			return
		}
		if r.portable {
			if !rec.Portable {
				continue
			}
			rec = project(rec, pick)
		}
		no++
		if no <= from {
			continue
		}
		limit--
		if !yield(rec, nil) {
			return
		}
	}
}

// readFrame reads a frame of at most limit bytes, so that a damaged length makes us allocate no more than there is.
func readFrame(r *bufio.Reader, limit int64) (kind byte, payload []byte, err error) {
	if kind, err = r.ReadByte(); err != nil {
		return 0, nil, fmt.Errorf("read a dossier: %w", noEOF(err))
	}
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, nil, fmt.Errorf("read a dossier: %w", noEOF(err))
	}
	if n > maxFrame || int64(n) > limit {
		return 0, nil, ErrDamaged
	}
	payload = make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return 0, nil, fmt.Errorf("read a dossier: %w", noEOF(err))
	}
	return kind, payload, nil
}

// noEOF: a stream never ends inside a frame, so an end is a fault and must not be taken for the end of the data.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

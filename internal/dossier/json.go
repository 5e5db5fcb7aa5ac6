package dossier

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// Format names the JSON files; Version changes when a reader of them would have to.
const (
	Format        = "insyn-dossier"
	FormatVersion = 1
)

// JSON writes the dossier for programs. Every value stands as the database holds it, byte for byte. The whole document
// is never in memory.
func (r *Reader) JSON(w io.Writer) error {
	j := &document{w: bufio.NewWriterSize(w, 64<<10)}
	j.text(`{"format":`)
	j.value(Format)
	j.text(`,"version":`)
	j.value(FormatVersion)
	j.text(`,"portable":`)
	j.value(r.portable)
	j.text(",\n\"meta\":")
	j.value(r.publicMeta())
	j.text(",\n\"sections\":[")
	for i, s := range r.Sections() {
		if i > 0 {
			j.text(",")
		}
		j.text("\n")
		if err := r.section(j, s); err != nil {
			return err
		}
	}
	j.text("\n]}\n")
	if j.err != nil {
		return j.err
	}
	return j.w.Flush()
}

// publicMeta leaves out of a portable export what explains data that is not in it.
func (r *Reader) publicMeta() Meta {
	m := r.meta
	if !r.portable {
		return m
	}
	m.Register = nil
	purposes := map[string]Purpose{}
	for _, s := range r.Sections() {
		for _, f := range s.Fields {
			purposes[f.Purpose] = m.Purposes[f.Purpose]
		}
	}
	m.Purposes = purposes
	return m
}

func (r *Reader) section(j *document, s SectionInfo) error {
	j.text(`{"section":`)
	j.value(s.Section)
	j.text(`,"count":`)
	j.value(s.Count)
	j.text(`,"records":[`)
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		b, err := json.Marshal(f.Name)
		if err != nil {
			return fmt.Errorf("section %s: %w", s.ID, err)
		}
		names[i] = string(b) + ":"
	}
	first := true
	for rec, err := range r.Records(s.ID, 0, -1) {
		if err != nil {
			return err
		}
		if !first {
			j.text(",")
		}
		first = false
		j.text("\n")
		j.record(names, rec, s.Fields)
		if j.err != nil {
			return j.err
		}
	}
	j.text(`]}`)
	return nil
}

// document writes pieces of JSON and remembers the first fault.
type document struct {
	w   *bufio.Writer
	err error
}

func (j *document) text(s string) {
	if j.err == nil {
		_, j.err = j.w.WriteString(s)
	}
}

func (j *document) value(v any) {
	if j.err != nil {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		j.err = fmt.Errorf("encode: %w", err)
		return
	}
	_, j.err = j.w.Write(b)
}

// record writes values by name; what is covered or withheld is named beside them.
func (j *document) record(names []string, rec Record, fields []Field) {
	j.text(`{"values":{`)
	var masked []string
	withheld := map[string]string{}
	sep := ""
	for i, v := range rec.Values {
		switch {
		case v.Withheld != "":
			withheld[fields[i].Name] = v.Withheld
			continue
		case v.Masked:
			masked = append(masked, fields[i].Name)
		}
		j.text(sep)
		j.text(names[i])
		if j.err == nil {
			_, j.err = j.w.Write(v.JSON)
		}
		sep = ","
	}
	j.text(`}`)
	if len(masked) > 0 {
		j.text(`,"masked":`)
		j.value(masked)
	}
	if len(withheld) > 0 {
		j.text(`,"withheld":`)
		j.value(withheld)
	}
	j.text(`}`)
}

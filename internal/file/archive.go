package file

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// archive is a ZIP, or an office document, which is one. Members that do not change are copied as they are stored.
func (w *walk) archive(b []byte, kind Kind, depth int) ([]byte, bool, error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return b, false, unreadable("zip", err)
	}
	comment, err := w.text(r.Comment)
	if err != nil {
		return b, false, err
	}
	changed := comment != r.Comment
	members := make([]member, len(r.File))
	for i, f := range r.File {
		if err := w.part(); err != nil {
			return b, false, err
		}
		m := member{File: f}
		if err := w.miss(w.member(&m, kind, depth)); err != nil {
			return b, false, err
		}
		changed = changed || m.changed
		members[i] = m
	}
	if !changed {
		return b, false, nil
	}
	blankPictures(members, kind)
	out, err := pack(members, comment)
	if err != nil {
		return b, false, unreadable("zip", err)
	}
	return out, true, nil
}

// member of an archive: what it becomes.
type member struct {
	*zip.File
	name, comment string
	data          []byte // nil: as stored
	changed       bool
}

func (w *walk) member(m *member, kind Kind, depth int) error {
	if m.Flags&1 != 0 {
		return ErrEncrypted
	}
	if err := w.label(m, kind); err != nil {
		return err
	}
	if strings.HasSuffix(m.Name, "/") || m.Name == "mimetype" && kind != ZIP {
		return nil
	}
	if m.UncompressedSize64 > uint64(w.left) {
		return ErrTooLarge
	}
	r, err := m.Open()
	if err != nil {
		return unreadable("zip", err)
	}
	b, err := w.unpack(r)
	_ = r.Close()
	if err != nil {
		return err
	}
	out, changed, err := w.content(b, m.Name, kind, depth)
	if err != nil {
		return err
	}
	if changed {
		m.data, m.changed = out, true
	}
	return nil
}

// content by the place that the format gives it.
func (w *walk) content(b []byte, name string, kind Kind, depth int) ([]byte, bool, error) {
	if kind == ZIP {
		return w.document(b, depth+1)
	}
	g := office
	if kind == ODT || kind == ODS || kind == ODP {
		g = openOffice
	}
	switch ext := strings.ToLower(path.Ext(name)); {
	case name == "META-INF/manifest.xml" && bytes.Contains(b, []byte("encryption-data")):
		return b, false, ErrEncrypted
	case len(b) == 0:
		return b, false, nil
	case ext == ".xml" || ext == ".rels" || ext == ".rdf":
		return w.xml(b, g)
	case ext == ".vml": // Excel's is not well-formed
		return w.html(b, codings(b, declared(b)))
	case quiet.MatchString(name) && Detect(b) == Binary && !bytes.HasPrefix(b, []byte(unread[0])):
		return b, false, nil
	}
	return w.document(b, depth+1)
}

// quiet are the places of office documents where binaries hold no text: the set-up of a printer, fonts, pictures of what stands beside them.
var quiet = regexp.MustCompile(`(?i)printersettings|/fonts/|^fonts/|thumbnail|objectreplacements/|layout-cache|/media/|^pictures/`)

// label is the member's name and comment. A name inside an office document is referred to by others, so it cannot be changed there.
func (w *walk) label(m *member, kind Kind) error {
	m.name, m.comment = m.Name, m.Comment
	clear := readName(m.Name)
	if kind != ZIP {
		return w.fixed(clear)
	}
	name, err := w.text(clear)
	if err != nil {
		return err
	}
	comment, err := w.text(readName(m.Comment))
	if err != nil {
		return err
	}
	if name != clear {
		m.name, m.changed = name, true
	}
	if comment != readName(m.Comment) {
		m.comment, m.changed = comment, true
	}
	return nil
}

// readName of an old archive: DOS, which for western letters is nearly one charset.
func readName(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out, err := charmap.CodePage850.NewDecoder().String(s)
	if err != nil {
		return s
	}
	return out
}

package file

import (
	"bytes"
	"net/http"
	"strings"
)

// unread are formats that hold text which nothing here can read.
var unread = []string{
	"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", // OLE: Word, Excel, PowerPoint before 2007, Outlook's msg, macros
	"{\\rtf", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "\x1f\x8b", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "\x78\x9f\x3e\x22",
}

// binary passes over pictures, sound and fonts. Alone, bytes that nobody knows are passed over too, and the kind tells so; in another document nobody
// would be told, so there they are unreadable.
func binary(b []byte, depth int) error {
	for _, magic := range unread {
		if !bytes.HasPrefix(b, []byte(magic)) {
			continue
		}
		// An OOXML document with a password is an OLE file with this stream in it, its name in UTF-16.
		if bytes.Contains(b, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return ErrEncrypted
		}
		return ErrUnreadable
	}
	if depth > 0 && !media(b) {
		return ErrUnreadable
	}
	return nil
}

func media(b []byte) bool {
	kind, _, _ := strings.Cut(http.DetectContentType(b), "/")
	switch {
	case kind == "image" || kind == "audio" || kind == "video" || kind == "font":
		return true
	case len(b) > 44 && string(b[40:44]) == " EMF", len(b) > 12 && string(b[4:8]) == "ftyp":
		return true
	}
	for _, magic := range []string{"II*\x00", "MM\x00*", "\xd7\xcd\xc6\x9a", "\x01\x00\x09\x00"} { // TIFF, WMF
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

package file

import (
	"archive/zip"
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strconv"
	"strings"
)

// pack writes the members in their order: OpenDocument wants its type first.
func pack(members []member, comment string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.SetComment(comment); err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, m := range members {
		if m.name == m.Name {
			taken[m.name] = true
		}
	}
	for _, m := range members {
		if !m.changed {
			if err := z.Copy(m.File); err != nil {
				return nil, err
			}
			continue
		}
		if m.name != m.Name {
			m.name = free(m.name, taken)
		}
		if err := write(z, m); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// write a member with new content, or as stored under a new name.
func write(z *zip.Writer, m member) error {
	h := m.FileHeader
	h.Name, h.Comment, h.NonUTF8 = m.name, m.comment, false
	h.Extra = nil // it may repeat the name, and the times are in the header too
	if m.data == nil {
		raw, err := m.OpenRaw()
		if err != nil {
			return err
		}
		w, err := z.CreateRaw(&h)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, raw)
		return err
	}
	// Sizes and checksum are the writer's to find.
	h.CRC32, h.CompressedSize64, h.UncompressedSize64 = 0, 0, 0
	h.CompressedSize, h.UncompressedSize = 0, 0 //nolint:staticcheck // the writer warns of stale values in both
	w, err := z.CreateHeader(&h)
	if err != nil {
		return err
	}
	_, err = w.Write(m.data)
	return err
}

// free is a name that no other member has and that leads out of no folder.
func free(name string, taken map[string]bool) string {
	folder := strings.HasSuffix(name, "/")
	name = path.Clean("/" + strings.ReplaceAll(strings.ReplaceAll(name, "\\", "_"), "\x00", ""))[1:]
	if name == "" {
		name = "_"
	}
	ext := path.Ext(name)
	out := name
	for n := 2; taken[out] || taken[out+"/"]; n++ {
		out = strings.TrimSuffix(name, ext) + "-" + strconv.Itoa(n) + ext
	}
	if folder {
		out += "/"
	}
	taken[out] = true
	return out
}

// blankPictures: the small picture of the first page that an office document carries shows the old text.
func blankPictures(members []member, kind Kind) {
	if kind == ZIP {
		return
	}
	for i := range members {
		name := strings.ToLower(members[i].Name)
		if !strings.HasPrefix(name, "thumbnails/") && !strings.HasPrefix(name, "docprops/thumbnail") || strings.HasSuffix(name, "/") {
			continue
		}
		members[i].data, members[i].changed = blank(path.Ext(name)), true
	}
}

func blank(ext string) []byte {
	var b bytes.Buffer
	dot := image.NewGray(image.Rect(0, 0, 1, 1))
	dot.Pix[0] = 255
	switch ext {
	case ".png":
		_ = png.Encode(&b, dot)
	case ".jpeg", ".jpg":
		_ = jpeg.Encode(&b, dot, nil)
	}
	if b.Len() == 0 {
		return []byte{}
	}
	return b.Bytes()
}

package records

import (
	"fmt"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/file"
)

// packedSQL is a value that is kept in an encoding or as a document, with the name of the encoding before it.
func packedSQL(t *datamap.PlannedTable, c *datamap.Column) string {
	encoding := literal(c.Encoding)
	if t.Column(c.Encoding) != nil {
		encoding = "coalesce(x." + quote(c.Encoding) + "::text, '')"
	}
	return fmt.Sprintf("%s || chr(1) || x.%s::text", encoding, quote(c.Name))
}

// unpacked is the text of such a value for its person: nobody reads quoted-printable, and nothing of others can be covered
// in it. It is false for what holds no text that anybody here can read.
func unpacked(t *datamap.PlannedTable, c *datamap.Column, packed string) (string, bool) {
	encoding, value, _ := strings.Cut(packed, "\x01")
	raw, err := unwrap(cell{t: t, c: c, text: &value, encoding: strings.ToLower(strings.TrimSpace(encoding))})
	if err != nil {
		return "", false
	}
	if file.Detect(raw) == file.Text {
		return strings.ToValidUTF8(string(raw), "\ufffd"), true
	}
	var texts []string
	kind, err := file.Texts(raw, func(text string) error {
		texts = append(texts, text)
		return nil
	})
	return strings.Join(texts, "\n"), err == nil && kind != file.Binary
}

package records

import (
	"encoding/json"
	"fmt"
	"strings"

	"insyn/internal/datamap"
	"insyn/internal/file"
)

// toldSQL is a column as it is read for its person: as exact json, and with the column that says how it is packed.
func toldSQL(t *datamap.PlannedTable, c *datamap.Column) string {
	if !wrapped(t, c) {
		return "to_jsonb(x." + quote(c.Name) + ")"
	}
	encoding := literal(c.Encoding)
	if t.Column(c.Encoding) != nil {
		encoding = "x." + quote(c.Encoding) + "::text"
	}
	return fmt.Sprintf("to_jsonb(array[x.%s::text, %s])", quote(c.Name), encoding)
}

// unpack makes texts that can be read of what a table keeps in an encoding or as a document: nobody reads quoted-printable,
// and nothing of others can be covered in it. What holds no text that anybody here can read is left out.
func unpack(t *datamap.PlannedTable, columns []*datamap.Column, rows []row) error {
	for i, c := range columns {
		if !wrapped(t, c) {
			continue
		}
		for _, r := range rows {
			var packed [2]*string
			if err := json.Unmarshal(r.values[i].JSON, &packed); err != nil {
				return fmt.Errorf("decode %s: %w", c.Name, err)
			}
			if packed[0] == nil {
				r.values[i].JSON = json.RawMessage("null")
				continue
			}
			in := cell{t: t, c: c, text: packed[0]}
			if packed[1] != nil {
				in.encoding = strings.ToLower(strings.TrimSpace(*packed[1]))
			}
			text, ok := readable(in)
			if !ok {
				r.values[i].JSON, r.values[i].Withheld = nil, "unreadable"
				continue
			}
			var err error
			if r.values[i].JSON, err = json.Marshal(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// readable is the text of a packed value.
func readable(in cell) (string, bool) {
	raw, err := unwrap(in)
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

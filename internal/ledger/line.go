package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// line is one line of the file. Its keyed hash stands last and covers every byte before it.
type line struct {
	N     int64  `json:"n"` // 0 is the head
	Prev  string `json:"prev,omitempty"`
	Head  *head  `json:"head,omitempty"`
	Entry *Entry `json:"entry,omitempty"`
}

// head names the file; a copy that was put back is known by its generation.
type head struct {
	File       string `json:"file"`
	Generation int64  `json:"generation"`
}

const (
	macHex    = 2 * sha256.Size
	macPrefix = `,"mac":"`
	macLen    = len(macPrefix) + macHex + len(`"}`)
)

var (
	errForm = errors.New("not of the form of a line")
	errMAC  = errors.New("was changed")
)

// encode gives the line with its end, and its keyed hash.
func (l line) encode(key []byte) (text []byte, mac string, err error) {
	body, err := json.Marshal(l)
	if err != nil {
		return nil, "", fmt.Errorf("encode a line of the ledger: %w", err)
	}
	mac = sum(key, body)
	return append(append(body[:len(body)-1], macPrefix+mac...), "\"}\n"...), mac, nil
}

func sum(key, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// decode reads a line without its end. The hash is returned even where it does not hold, since the next line names it.
func decode(key, text []byte) (l line, mac string, err error) {
	cut := len(text) - macLen
	if cut < 1 || !bytes.HasPrefix(text[cut:], []byte(macPrefix)) || !bytes.HasSuffix(text, []byte(`"}`)) {
		return l, "", errForm
	}
	mac = string(text[cut+len(macPrefix) : len(text)-2])
	body := append(bytes.Clone(text[:cut]), '}')
	if !hmac.Equal([]byte(mac), []byte(sum(key, body))) {
		return l, mac, errMAC
	}
	if err := json.Unmarshal(body, &l); err != nil {
		return l, mac, errForm
	}
	return l, mac, nil
}

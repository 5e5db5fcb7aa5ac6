package share

import (
	"crypto/cipher"
	"errors"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	stanzaType  = "insyn-link"
	fileKeySize = 16
)

// wrapper is age's recipient and identity in one: it wraps the file key with ChaCha20-Poly1305. The nonce is zero,
// because a key wraps one file key only: its salt is drawn anew for each artefact.
type wrapper struct{ key [32]byte }

// Wrap makes the one stanza of an artefact.
func (w wrapper) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	a, err := w.aead()
	if err != nil {
		return nil, err
	}
	body := a.Seal(nil, make([]byte, a.NonceSize()), fileKey, nil)
	return []*age.Stanza{{Type: stanzaType, Body: body}}, nil
}

// Unwrap gives the file key back, or age.ErrIncorrectIdentity for another link's artefact.
func (w wrapper) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	a, err := w.aead()
	if err != nil {
		return nil, err
	}
	for _, s := range stanzas {
		if s.Type != stanzaType {
			continue
		}
		if len(s.Args) != 0 || len(s.Body) != fileKeySize+a.Overhead() {
			return nil, errors.New("artefact: the key's stanza is malformed")
		}
		if key, err := a.Open(nil, make([]byte, a.NonceSize()), s.Body, nil); err == nil {
			return key, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

func (w wrapper) aead() (cipher.AEAD, error) { return chacha20poly1305.New(w.key[:]) }

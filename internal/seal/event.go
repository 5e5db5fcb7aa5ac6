package seal

import (
	"crypto/hpke"
	"fmt"
)

const eventInfo = "insyn share event"

// Public is the key that the share site seals to. It opens nothing.
func (k *Keys) Public() ([]byte, error) {
	priv, err := k.event()
	if err != nil {
		return nil, err
	}
	return priv.PublicKey().Bytes(), nil
}

// OpenEvent opens what SealTo sealed to Public.
func (k *Keys) OpenEvent(sealed []byte) ([]byte, error) {
	priv, err := k.event()
	if err != nil {
		return nil, err
	}
	plain, err := hpke.Open(priv, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(eventInfo), sealed)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// SealTo seals plain to a public key (RFC 9180, ML-KEM-768 with X25519, HKDF-SHA256, ChaCha20-Poly1305).
func SealTo(public, plain []byte) ([]byte, error) {
	pub, err := hpke.MLKEM768X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("public key of share events: %w", err)
	}
	return hpke.Seal(pub, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(eventInfo), plain)
}

func (k *Keys) event() (hpke.PrivateKey, error) {
	return hpke.MLKEM768X25519().DeriveKeyPair(k.private)
}

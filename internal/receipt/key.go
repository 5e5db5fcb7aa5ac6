package receipt

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// ErrKey: what was given is no public key of a receipt.
var ErrKey = errors.New("not an Ed25519 public key in PEM or as a JSON Web Key: insyn receipt key prints it")

// publicJWK is a public key as a JSON Web Key, and its id, the thumbprint by RFC 7638.
func publicJWK(key crypto.PublicKey) (jose.JSONWebKey, string, error) {
	jwk := jose.JSONWebKey{Key: key, Algorithm: string(jose.EdDSA), Use: "sig"}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return jwk, "", fmt.Errorf("the key of receipts: %w", err)
	}
	jwk.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	return jwk, jwk.KeyID, nil
}

// KeyID names a public key: its thumbprint by RFC 7638.
func KeyID(key ed25519.PublicKey) (string, error) {
	_, kid, err := publicJWK(key)
	return kid, err
}

// PEM writes a public key as other tools read it (RFC 8410).
func PEM(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("the key of receipts: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// JWK writes a public key as a JSON Web Key.
func JWK(key ed25519.PublicKey) ([]byte, error) {
	jwk, _, err := publicJWK(key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(jwk)
}

// ParseKey reads what PEM or JWK wrote.
func ParseKey(b []byte) (ed25519.PublicKey, error) {
	if block, _ := pem.Decode(b); block != nil {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, ErrKey
		}
		if public, ok := key.(ed25519.PublicKey); ok {
			return public, nil
		}
		return nil, ErrKey
	}
	var jwk jose.JSONWebKey
	if json.Unmarshal(bytes.TrimSpace(b), &jwk) != nil {
		return nil, ErrKey
	}
	if public, ok := jwk.Key.(ed25519.PublicKey); ok {
		return public, nil
	}
	return nil, ErrKey
}

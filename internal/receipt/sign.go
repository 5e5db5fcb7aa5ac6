package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json/jsontext"
)

// Standard names how a receipt is signed, in the receipt itself, so that it can be verified without this program.
const Standard = "JWS (RFC 7515) with detached payload, EdDSA on Ed25519 (RFC 8037); the payload is this document without its signature, in canonical form (JCS, RFC 8785)"

// signature stands in the document beside what it signs. Its key says whose it claims to be; whether it is, only a key
// that came another way can tell.
type signature struct {
	Standard string          `json:"standard"`
	Kid      string          `json:"kid"` // RFC 7638
	JWK      jose.JSONWebKey `json:"jwk"`
	JWS      string          `json:"jws"`
}

// The faults of a document.
var (
	// ErrForm: not a receipt, or one of a newer version.
	ErrForm = errors.New("not a receipt of a version that this program knows")
	// ErrSignature: changed after it was signed, or signed by another key.
	ErrSignature = errors.New("the signature does not hold: the document was changed, or another key signed it")
)

// Sign gives the document as JSON with its signature, indented for readers.
func Sign(d Document, key ed25519.PrivateKey) ([]byte, error) {
	d.Format, d.Version = Format, Version
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	payload := jsontext.Value(body)
	if err := payload.Canonicalize(); err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	public, kid, err := publicJWK(key.Public())
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JOSE+JSON").WithHeader("kid", kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, options)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	detached, err := jws.DetachedCompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("sign a receipt: %w", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(payload, &members); err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	if members["signature"], err = json.Marshal(signature{Standard: Standard, Kid: kid, JWK: public, JWS: detached}); err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	return render(members)
}

// render writes the members in canonical order, indented.
func render(members map[string]json.RawMessage) ([]byte, error) {
	b, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	v := jsontext.Value(b)
	if err := v.Canonicalize(); err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, v, "", "  "); err != nil {
		return nil, fmt.Errorf("encode a receipt: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// Verify reads a signed document and holds it against a public key that came another way than with it. White space
// between values is not signed; everything else is, the words about the signature too.
func Verify(signed []byte, key ed25519.PublicKey) (*Document, error) {
	members, sig, err := parse(signed)
	if err != nil {
		return nil, err
	}
	public, kid, err := publicJWK(key)
	if err != nil {
		return nil, err
	}
	delete(members, "signature")
	rest, err := json.Marshal(members)
	if err != nil {
		return nil, ErrForm
	}
	payload := jsontext.Value(rest)
	if err := payload.Canonicalize(); err != nil {
		return nil, ErrForm
	}
	jws, err := jose.ParseDetached(sig.JWS, payload, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return nil, ErrSignature
	}
	if _, err := jws.Verify(public); err != nil {
		return nil, ErrSignature
	}
	// Base64 has spare bits at its end and the words beside the signature are not below it: all must be as we write it.
	jwsAgain, err := jws.DetachedCompactSerialize()
	if err != nil || jws.Signatures[0].Protected.KeyID != kid {
		return nil, ErrSignature
	}
	want, err := json.Marshal(signature{Standard: Standard, Kid: kid, JWK: public, JWS: jwsAgain})
	if err != nil {
		return nil, err
	}
	if got, err := json.Marshal(sig); err != nil || !bytes.Equal(got, want) {
		return nil, ErrSignature
	}
	return decode(signed)
}

// Read reads a document without looking at its signature: for one that comes from our own table.
func Read(signed []byte) (*Document, error) {
	if _, _, err := parse(signed); err != nil {
		return nil, err
	}
	return decode(signed)
}

// parse refuses what two readers could read in two ways: a name that stands twice, bytes that are no UTF-8.
func parse(signed []byte) (map[string]json.RawMessage, *signature, error) {
	whole := jsontext.Value(bytes.Clone(signed))
	if err := whole.Canonicalize(); err != nil {
		return nil, nil, ErrForm
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(signed, &members); err != nil {
		return nil, nil, ErrForm
	}
	sig, err := strict(members["signature"])
	if err != nil {
		return nil, nil, ErrForm
	}
	return members, sig, nil
}

// strict reads a signature that holds what we write and nothing besides.
func strict(raw json.RawMessage) (*signature, error) {
	var sig signature
	if err := json.Unmarshal(raw, &sig); err != nil {
		return nil, err
	}
	written, err := json.Marshal(sig)
	if err != nil {
		return nil, err
	}
	given, ours := jsontext.Value(bytes.Clone(raw)), jsontext.Value(written)
	if err := errors.Join(given.Canonicalize(), ours.Canonicalize()); err != nil {
		return nil, err
	}
	if !bytes.Equal(given, ours) {
		return nil, ErrForm
	}
	return &sig, nil
}

func decode(signed []byte) (*Document, error) {
	var d Document
	if err := json.Unmarshal(signed, &d); err != nil {
		return nil, ErrForm
	}
	if d.Format != Format || d.Version < 1 || d.Version > Version {
		return nil, ErrForm
	}
	return &d, nil
}

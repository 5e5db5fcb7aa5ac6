package records

import (
	"bytes"
	"slices"
	"strings"

	"insyn/internal/mention"
	"insyn/internal/personnummer"
	"insyn/internal/seal"
)

// Hasher makes the ledger's keyed hashes of a source's keys and identifiers.
type Hasher struct {
	Keys *seal.Keys
}

// key is the hash of one card's key, the same under which requests know a person.
func (h *Hasher) key(source, key string) []byte { return h.Keys.Subject(source, key) }

// The kinds of identifiers in a hash. A customer number is like a key: whoever comes next after a restore may get it.
const (
	hashEmail        = "email"
	hashPhone        = "phone"
	hashPersonnummer = "personnummer"
	hashCustomerNo   = "customer_no"
	hashHandle       = "handle"
	hashCard         = "card" // the name together with source and key: never a name alone
)

// value is the hash of an identifier, nil where it has no normal form.
func (h *Hasher) value(s *Source, kind, value string) []byte {
	if value = normalIdentifier(s, kind, value); value == "" {
		return nil
	}
	return h.Keys.HMAC("ledger", kind, value)
}

func normalIdentifier(s *Source, kind, value string) string {
	switch kind {
	case hashPhone:
		return s.NormalPhone(value)
	case hashPersonnummer:
		if n, err := personnummer.Parse(value); err == nil {
			return n.Long()
		}
		return digits(value)
	case hashCard:
		return foldText(strings.Join(strings.Fields(value), " "))
	}
	return strings.ToLower(strings.TrimSpace(value))
}

// card is the hash of a card by its name: what tells that a key is still the same person's. nil without a name.
func (h *Hasher) card(s *Source, key, name string) []byte {
	if name = normalIdentifier(s, hashCard, name); name == "" {
		return nil
	}
	return h.Keys.HMAC("ledger", hashCard, s.Name, key, name)
}

// identifiers are the hashes of all that is on record of a person, names apart; weak are those of customer numbers.
func (h *Hasher) identifiers(s *Source, p mention.Person) (strong, weak [][]byte) {
	add := func(to *[][]byte, kind string, values ...string) {
		for _, v := range values {
			if x := h.value(s, kind, v); x != nil {
				*to = append(*to, x)
			}
		}
	}
	add(&strong, hashEmail, p.Emails...)
	add(&strong, hashPhone, p.Phones...)
	add(&strong, hashPersonnummer, p.Personnummer)
	add(&strong, hashHandle, p.Handles...)
	add(&weak, hashCustomerNo, p.CustomerNo)
	return strong, weak
}

// olderEmail is how the hash of an address was made before the ledger knew kinds.
func (h *Hasher) olderEmail(address string) []byte {
	return h.Keys.HMAC("ledger", strings.ToLower(address))
}

// hashes are those of an erasure's ledger row: each card of the person, and what nobody else alive has.
func (e *Erasure) hashes(s *Source, keys []string, w *words) (keyHMACs, hmacs [][]byte) {
	keyHMACs, hmacs = slices.Clone(e.KeyHMACs), slices.Clone(e.HMACs)
	if e.Hash != nil {
		for _, k := range keys {
			keyHMACs = append(keyHMACs, e.Hash.key(s.Name, k))
		}
		for _, p := range w.alone {
			strong, weak := e.Hash.identifiers(s, p)
			hmacs = append(append(hmacs, strong...), weak...)
		}
		for k, name := range w.names {
			if x := e.Hash.card(s, k, name); x != nil {
				hmacs = append(hmacs, x)
			}
		}
	}
	return distinct(keyHMACs), distinct(hmacs)
}

// distinct also turns nil into an empty list, which an array column takes.
func distinct(list [][]byte) [][]byte {
	slices.SortFunc(list, bytes.Compare)
	return append([][]byte{}, slices.CompactFunc(list, bytes.Equal)...)
}

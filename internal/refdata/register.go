// Package refdata asks the reference register: an outside directory of persons and companies that the company searches
// beside its CRM. The company is not its controller: it shows an entry, names who answers for it, and cannot erase there.
package refdata

import (
	"context"

	"insyn/internal/dsar"
)

// Person is one entry of the register.
type Person struct {
	RegisterID   string
	Given        string
	Surname      string
	Street       string
	Postcode     string
	City         string
	Country      string // ISO 3166-1, two letters
	Organisation string // name of the workplace, empty where there is none
	Role         string // what the person is there
	BirthYear    int    // 0 where the register does not say
}

// Provider is who answers for the register, as the customer's page names it.
type Provider struct {
	Name    string
	Contact string
}

// Query is one search. A looked-up person is data processed, so callers ask only for what somebody typed.
type Query struct {
	Text  string // words of a name or of an organisation, in any order and usual spelling
	Limit int    // most entries wanted; 0 is DefaultLimit, more than MaxLimit is MaxLimit
}

// Bounds of one search.
const (
	DefaultLimit = 20
	MaxLimit     = 200
)

// Register is a reference register.
type Register interface {
	Provider() Provider
	// Search gives the entries whose name, or whose organisation's name, has words that begin with all words of the text.
	Search(ctx context.Context, q Query) ([]Person, error)
	// Get gives one entry, or dsar.ErrNotFound.
	Get(ctx context.Context, registerID string) (Person, error)
}

// None is the register of a company that has none.
type None struct{}

// Provider is nobody.
func (None) Provider() Provider { return Provider{} }

// Search finds nobody.
func (None) Search(context.Context, Query) ([]Person, error) { return nil, nil }

// Get finds nobody.
func (None) Get(context.Context, string) (Person, error) { return Person{}, dsar.ErrNotFound }

func (q Query) limit() int {
	if q.Limit <= 0 {
		return DefaultLimit
	}
	return min(q.Limit, MaxLimit)
}

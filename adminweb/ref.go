package adminweb

import (
	"encoding/base64"

	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
)

// personPath is the address of a card. The key is sealed: an address lands in histories and logs, and a key of the CRM may
// be a customer number or worse.
func (s *site) personPath(r records.Ref) string {
	return "/person/" + r.Source + "/" + s.token(r)
}

func (s *site) token(r records.Ref) string {
	return base64.RawURLEncoding.EncodeToString(s.Store.Keys.Seal("url.person."+r.Source, []byte(r.Key)))
}

// ref opens what personPath made: dsar.ErrNotFound for anything else.
func (s *site) ref(source, token string) (records.Ref, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sealed) == 0 {
		return records.Ref{}, dsar.ErrNotFound
	}
	key, err := s.Store.Keys.Open("url.person."+source, sealed)
	if err != nil {
		return records.Ref{}, dsar.ErrNotFound
	}
	if source != request.RegisterSource && s.source(source) == nil {
		return records.Ref{}, dsar.ErrNotFound
	}
	return records.Ref{Source: source, Key: string(key)}, nil
}

// source is a mapped source by name, or nil.
func (s *site) source(name string) *records.Source {
	for _, src := range s.Sources {
		if src.Name == name {
			return src
		}
	}
	return nil
}

// sourceLabel names where somebody comes from.
func (v *visit) sourceLabel(name string) string {
	if src := v.site.source(name); src != nil {
		if l := v.in(src.Label()); l != "" {
			return l
		}
	}
	if name == request.RegisterSource && v.site.Register != nil {
		return v.text("admin.search.register", "provider", v.site.Register.Provider().Name)
	}
	return name
}

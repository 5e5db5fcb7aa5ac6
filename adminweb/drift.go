package adminweb

import (
	"context"
	"slices"

	"insyn/internal/datamap"
	"insyn/internal/dsar"
	"insyn/internal/request"
)

// driftPlaces is how many places a notice names.
const driftPlaces = 6

// driftNotice says that a source is not the one that was accepted: which tables and columns, no value of any.
type driftNotice struct {
	Text   string
	Places []string
	More   int
	Mend   string
}

// drift looks at the sources that wanted holds for. A source that does not answer is no news of this page.
func (s *site) drift(ctx context.Context, v *visit, text string, wanted func(source string) bool) []driftNotice {
	var out []driftNotice
	for _, src := range s.Sources {
		if !wanted(src.Name) {
			continue
		}
		problems, err := src.Look(ctx)
		stop := problems.Of(datamap.Stops, datamap.StopsErase)
		if err != nil || len(stop) == 0 {
			continue
		}
		n := driftNotice{Text: v.text(text, "source", v.sourceLabel(src.Name)), Mend: datamap.AcceptCommand}
		for i, p := range stop {
			if i == driftPlaces {
				n.More = len(stop) - driftPlaces
				break
			}
			place := p.Place
			if place == src.Name {
				place = v.T("admin.drift.map")
			}
			n.Places = append(n.Places, place)
		}
		out = append(out, n)
	}
	return out
}

// driftOf is what the handler of an open request must know: an erasure waits, and a copy may lack what is new.
func (s *site) driftOf(ctx context.Context, v *visit, r *request.Request) []driftNotice {
	text := "admin.drift.copy"
	switch {
	case r.Closed() || r.ErasedAt != nil:
		return nil
	case r.Kind == dsar.Erasure:
		text = "admin.drift.erasure"
	case r.Kind != dsar.Access && r.Kind != dsar.Portability:
		return nil
	}
	return s.drift(ctx, v, text, func(source string) bool {
		return slices.ContainsFunc(r.Subjects, func(u request.Subject) bool { return u.Source == source })
	})
}

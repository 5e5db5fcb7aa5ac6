package dossier

import "slices"

// Portable is the same dossier seen through the right to move data (GDPR Art. 20): only fields and records that the
// person provided, or that were observed of them, on consent or contract. A section with nothing of that is left out.
func (r *Reader) Portable() *Reader {
	p := *r
	p.portable = true
	return &p
}

// HasPortable tells whether the portable export would hold anything.
func (r *Reader) HasPortable() bool { return r.meta.Portable && len(r.Portable().Sections()) > 0 }

// portableIndexes gives the places of the fields that may be moved. The map has said so already; provenance and basis
// are looked at once more, because what the law leaves out here must not slip through a slip in a map.
func portableIndexes(m Meta, s Section) []int {
	var out []int
	for i, f := range s.Fields {
		if f.Portable && movable(f.Provenance, m.Purposes[f.Purpose].Basis) {
			out = append(out, i)
		}
	}
	return out
}

func movable(provenance, basis string) bool {
	return slices.Contains([]string{"provided", "observed"}, provenance) &&
		slices.Contains([]string{"consent", "contract"}, basis)
}

// narrow keeps of a section what is true of its portable fields.
func narrow(m Meta, s Section) Section {
	var fields []Field
	s.Purposes, s.Provenance, s.Categories = []string{}, []string{}, nil
	for _, i := range portableIndexes(m, s) {
		f := s.Fields[i]
		fields = append(fields, f)
		if !slices.Contains(s.Purposes, f.Purpose) {
			s.Purposes = append(s.Purposes, f.Purpose)
		}
		if !slices.Contains(s.Provenance, f.Provenance) {
			s.Provenance = append(s.Provenance, f.Provenance)
		}
	}
	s.Fields = fields
	return s
}

func project(r Record, pick []int) Record {
	values := make([]Value, len(pick))
	for to, from := range pick {
		values[to] = r.Values[from]
	}
	return Record{Values: values, Portable: true}
}

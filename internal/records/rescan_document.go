package records

import "insyn/internal/file"

// longestDocument is up to how many bytes a document is opened; a longer one is searched as it stands and listed.
const longestDocument = 32 << 20

// document looks into a stored file and says whether it could be opened. One in no known format is searched as it stands.
func (s *seeker) document(b []byte) bool {
	kind, err := file.Texts(b, func(text string) error {
		s.look([]byte(text))
		return nil
	})
	if kind == file.Binary || err != nil {
		s.look(b)
	}
	return err == nil
}

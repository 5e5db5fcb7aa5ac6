package records

// longestDocument is up to how many bytes a document is opened; a longer one is searched as it stands and listed.
const longestDocument = 32 << 20

// document looks into a stored file and says whether it could be opened.
func (s *seeker) document(b []byte) bool {
	return documentTexts(b, func(text string) error {
		s.look([]byte(text))
		return nil
	}) == nil
}

// documentTexts gives the texts of a stored file.
func documentTexts(b []byte, fn func(text string) error) error {
	return fn(string(b))
}

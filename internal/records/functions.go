package records

import (
	"fmt"

	"insyn/internal/datamap"
)

func functionsSQL(s *datamap.Source) (string, error) {
	if s.SubjectTable().ByRole("consent.newsletter") == nil {
		return "", fmt.Errorf("the map has no column with role consent.newsletter")
	}
	return "", nil
}

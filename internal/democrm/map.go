package democrm

import _ "embed"

//go:embed datamap.yaml
var dataMap []byte

// Map is the data map of the sample CRM.
func Map() []byte { return dataMap }

package datamap

import _ "embed"

//go:embed datamap.schema.json
var schemaJSON []byte

// Schema is the JSON Schema (draft 2020-12) of a map file, for editors.
func Schema() []byte { return schemaJSON }

// Package jsondoc writes values as JSON documents that programs read and people can, and their schemas.
package jsondoc

import (
	"bytes"
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// Write writes a value with a line for each field. It keeps <, > and & as they are: they are frequent in commands, and
// this is no page.
func Write(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return out.Bytes(), err
}

// Schema writes the JSON schema of what Write makes of a value of this type, given as a pointer.
func Schema(of any, title string) ([]byte, error) {
	reflector := jsonschema.Reflector{ExpandedStruct: true, Anonymous: true}
	schema := reflector.Reflect(of)
	schema.Title = title
	return Write(schema)
}

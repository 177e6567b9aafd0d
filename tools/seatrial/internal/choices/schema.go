package choices

import (
	"fmt"
	"strings"

	"seatrial/e2e/framework/jsondoc"
)

//go:generate go test . -run TestTheSchemaIsCurrent -update

// property is the part of JSON Schema that a choice needs.
type property struct {
	Description string   `json:"description"`
	Type        []string `json:"type"`
	Enum        []string `json:"enum,omitempty"`
	Pattern     string   `json:"pattern,omitempty"`
	Minimum     *int     `json:"minimum,omitempty"`
}

// Schema is the JSON schema of a seatrial.yaml, for editors.
func Schema() ([]byte, error) {
	properties := map[string]property{}
	for _, one := range every() {
		properties[one.name] = one.property()
	}
	content, err := jsondoc.Write(struct {
		Schema     string              `json:"$schema"`
		Title      string              `json:"title"`
		Type       string              `json:"type"`
		Properties map[string]property `json:"properties"`
		Additional bool                `json:"additionalProperties"`
	}{"http://json-schema.org/draft-07/schema#", "The choices of a project that uses seatrial", "object", properties, false})
	if err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", File, err)
	}
	return content, nil
}

func (o choice) property() property {
	p := property{Description: strings.ReplaceAll(o.usage, "`", ""), Type: []string{"string"}, Enum: o.words}
	switch o.bind(New()).(type) {
	case *flag:
		p.Type = []string{"boolean"}
	case *number:
		p.Type, p.Minimum = []string{"integer"}, new(int)
	case *length:
		p.Pattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`
	case *reports:
		p.Type = []string{"string", "array"}
	}
	return p
}

package scenario

import (
	"fmt"
	"reflect"

	"seatrial/e2e/framework/jsondoc"
)

//go:generate go test . -run TestTheSchemaIsCurrent -update

// schema is the part of JSON Schema that a scenario needs.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type"`
	Pattern     string             `json:"pattern,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	// Additional is false for objects: unknown keys are mistakes.
	Additional *bool `json:"additionalProperties,omitempty"`
}

// Schema is the JSON schema of a scenario.yaml, for editors.
func Schema() ([]byte, error) {
	root := schemaOf(reflect.TypeFor[Scenario]())
	root.Schema, root.Title = "http://json-schema.org/draft-07/schema#", "A scenario of seatrial"
	content, err := jsondoc.Write(root)
	if err != nil {
		return nil, fmt.Errorf("writing the schema of scenarios: %w", err)
	}
	return content, nil
}

func schemaOf(t reflect.Type) *schema {
	switch {
	case t == valuesType:
		return &schema{Type: "object"}
	case t == durationType:
		return &schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t.Kind() == reflect.Slice:
		return &schema{Type: "array", Items: schemaOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		return schemaOfObject(t)
	}
	s := &schema{Type: "string"}
	if word, ok := reflect.TypeAssert[worded](reflect.Zero(t)); ok {
		s.Enum = word.Words()
	} else {
		s.MinLength = 1
	}
	return s
}

func schemaOfObject(t reflect.Type) *schema {
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: new(bool)}
	for _, k := range keysOf(t) {
		property := schemaOf(t.Field(k.field).Type)
		property.Description = k.doc
		if k.required {
			s.Required = append(s.Required, k.name)
			if property.Type == "array" {
				property.MinItems = 1
			}
		}
		s.Properties[k.name] = property
	}
	return s
}

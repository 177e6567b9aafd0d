package scenario

import (
	"reflect"
	"strings"
)

// key is one key of a YAML object, as the tags of the Go field say it.
type key struct {
	name     string
	doc      string
	required bool
	field    int
}

// keysOf lists the keys of a type, in the order in which people write them.
func keysOf(object reflect.Type) []key {
	var all []key
	for i := range object.NumField() {
		field := object.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if name == "-" {
			continue
		}
		all = append(all, key{name: name, doc: field.Tag.Get("doc"), required: options != "omitempty", field: i})
	}
	return all
}

func names(keys []key) []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return all
}

package ledger

import (
	"strconv"
	"strings"
)

// place is where a value is: as a JSON pointer, and as a person reads it.
type place struct{ pointer, field string }

// key goes down to a field of an object.
func (p place) key(name string) place {
	escaped := strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	field := p.field + "." + name
	if strings.ContainsAny(name, "./[") {
		field = p.field + "[" + strconv.Quote(name) + "]"
	}
	return place{pointer: p.pointer + "/" + escaped, field: strings.TrimPrefix(field, ".")}
}

// item goes down to an element of a list: people know it by its name, a JSON pointer by its index.
func (p place) item(index int, name string) place {
	if name == "" {
		name = strconv.Itoa(index)
	}
	return place{pointer: p.pointer + "/" + strconv.Itoa(index), field: p.field + "[" + name + "]"}
}

// segments splits a JSON pointer.
func segments(pointer string) []string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(parts[i])
	}
	return parts
}

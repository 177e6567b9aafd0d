package match

import (
	"slices"
	"strings"
)

// fieldPath is where a field or an element is in data: in what, under which key or number. Nil is the whole.
type fieldPath struct {
	parent *fieldPath
	key    string // empty for an element
	number int
}

func (p *fieldPath) field(key string) *fieldPath { return &fieldPath{parent: p, key: key} }

func (p *fieldPath) element(number int) *fieldPath { return &fieldPath{parent: p, number: number} }

// lastKey is that of the field, or of the list in which the element is.
func (p *fieldPath) lastKey() string {
	for ; p != nil; p = p.parent {
		if p.key != "" {
			return p.key[strings.LastIndexByte(p.key, '.')+1:]
		}
	}
	return ""
}

// above is where the last field is that the path leads through.
func (p *fieldPath) above() *fieldPath {
	for p != nil && p.key == "" {
		p = p.parent
	}
	if p == nil {
		return nil
	}
	return p.parent
}

// String is the path as people write it: spec.ports[0].port.
func (p *fieldPath) String() string {
	var all []string
	for ; p != nil; p = p.parent {
		switch {
		case p.key == "":
			all = append(all, "["+number(int64(p.number))+"]")
		case p.parent == nil:
			all = append(all, p.key)
		default:
			all = append(all, "."+p.key)
		}
	}
	var out strings.Builder
	for _, part := range slices.Backward(all) {
		out.WriteString(part)
	}
	return out.String()
}

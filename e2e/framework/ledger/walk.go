package ledger

import (
	"slices"
	"strconv"
)

// walk follows a JSON pointer through an object, and goes the same way through a manifest beside it, as far as that has it.
type walk struct {
	lists     lister
	beside    any
	asked     bool // whether the manifest has the value
	isElement bool // whether the value is an element of a list
}

func (w *walk) to(pointer string, value any) (at spot, found any, ok bool) {
	for _, token := range segments(pointer) {
		switch v := value.(type) {
		case map[string]any:
			value, ok = v[token]
			m, _ := w.beside.(map[string]any)
			w.beside = m[token]
			w.isElement = false
			at = at.key(token)
		case []any:
			i, err := strconv.Atoi(token)
			if ok = err == nil && i < len(v); !ok {
				return at, nil, false
			}
			value, at = v[i], w.item(at, v, i)
		default:
			ok = false
		}
		if !ok {
			return at, nil, false
		}
		w.asked = w.beside != nil
	}
	return at, value, true
}

func (w *walk) item(at spot, list []any, i int) spot {
	asked, _ := w.beside.([]any)
	w.isElement = true
	names := w.lists.names(at.name, at.pattern, list, asked)
	if names == nil {
		w.beside = element(asked, i)
		return at.item(i, i, "")
	}
	w.beside = element(asked, slices.Index(names[1], names[0][i]))
	return at.item(i, i, names[0][i])
}

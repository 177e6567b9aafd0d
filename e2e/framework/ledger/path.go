package ledger

import (
	"strconv"
	"strings"
)

// place is where a value is: as a JSON pointer, and as a person reads it.
type place struct{ pointer, field string }

// key goes down to a field of an object.
func (p place) key(name string) place {
	field := p.field + "." + name
	if strings.ContainsAny(name, "./[") {
		field = p.field + "[" + strconv.Quote(name) + "]"
	}
	return place{pointer: p.pointer + "/" + escape(name), field: strings.TrimPrefix(field, ".")}
}

// item goes down to an element of a list: people know it by its name, a JSON pointer by its index.
func (p place) item(index int, name string) place {
	if name == "" {
		name = strconv.Itoa(index)
	}
	return place{pointer: p.pointer + "/" + strconv.Itoa(index), field: p.field + "[" + name + "]"}
}

// escape writes a name as a token of a JSON pointer (RFC 6901).
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name // Nearly all are, and a large ledger has many.
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// segments splits a JSON pointer.
func segments(pointer string) []string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range parts {
		parts[i] = unescape(parts[i])
	}
	return parts
}

func unescape(token string) string {
	if !strings.Contains(token, "~") {
		return token
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// spot is a place in an object as it was and as it is now: elements of lists may have moved.
type spot struct {
	place

	name    string // the field that the value has, empty for elements
	now     string // the pointer into the object as it is now
	pattern string // the pointer with "*" for every element
}

func (s spot) key(name string) spot {
	token := "/" + escape(name)
	return spot{place: s.place.key(name), name: name, now: s.now + token, pattern: s.pattern + token}
}

// item goes down to an element that was at one index and is at another now, or is at none.
func (s spot) item(then, now int, name string) spot {
	return spot{place: s.place.item(then, name), now: s.now + "/" + strconv.Itoa(now), pattern: s.pattern + "/*"}
}

package match

import (
	"slices"
	"strings"
)

// isSticky tells whether a cluster chooses the value of a cell once for the life of an object.
func isSticky(title, value string) bool {
	if !slices.Contains(sticky, title) || value == none || value == "None" || value == "" {
		return false
	}
	return title != "PORT(S)" || strings.Contains(value, ":")
}

// resourceOf names the object of a row across the outputs of a document. Rows of a history are of a release.
func (c command) resourceOf(e *entity) string {
	if e.name.full == "" {
		return c.resource + "\x00" + e.key
	}
	return e.kind + "/" + e.name.full
}

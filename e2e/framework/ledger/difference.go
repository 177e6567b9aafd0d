package ledger

import (
	"encoding/json"
	"fmt"

	"seatrial/e2e/framework/objects"
)

// Kind is the kind of a difference.
type Kind string

const (
	// Missing objects were there then and are not now.
	Missing Kind = "Missing"
	// LeftOver objects are there now and were not then.
	LeftOver Kind = "LeftOver"
	// Changed fields have another value.
	Changed Kind = "Changed"
	// Recreated objects have the same place but another UID: they were deleted and made again.
	Recreated Kind = "Recreated"
	// Reallocated values were chosen again by a server.
	Reallocated Kind = "Reallocated"
)

// Difference is one thing that is not now as it was then.
type Difference struct {
	Kind Kind `json:"kind"`
	// Object as it was called then, or is called now if it is left over.
	Object objects.Ref `json:"object"`
	// Pointer is a JSON pointer into the object as it was then, or as it is now if the list element is new.
	Pointer string `json:"pointer,omitempty"`
	// Field is the same as a person reads it: spec.template.spec.containers[redis].image.
	Field string `json:"field,omitempty"`
	// Then and Now are values of the field, or UIDs of the object. Nil is absent.
	Then any `json:"then,omitempty"`
	Now  any `json:"now,omitempty"`
	// Manager is who owns the field now, or made the object that is left over; several are separated by commas. What is
	// gone has nobody.
	Manager string `json:"manager,omitempty"`
}

// Breaks tells whether the difference means that the state was not restored. New UIDs and newly allocated values are
// the mark of an object that had to be made again, and are only told.
func (d Difference) Breaks() bool {
	return d.Kind == Missing || d.Kind == LeftOver || d.Kind == Changed
}

// String is the difference on one line.
func (d Difference) String() string {
	switch d.Kind {
	case Missing:
		return fmt.Sprintf("%s: missing", d.Object)
	case LeftOver:
		return fmt.Sprintf("%s: left over", d.Object)
	case Recreated:
		return fmt.Sprintf("%s: recreated (uid %v, was %v)", d.Object, d.Now, d.Then)
	case Reallocated:
		return fmt.Sprintf("%s: %s reallocated: %s, was %s", d.Object, d.Field, Text(d.Now), Text(d.Then))
	case Changed:
		by := ""
		if d.Manager != "" {
			by = ", owned by " + d.Manager
		}
		return fmt.Sprintf("%s: %s is %s, was %s%s", d.Object, d.Field, Text(d.Now), Text(d.Then), by)
	default:
		return fmt.Sprintf("%s: %s", d.Object, d.Kind)
	}
}

// Text is a value of a difference for people.
func Text(value any) string {
	if value == nil {
		return "absent"
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// Package ledger writes down the live state of a revision, so that a later state can be held against it field by field.
//
// A ledger has what somebody decided: the manifest, the defaults, what controllers made of it. What a server fills in for
// itself, such as a UID, is left out by the table of [Rules]; what it chose among many, such as a node port, is kept aside.
package ledger

import (
	"encoding/json"
	"fmt"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"seatrial/e2e/framework/objects"
)

// Ledger is the live state of a revision.
type Ledger struct {
	// Namespace is the release's.
	Namespace string `json:"namespace"`
	// Objects are sorted by namespace, kind and name.
	Objects []Object `json:"objects"`
}

// Object is one live object without what a server fills in.
type Object struct {
	objects.Ref

	// UID tells an object from one of the same name that came after it.
	UID string `json:"uid"`
	// Owner made the object, for example the ReplicaSet of a pod.
	Owner *objects.Ref `json:"owner,omitempty"`
	// Root is the object of the manifest at the end of the owners.
	Root *objects.Ref `json:"root,omitempty"`
	// Fields are what is compared.
	Fields map[string]any `json:"fields"`
	// Allocated are values that a server chose because nobody else did.
	Allocated []Allocation `json:"allocated,omitempty"`
}

// Allocation is a value that a server chose, such as a node port.
type Allocation struct {
	// Field is the way to the value as a person reads it: spec.ports[http].nodePort.
	Field string `json:"field"`
	// Pointer is the same way as a JSON pointer.
	Pointer string `json:"pointer"`
	// Value is what was chosen.
	Value any `json:"value"`
}

// Parse reads a ledger back from its JSON. Whole numbers stay whole numbers.
func Parse(data []byte) (Ledger, error) {
	var l Ledger
	if err := utiljson.Unmarshal(data, &l); err != nil {
		return Ledger{}, fmt.Errorf("reading a ledger: %w", err)
	}
	return l, nil
}

// JSON writes a ledger for people and for Parse.
func (l Ledger) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the ledger of %q: %w", l.Namespace, err)
	}
	return data, nil
}

// Find gives the object of a kind and name in the ledger's namespace, or nil.
func (l Ledger) Find(kind, name string) *Object {
	for i := range l.Objects {
		o := &l.Objects[i]
		if o.Kind == kind && o.Name == name && (o.Namespace == l.Namespace || o.Namespace == "") {
			return o
		}
	}
	return nil
}

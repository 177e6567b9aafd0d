// Package ledger writes down the live state of a revision, so that a later state can be held against it field by field.
//
// A ledger has what somebody decided: the manifest, the defaults, what controllers made of it. What a server fills in for
// itself, such as a UID, is left out by the table of [Rules]; what it chose among many, such as a node port, is kept aside.
// [Prove] says whether a later ledger is that state again, and [Drift] what somebody has changed beside the release.
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
	// Record is what Helm has written about the revision, if the caller knows it.
	Record *Record `json:"record,omitempty"`
	// Version is the resource version at which everything was read: the objects are as they were at one moment. It is
	// empty where an API server does not tell.
	Version string `json:"resourceVersion,omitempty"`
	// Torn are resources that could not be read at that moment, but only a little later.
	Torn []string `json:"torn,omitempty"`
	// Absent are objects of the manifest that do not exist.
	Absent []objects.Ref `json:"absent,omitempty"`
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
	// Stem is the name without the part that was made up, if there is one. Such objects are compared by stem and number.
	Stem string `json:"stem,omitempty"`
	// Hook is set for objects that Helm makes at events, beside the release.
	Hook *Hook `json:"hook,omitempty"`
	// Kept says why the object outlives the revisions that have it, if it does.
	Kept string `json:"kept,omitempty"`
	// Fields are what is compared.
	Fields map[string]any `json:"fields"`
	// Manifest is what the revision asks for, if the object is in its manifest or one of its hooks.
	Manifest map[string]any `json:"manifest,omitempty"`
	// Allocated are values that a server chose because nobody else did.
	Allocated []Allocation `json:"allocated,omitempty"`
	// Managers are those who own fields.
	Managers []Manager `json:"managers,omitempty"`
	// Keys identify the elements of lists of custom resources, as their definition says: by JSON pointer, in which "*"
	// stands for every element or key. A list without keys is a set.
	Keys map[string][]string `json:"keys,omitempty"`
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

// Package images says what is prepared for clusters on this machine, and carries it to another one.
package images

import (
	"fmt"

	"seatrial/e2e/framework/jsondoc"
)

//go:generate go test . -run TestTheSchemaIsCurrent -update

// Version names the shape of an inventory as JSON. It changes when a reader of the last one would be misled.
const Version = "seatrial.dev/images/v1"

// State says what an item is good for.
type State string

// The states. What is Current is what a run takes; what is Stale was made from other sources or for other choices, and no
// run here takes it. What is Missing keeps something from running; what is Unneeded is not there, and nobody asked for it.
const (
	Current  State = "current"
	Stale    State = "stale"
	Missing  State = "missing"
	Unneeded State = "unneeded"
)

// Kind says what an item is.
type Kind string

// The kinds.
const (
	NodeImage     Kind = "node image"
	WorkshopImage Kind = "workshop image"
	Program       Kind = "program"
)

// Item is an image, or a program that takes the place of one.
type Item struct {
	Kind Kind `json:"kind" jsonschema:"enum=node image,enum=workshop image,enum=program"`
	// Name is that of an image in full, or that of a program.
	Name string `json:"name"`
	// Place is the engine whose store has it, or the file.
	Place string `json:"place,omitempty"`
	// Bytes is its size.
	Bytes int64 `json:"bytes,omitempty"`
	// Digest is the image's ID, or that of the program's content, as "sha256:" and hexadecimal digits.
	Digest string `json:"digest,omitempty"`
	State  State  `json:"state"            jsonschema:"enum=current,enum=stale,enum=missing,enum=unneeded"`
	// Detail says why it is what it is, if it is not current.
	Detail string `json:"detail,omitempty"`
	// Remedy is the command that mends it.
	Remedy string `json:"remedy,omitempty"`
}

// Inventory is all that is prepared, and what is not.
type Inventory struct {
	// Version is that of this shape.
	Version string `json:"version" jsonschema:"enum=seatrial.dev/images/v1"`
	// Sources is the hash of what it would be made from here. It is empty outside of a source tree.
	Sources string `json:"sources,omitempty"`
	// Kubernetes is the version of the nodes, EmbeddedKubernetes that of the control plane in one process.
	Kubernetes         string `json:"kubernetes,omitempty"`
	EmbeddedKubernetes string `json:"embeddedKubernetes,omitempty"`
	// Engine is the container engine that has the node image.
	Engine string `json:"engine,omitempty"`
	Items  []Item `json:"items"`
}

// Complete tells whether nothing is missing.
func (v Inventory) Complete() bool {
	for i := range v.Items {
		if v.Items[i].State == Missing {
			return false
		}
	}
	return true
}

// Schema is the JSON schema of an inventory.
func Schema() ([]byte, error) {
	content, err := jsondoc.Schema(&Inventory{}, "What seatrial images says is prepared")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of inventories: %w", err)
	}
	return content, nil
}

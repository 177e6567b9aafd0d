// Package doctor finds out what this machine can run, what is missing, and which command mends it.
package doctor

import (
	"fmt"

	"seatrial/e2e/framework/jsondoc"
)

//go:generate go test . -run TestTheSchemaIsCurrent -update

// Version names the shape of a diagnosis as JSON. It changes when a reader of the last one would be misled.
const Version = "seatrial.dev/doctor/v1"

// State says whether something is there.
type State string

// The states. Little depends on what is Optional and not there; what is Missing keeps something from running.
const (
	OK       State = "ok"
	Missing  State = "missing"
	Optional State = "optional"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state" jsonschema:"enum=ok,enum=missing,enum=optional"`
	// Detail says what was found, or what was not.
	Detail string `json:"detail"`
	// Tried is what was done to find out, if that can be repeated in a shell.
	Tried string `json:"tried,omitempty"`
	// Remedy is what to do about it.
	Remedy string `json:"remedy,omitempty"`
}

// Diagnosis is all that was found out about this machine.
type Diagnosis struct {
	// Version is that of this shape.
	Version string `json:"version" jsonschema:"enum=seatrial.dev/doctor/v1"`
	// Asked is the provider that has to be usable; auto is content with any.
	Asked string `json:"asked"`
	// Usable says that it is.
	Usable bool `json:"usable"`
	// Choice is the provider that a run takes if nobody names one. It is empty if there is none.
	Choice string `json:"choice,omitempty"`
	// Providers are where clusters come from.
	Providers []Check `json:"providers"`
	// Engines run nodes as containers, for the provider kind.
	Engines []Check `json:"engines"`
	// Prepared is what "make prepare" makes.
	Prepared []Check `json:"prepared"`
	// Machine is what all of it stands on.
	Machine []Check `json:"machine"`
}

// JSON writes a diagnosis for programs. Its shape is that of Schema.
func (d Diagnosis) JSON() ([]byte, error) {
	content, err := jsondoc.Write(d)
	if err != nil {
		return nil, fmt.Errorf("writing the diagnosis as JSON: %w", err)
	}
	return content, nil
}

// Schema is the JSON schema of what JSON writes.
func Schema() ([]byte, error) {
	content, err := jsondoc.Schema(&Diagnosis{}, "A diagnosis of seatrial doctor")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of diagnoses: %w", err)
	}
	return content, nil
}

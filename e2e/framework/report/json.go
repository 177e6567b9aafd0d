package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"seatrial/e2e/framework/jsondoc"
)

//go:generate go test . -run TestTheSchemaIsCurrent -update

// JSON writes the run for programs. Its shape is that of Schema.
func JSON(run Run) ([]byte, error) {
	content, err := jsondoc.Write(run)
	if err != nil {
		return nil, fmt.Errorf("writing the report as JSON: %w", err)
	}
	return content, nil
}

// ParseJSON reads a report back. A report of another version is an error that names both.
func ParseJSON(content []byte) (Run, error) {
	var head struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return Run{}, fmt.Errorf("reading a report: %w", err)
	}
	if head.Version != Version {
		return Run{}, fmt.Errorf("reading a report: its version is %q, and this program reads %q", head.Version, Version)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	var run Run
	if err := decoder.Decode(&run); err != nil {
		return Run{}, fmt.Errorf("reading a report: %w", err)
	}
	return run, nil
}

// Schema is the JSON schema of what JSON writes.
func Schema() ([]byte, error) {
	content, err := jsondoc.Schema(&Run{}, "A report of seatrial")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of reports: %w", err)
	}
	return content, nil
}

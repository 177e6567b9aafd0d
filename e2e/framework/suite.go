package framework

import (
	"encoding/json"
	"fmt"
	"time"
)

// Timeouts of a suite's own steps.
const (
	OpenTimeout     = 6 * time.Minute // bringing the cluster up, and waiting for it to be ready
	CloseTimeout    = time.Minute     // removing it
	EvidenceTimeout = 2 * time.Minute // collecting what explains a failure
)

// Encode makes the handle fit for another process.
func (h Handle) Encode() ([]byte, error) {
	data, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("describing the cluster to other processes: %w", err)
	}
	return data, nil
}

// Decode reads what Encode wrote.
func Decode(data []byte) (Handle, error) {
	var h Handle
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("reading another process's description of the cluster: %w", err)
	}
	return h, nil
}

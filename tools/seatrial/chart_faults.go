package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errFaults means that a chart does not keep what a user may expect of it.
var errFaults = errors.New("the chart has faults")

// errUnfinished means that a chart needs programs to run, and that simulated nodes run none.
var errUnfinished = errors.New("the chart needs real nodes for some of its paths: --provider kind has them")

// faultsOf tells which charts have faults.
func faultsOf(faulty []string) error {
	return fmt.Errorf("%w: %s", errFaults, strings.Join(faulty, ", "))
}

// withFaults adds to what could not be done the charts that had been found faulty by then: that counts more. Whoever
// interrupts wants no verdict.
func withFaults(ctx context.Context, err error, faulty []string) error {
	if len(faulty) == 0 || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, faultsOf(faulty))
}

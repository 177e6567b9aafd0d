//go:build !linux || !amd64

package clock

import (
	"fmt"
	"os/exec"
)

// Start is only there on Linux on amd64.
func (*Clock) Start(*exec.Cmd) error {
	return fmt.Errorf("%w: this is not Linux on amd64", ErrUnavailable)
}

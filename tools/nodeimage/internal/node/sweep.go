package node

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// buildPrefix is what the names of build containers begin with; a run id follows.
const buildPrefix = "seatrial-build-"

// Sweep removes the build containers of runs that are dead.
func Sweep(ctx context.Context, e *engine.Engine) error {
	listed, err := e.Run(ctx, "ps", "--all", "--filter", "name="+buildPrefix, "--format", "{{.Names}}")
	if err != nil {
		return fmt.Errorf("looking for containers of killed builds: %w", err)
	}
	for _, name := range strings.Fields(listed) {
		id, parseErr := runid.Parse(strings.TrimPrefix(name, buildPrefix))
		if parseErr != nil || !id.Dead() {
			continue
		}
		if _, rmErr := e.Run(ctx, "rm", "--force", "--volumes", name); rmErr != nil {
			err = errors.Join(err, fmt.Errorf("removing the container %q of a killed build: %w", name, rmErr))
		}
	}
	return err
}

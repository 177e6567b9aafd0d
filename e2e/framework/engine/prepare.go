package engine

import (
	"context"
	"fmt"
	"os"
	"runtime"
)

// modulesDir is mounted into every kind node.
const modulesDir = "/lib/modules"

// PrepareHost makes /lib/modules where the machine has none: kind mounts that folder into every node, and podman
// refuses to mount what is not there. An empty folder reconfigures nothing: it is what a machine without loadable
// kernel modules would have, and no program takes it for more than that.
func (e *Engine) PrepareHost(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("preparing the host for nodes: %w", err)
	}
	if runtime.GOOS != "linux" {
		return nil // Nodes run in a virtual machine that has its own folder.
	}
	return prepareFolder(modulesDir)
}

// prepareFolder makes one folder unless it is there.
func prepareFolder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	//nolint:gosec // The folder is for everybody to read, as distributions ship it.
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("creating %q, which every node mounts: %w (remedy: run \"mkdir -p %s\" as root)", path, err, path)
	}
	return nil
}

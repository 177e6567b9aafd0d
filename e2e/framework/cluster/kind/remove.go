package kind

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// removeAttempts is how often nodes are removed that are there again or still.
const removeAttempts = 3

// remove takes away everything that was made for one cluster and goes on past
// what it cannot remove. There may be nothing left to do.
func (p *Provider) remove(ctx context.Context, name string) error {
	return errors.Join(
		p.removeNodes(ctx, name),
		p.removeVolumes(ctx, name),
		p.files.remove(name),
		p.removeNetwork(ctx),
	)
}

// removeNodes kills and removes the containers of one cluster. What counts is
// that they are gone, whoever removed them: when one of several has just gone,
// podman says nothing and removes none.
func (p *Provider) removeNodes(ctx context.Context, name string) error {
	command := removeCommand(p.engine.Name, p.engine.Version)
	var last error
	for range removeAttempts {
		nodes, err := listNodes(ctx, p.engine, name)
		if err != nil || len(nodes) == 0 {
			return err
		}
		if _, err = p.engine.Run(ctx, append(command, nodeNames(nodes)...)...); err != nil {
			last = fmt.Errorf("removing nodes %q: %w", nodeNames(nodes), err)
		}
	}
	left, err := listNodes(ctx, p.engine, name)
	if err != nil || len(left) == 0 {
		return err
	}
	if last == nil {
		last = fmt.Errorf("removing nodes %q: they are still there", nodeNames(left))
	}
	return last
}

// removeCommand removes containers at once. Podman otherwise waits for a clean
// shutdown, which nobody needs of a node that is thrown away.
func removeCommand(engineName, version string) []string {
	command := []string{"rm", "--force", "--volumes"}
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); engineName == "podman" && err == nil && n >= 4 {
		command = append(command, "--time", "0")
	}
	return command
}

package kind

import (
	"context"
	"fmt"
	"strings"
)

// ensureNetwork makes our network where kind may not be able to: with podman,
// kind fails if another run makes the same network at the same moment; and it
// always asks for IPv6, which a machine may not have and the clusters do not use.
func (p *Provider) ensureNetwork(ctx context.Context) error {
	if !p.network.ours || p.engine.Name == "docker" && p.engine.IPv6 {
		return nil
	}
	if _, err := p.engine.Run(ctx, "network", "create", "--driver=bridge", p.network.name); err != nil && !isTaken(err) {
		return fmt.Errorf("creating network %q: %w", p.network.name, err)
	}
	return nil
}

// removeNetwork removes our network once nothing is on it. It may be needed
// again a moment later by somebody else: then the engine refuses, or the other
// creates it anew.
func (p *Provider) removeNetwork(ctx context.Context) error {
	if !p.network.ours || p.creating.Load() > 0 {
		return nil
	}
	// Docker would remove a network that only stopped containers are on.
	ids, err := p.engine.Run(ctx, "ps", "--all", "--quiet", "--filter", "network="+p.network.name)
	if err != nil {
		return fmt.Errorf("looking for containers on network %q: %w", p.network.name, err)
	}
	if strings.TrimSpace(ids) != "" {
		return nil
	}
	if _, err := p.engine.Run(ctx, "network", "rm", p.network.name); err != nil && !isAbsent(err) && !isInUse(err) {
		return fmt.Errorf("removing network %q: %w", p.network.name, err)
	}
	return nil
}

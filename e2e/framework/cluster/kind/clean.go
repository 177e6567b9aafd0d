package kind

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Clean removes the kept clusters too, after what Sweep removes, and returns the names.
func (p *Provider) Clean(ctx context.Context) ([]string, error) {
	nodes, err := listNodes(ctx, p.engine, "")
	if err != nil {
		return nil, fmt.Errorf("looking for kept kind clusters: %w", err)
	}
	var kept []string
	for _, n := range nodes {
		if strings.HasPrefix(n.cluster, keepPrefix) && !slices.Contains(kept, n.cluster) {
			kept = append(kept, n.cluster)
		}
	}
	var removed []string
	for _, name := range kept {
		if removeErr := p.remove(ctx, name); removeErr != nil {
			err = errors.Join(err, removeErr)
			continue
		}
		removed = append(removed, name)
	}
	swept, sweepErr := p.Sweep(ctx)
	return append(removed, swept...), errors.Join(err, sweepErr)
}

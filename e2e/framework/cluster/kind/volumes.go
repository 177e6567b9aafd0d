package kind

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// volume is the disk of a node, which kind makes before the node and marks with
// the node's name.
type volume struct {
	name    string
	cluster string
}

// nodeName splits the name of a node into its cluster and the part that kind
// adds.
var nodeName = regexp.MustCompile(`^(.+)-(?:control-plane|worker)\d*$`)

// volumes lists the disks of nodes, also of those that never came to be. Only
// with podman are there any: elsewhere they are anonymous and go with the node.
func (p *Provider) volumes(ctx context.Context) ([]volume, error) {
	if p.engine.Name != "podman" {
		return nil, nil
	}
	text, err := p.engine.Run(ctx, "volume", "ls", "--format", "json")
	if err != nil {
		return nil, fmt.Errorf("listing volumes: %w", err)
	}
	return parseVolumes(text)
}

func parseVolumes(text string) ([]volume, error) {
	if text == "" {
		return nil, nil
	}
	//nolint:tagliatelle // Podman's spelling.
	var list []struct {
		Name   string            `json:"Name"`
		Labels map[string]string `json:"Labels"`
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("reading the list of volumes: %w", err)
	}

	var volumes []volume
	for _, v := range list {
		for label := range v.Labels {
			if parts := nodeName.FindStringSubmatch(label); parts != nil {
				volumes = append(volumes, volume{name: v.Name, cluster: parts[1]})
			}
		}
	}
	return volumes, nil
}

// removeVolumes removes the disks of one cluster.
func (p *Provider) removeVolumes(ctx context.Context, name string) error {
	volumes, err := p.volumes(ctx)
	if err != nil {
		return err
	}
	volumes = slices.DeleteFunc(volumes, func(v volume) bool { return v.cluster != name })

	var errs []error
	for _, v := range volumes {
		if _, err := p.engine.Run(ctx, "volume", "rm", v.name); err != nil && !isAbsent(err) {
			errs = append(errs, fmt.Errorf("removing volume %q: %w", v.name, err))
		}
	}
	return errors.Join(errs...)
}

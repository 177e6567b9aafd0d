package kind

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// clusterLabel and roleLabel are how kind marks the containers of a cluster.
const (
	clusterLabel = "io.x-k8s.kind.cluster"
	roleLabel    = "io.x-k8s.kind.role"
)

// listAttempts is how often a list is made that containers vanish from while it
// is being made.
const listAttempts = 3

// runner is the part of an engine that lists and removes.
type runner interface {
	Run(ctx context.Context, args ...string) (stdout string, err error)
}

// node is a container of some kind cluster.
type node struct {
	name      string
	cluster   string
	role      string
	imageID   string
	imageName string
	running   bool
	addresses map[string]string // by network; empty while the node does not run
}

// listNodes lists the nodes of one cluster, or of all of them if name is empty.
func listNodes(ctx context.Context, r runner, name string) ([]node, error) {
	filter := "label=" + clusterLabel
	if name != "" {
		filter += "=" + name
	}

	var last error
	for range listAttempts {
		ids, err := r.Run(ctx, "ps", "--all", "--quiet", "--filter", filter)
		if err != nil {
			return nil, fmt.Errorf("listing the nodes of kind clusters: %w", err)
		}
		if strings.TrimSpace(ids) == "" {
			return nil, nil
		}
		details, err := r.Run(ctx, append([]string{"inspect", "--type", "container"}, strings.Fields(ids)...)...)
		if err == nil {
			return parseNodes([]byte(details))
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("inspecting the nodes of kind clusters: %w", last)
}

// parseNodes reads what every engine answers to inspect.
func parseNodes(text []byte) ([]node, error) {
	//nolint:tagliatelle // The engines' spelling.
	var containers []struct {
		Name      string `json:"Name"`
		Image     string `json:"Image"`
		ImageName string `json:"ImageName"`
		Config    struct {
			Image  string            `json:"Image"`
			Labels map[string]string `json:"Labels"`
		} `json:"Config"`
		State struct {
			Running bool   `json:"Running"`
			Status  string `json:"Status"`
		} `json:"State"`
		NetworkSettings struct {
			Networks map[string]struct {
				IPAddress string `json:"IPAddress"`
			} `json:"Networks"`
		} `json:"NetworkSettings"`
	}
	if err := json.Unmarshal(text, &containers); err != nil {
		return nil, fmt.Errorf("reading the engine's description of nodes: %w", err)
	}

	nodes := make([]node, 0, len(containers))
	for _, c := range containers {
		addresses := map[string]string{}
		for name, network := range c.NetworkSettings.Networks {
			addresses[name] = network.IPAddress
		}
		nodes = append(nodes, node{
			name:      strings.TrimPrefix(c.Name, "/"),
			cluster:   c.Config.Labels[clusterLabel],
			role:      c.Config.Labels[roleLabel],
			imageID:   strings.TrimPrefix(c.Image, "sha256:"),
			imageName: cmp.Or(c.ImageName, c.Config.Image),
			running:   c.State.Running || c.State.Status == "running",
			addresses: addresses,
		})
	}
	slices.SortFunc(nodes, func(a, b node) int { return cmp.Compare(a.name, b.name) })
	return nodes, nil
}

// stopped returns the names of the nodes that do not run.
func stopped(nodes []node) []string {
	var names []string
	for _, n := range nodes {
		if !n.running {
			names = append(names, n.name)
		}
	}
	return names
}

// onNetwork reports whether all nodes are on the network, which none but our
// clusters are.
func onNetwork(nodes []node, name string) bool {
	return !slices.ContainsFunc(nodes, func(n node) bool {
		_, on := n.addresses[name]
		return !on
	})
}

func nodeNames(nodes []node) []string {
	names := make([]string, 0, len(nodes))
	for _, n := range nodes {
		names = append(names, n.name)
	}
	return names
}

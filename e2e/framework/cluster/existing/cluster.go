package existing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/runid"
)

// existingCluster is a cluster of the user's, and a folder of ours.
type existingCluster struct {
	choice

	dir      string
	features cluster.Features
}

var _ cluster.Cluster = (*existingCluster)(nil)

// Name is that of the folder: a cluster can be handed over several times, each time with
// a kubeconfig of its own.
func (c *existingCluster) Name() string { return filepath.Base(c.dir) }

func (c *existingCluster) Kubeconfig() string { return kubeconfigIn(c.dir) }

func (c *existingCluster) Features() cluster.Features { return c.features }

// LoadImages cannot load anything: only whoever made the nodes can reach into them. It is
// content with images that all nodes have already, and where no container runs anyway.
func (c *existingCluster) LoadImages(ctx context.Context, archives ...string) error {
	if len(archives) == 0 {
		return nil
	}
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("looking for images: %w", err)
	}
	var missing []string
	for _, archive := range archives {
		names, err := image.Names(archive)
		if err != nil {
			return fmt.Errorf("looking for images: %w", err)
		}
		if c.features.Containers && !held(nodes.Items, names) {
			missing = append(missing, fmt.Sprintf("%s (%s)", strings.Join(names, ", "), archive))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("images cannot be loaded into the nodes of %s from here, and not all of them have %s: "+
			"load the archives with the tool that made the cluster, as with `kind load image-archive`", c.choice, strings.Join(missing, "; "))
	}
	return nil
}

// held tells whether every node has one of the names.
func held(nodes []corev1.Node, names []string) bool {
	for i := range nodes {
		has := slices.ContainsFunc(nodes[i].Status.Images, func(known corev1.ContainerImage) bool {
			return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(known.Names, name) })
		})
		if !has {
			return false
		}
	}
	return true
}

// CollectLogs writes what can be seen from outside: nodes and events. The logs of the
// control plane are for whoever made the cluster.
func (c *existingCluster) CollectLogs(ctx context.Context, dir string) error {
	if err := c.collect(ctx, dir); err != nil {
		return fmt.Errorf("collecting what is known of %s: %w", c.choice, err)
	}
	return nil
}

func (c *existingCluster) collect(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	nodes, nodesErr := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	events, eventsErr := client.CoreV1().Events("").List(ctx, metav1.ListOptions{})
	if err := errors.Join(nodesErr, eventsErr); err != nil {
		return err
	}
	return errors.Join(
		write(nodes, filepath.Join(dir, "nodes.yaml")),
		write(events, filepath.Join(dir, "events.yaml")))
}

func write(object any, file string) error {
	text, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// Delete removes the namespaces of this run and our copy of the kubeconfig. The cluster
// stays.
func (c *existingCluster) Delete(ctx context.Context) error {
	if _, err := os.Stat(c.Kubeconfig()); errors.Is(err, os.ErrNotExist) {
		return os.RemoveAll(c.dir)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, goneTimeout, fmt.Errorf("not gone within %s", goneTimeout))
	defer cancel()
	_, err := removeNamespaces(ctx, c.Kubeconfig(), func(owner runid.ID) bool { return owner == runid.Current() })
	if err = errors.Join(err, os.RemoveAll(c.dir)); err != nil {
		return fmt.Errorf("cleaning up in %s: %w", c.choice, err)
	}
	return nil
}

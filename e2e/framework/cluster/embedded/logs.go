package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/cluster"
)

// CollectLogs writes the control plane's log and what it last said below dir, and the
// objects that explain what its nodes did. Of a control plane that has ended, the error
// says how.
func (c *embeddedCluster) CollectLogs(ctx context.Context, dir string) error {
	err := c.saveLogs(ctx, dir)
	if endErr := c.running(); endErr != nil {
		err = errors.Join(err, endErr)
	} else {
		err = errors.Join(err, c.saveObjects(ctx, filepath.Join(dir, "objects")))
	}
	if err != nil {
		return fmt.Errorf("collecting logs of embedded cluster %q: %w", c.name, err)
	}
	return nil
}

func (c *embeddedCluster) saveLogs(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	into, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = into.Close() }()
	var errs []error
	for _, name := range []string{logFile, stderrFile} {
		if ctx.Err() != nil {
			return errors.Join(append(errs, context.Cause(ctx))...)
		}
		text, err := os.ReadFile(filepath.Join(c.dir, name))
		if err == nil {
			err = into.WriteFile(name, text, 0o600)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// explaining are the resources that tell what the control plane and its nodes did.
func explaining() []schema.GroupVersionResource {
	core := schema.GroupVersion{Version: "v1"}
	var all []schema.GroupVersionResource
	for _, resource := range []string{"namespaces", "nodes", "pods", "events", "persistentvolumeclaims", "persistentvolumes", "services"} {
		all = append(all, core.WithResource(resource))
	}
	return all
}

func (c *embeddedCluster) saveObjects(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	config, err := cluster.RESTConfig(c)
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("connecting to the cluster: %w", err)
	}
	var errs []error
	for _, resource := range explaining() {
		list, err := client.Resource(resource).List(ctx, metav1.ListOptions{})
		if err == nil {
			err = save(list, filepath.Join(dir, resource.Resource+".yaml"))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("reading %s: %w", resource.Resource, err))
		}
	}
	return errors.Join(errs...)
}

func save(list *unstructured.UnstructuredList, file string) error {
	for i := range list.Items {
		list.Items[i].SetManagedFields(nil)
	}
	text, err := yaml.Marshal(list)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

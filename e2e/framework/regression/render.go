package regression

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// renderedNamespace stands for that of the release where nothing is installed.
const renderedNamespace = "seatrial-rendered"

// Check renders every revision without a cluster. The error tells of each that users could not install: a value that is
// required, a value that the schema refuses, a template that fails, or one that does not end. With the path of a helm
// command, each is rendered in a process of its own first, which is ended at its limits; with "" it is not, and templates
// without end go on in this process when the error is there.
func Check(ctx context.Context, command string, revisions []Revision) error {
	errs := make([]error, len(revisions))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, r := range revisions {
		group.Go(func() error {
			errs[i] = check(ctx, command, r)
			return nil
		})
	}
	return errors.Join(group.Wait(), errors.Join(errs...))
}

func check(ctx context.Context, command string, r Revision) error {
	apart := helm.Apart{Command: command, Release: ReleaseName(r.Chart), Namespace: renderedNamespace}
	if command != "" {
		if err := apart.Render(ctx, r.Chart, r.Values); err != nil {
			return fmt.Errorf("revision %q: %w", r.Name, err)
		}
	}
	_, _, err := render(r, ReleaseName(r.Chart))
	return err
}

// render gives the objects and the hooks of a revision as templates make them without a cluster.
func render(r Revision, release string) ([]*unstructured.Unstructured, []helm.Hook, error) {
	rendered, err := helm.RenderAll(r.Chart, release, renderedNamespace, r.Values)
	if err != nil {
		return nil, nil, fmt.Errorf("revision %q: %w", r.Name, err)
	}
	all, err := helm.Release{Name: release, Manifest: rendered.Manifest}.Objects()
	if err != nil {
		return nil, nil, fmt.Errorf("revision %q: %w", r.Name, err)
	}
	return all, rendered.Hooks, nil
}

// outside are those of the objects that are not in the release's namespace. Of a kind that nobody serves yet, the chart
// itself brings the definition, which is outside.
func outside(client *objects.Client, all []*unstructured.Unstructured) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	for _, u := range all {
		placed, _, err := client.Place(u, renderedNamespace)
		if meta.IsNoMatchError(err) || err == nil && placed.GetNamespace() == renderedNamespace {
			continue
		}
		found = append(found, u)
	}
	return found
}

package regression

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// renderedNamespace stands for that of the release where nothing is installed.
const renderedNamespace = "seatrial-rendered"

// Check renders every revision without a cluster. The error tells of each that users could not install: a value that is
// required, a value that the schema refuses, a template that fails.
func Check(revisions []Revision) error {
	var errs []error
	for _, r := range revisions {
		if _, _, err := render(r, ReleaseName(r.Chart)); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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

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
// required, a value that the schema refuses, a template that fails, or one that does not end. A chart that asks the cluster
// may only fail because there is none: whether it does, [CheckOn] tells. With the path of a helm command, each is rendered
// in a process of its own first, which is ended at its limits; with "" it is not, and templates without end go on in this
// process when the error is there.
func Check(ctx context.Context, command string, revisions []Revision) error {
	return each(revisions, func(r Revision) error {
		if err := apart(ctx, helm.Apart{Command: command}, r); err != nil {
			return err
		}
		_, err := renderAlone(r, ReleaseName(r.Chart), renderedNamespace)
		if err != nil && !errors.Is(err, helm.ErrEndless) && r.asks() {
			return nil
		}
		return err
	})
}

// CheckOn renders the revisions whose charts ask the cluster with the version, the kinds and the objects that it has, in the
// same way as [Check]. Nothing is changed there. A chart that brings definitions in crds/ may be one that only renders when
// they are there: that is left to the installation.
func CheckOn(ctx context.Context, command, kubeconfig string, revisions []Revision) error {
	client, err := helm.New(helm.Options{Kubeconfig: kubeconfig, Namespace: renderedNamespace})
	if err != nil {
		return err
	}
	return each(revisions, func(r Revision) error {
		if !r.asks() {
			return nil
		}
		if err := apart(ctx, helm.Apart{Command: command, Kubeconfig: kubeconfig}, r); err != nil {
			return err
		}
		_, err := renderWith(ctx, client, r, ReleaseName(r.Chart))
		if err != nil && !errors.Is(err, helm.ErrEndless) && r.brings() {
			return nil
		}
		return err
	})
}

// each does something with the revisions side by side, and tells of all that are wrong.
func each(revisions []Revision, do func(Revision) error) error {
	errs := make([]error, len(revisions))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, r := range revisions {
		group.Go(func() error {
			errs[i] = do(r)
			return nil
		})
	}
	return errors.Join(group.Wait(), errors.Join(errs...))
}

// apart renders a revision in a process of its own, if there is a command for it.
func apart(ctx context.Context, a helm.Apart, r Revision) error {
	if a.Command == "" {
		return nil
	}
	a.Release, a.Namespace = ReleaseName(r.Chart), renderedNamespace
	if err := a.Render(ctx, r.Chart, r.Values); err != nil {
		return fmt.Errorf("revision %q: %w", r.Name, err)
	}
	return nil
}

// asks tells whether a revision may render to something else on another cluster.
func (r Revision) asks() bool { return r.Chart.Asks(r.Values) }

// brings tells whether a revision has definitions that are installed before its templates are rendered.
func (r Revision) brings() bool {
	definitions, err := r.Chart.Definitions()
	return err == nil && len(definitions) > 0
}

// Render gives what a revision renders to on a cluster, whose client is pointed at the namespace of the release: what an
// installation would make, or an upgrade where there is a release.
func Render(ctx context.Context, client *helm.Client, r Revision, release string) (*helm.Rendered, error) {
	if r.asks() {
		return renderWith(ctx, client, r, release)
	}
	return renderAlone(r, release, client.Namespace())
}

func renderWith(ctx context.Context, client *helm.Client, r Revision, release string) (*helm.Rendered, error) {
	rendered, err := client.Render(ctx, release, r.Chart, r.Values)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", r.Name, err)
	}
	return readable(rendered, r)
}

func renderAlone(r Revision, release, namespace string) (*helm.Rendered, error) {
	rendered, err := helm.RenderAll(r.Chart, release, namespace, r.Values)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", r.Name, err)
	}
	return readable(rendered, r)
}

// readable tells whether all that was rendered is objects.
func readable(rendered *helm.Rendered, r Revision) (*helm.Rendered, error) {
	if _, err := rendered.Objects(); err != nil {
		return nil, fmt.Errorf("revision %q: %w", r.Name, err)
	}
	return rendered, nil
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

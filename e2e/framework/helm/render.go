package helm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// renderKubeVersion is the Kubernetes version that Render shows to templates, that of
// the client libraries this module is built with. Without it the SDK would claim 1.20.
const renderKubeVersion = "v1.37.0"

// Rendered is what a chart and values make, before anything is installed.
type Rendered struct {
	// Manifest has the objects of the release, as it would be recorded.
	Manifest string
	Hooks    []Hook
	Notes    string
}

// Objects returns the objects of the manifest and those of the hooks after them.
func (r Rendered) Objects() ([]*unstructured.Unstructured, error) {
	objects, err := parseManifest(r.Manifest)
	if err != nil {
		return nil, fmt.Errorf("parsing the rendered manifest: %w", err)
	}
	for _, hook := range r.Hooks {
		found, err := parseManifest(hook.Manifest)
		if err != nil {
			return nil, fmt.Errorf("parsing the rendered hook %s %q of %s: %w", hook.Kind, hook.Name, hook.Path, err)
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func toRendered(from *release.Release) *Rendered {
	made := toRelease(from)
	return &Rendered{Manifest: made.Manifest, Hooks: made.Hooks, Notes: made.Notes}
}

// Render returns the manifest an installation of the chart would create, without
// calling a cluster: hooks and notes are not part of it, and templates that look
// objects up find none.
//
// An error names the template file and line, or the values that the chart's schema
// does not allow. Templates that do not end within [RenderTimeout] are [ErrEndless].
func Render(ch *Chart, name, namespace string, v Values) (manifest string, err error) {
	rendered, err := RenderAll(ch, name, namespace, v)
	if err != nil {
		return "", err
	}
	return rendered.Manifest, nil
}

// RenderAll does what [Render] does, with hooks and notes.
func RenderAll(ch *Chart, name, namespace string, v Values) (*Rendered, error) {
	fresh, err := ch.fresh()
	if err != nil {
		return nil, err
	}
	kube, err := chartutil.ParseKubeVersion(renderKubeVersion)
	if err != nil {
		return nil, fmt.Errorf("parsing the Kubernetes version to render for: %w", err)
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	install.ReleaseName = name
	install.Namespace = namespace
	install.ClientOnly = true
	install.DryRun = true
	install.KubeVersion = kube
	over := make(chan struct{})
	defer time.AfterFunc(RenderTimeout, func() { close(over) }).Stop()
	b := bounds{over: over, why: func() error { return fmt.Errorf("the limit of %s", RenderTimeout) }, heap: MaxHeap}
	rendered, err := watched(b, func() (*release.Release, error) { return install.Run(fresh, v.clone()) })
	if err != nil {
		return nil, fmt.Errorf("rendering chart %q as release %q: %w", ch.path, name, abridge(err))
	}
	return toRendered(rendered), nil
}

// rendering is what errors call [Client.Render].
const rendering = "rendering"

// Render returns what the next revision of a release would be made of: an installation
// if there is no release, else an upgrade. Templates see the cluster's version and
// kinds, and the objects that they look up. Nothing is changed, and the kinds of the
// objects need not exist yet.
func (c *Client) Render(ctx context.Context, name string, ch *Chart, v Values) (*Rendered, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return nil, c.failed(rendering, name, err)
	}
	s.objects.unbuilt = true
	if err := s.learn(); err != nil {
		return nil, c.failed(rendering, name, s.explain(ctx, err))
	}
	made, err := watched(boundsOf(ctx), func() (*release.Release, error) { return c.dryRun(s, name, ch, v) })
	if errors.Is(err, ErrEndless) {
		return nil, c.failed(rendering, name, fmt.Errorf("chart %q: %w", ch.path, err))
	}
	if err != nil {
		return nil, c.failed(rendering, name, s.explain(ctx, fmt.Errorf("chart %q: %w", ch.path, err)))
	}
	return toRendered(made), nil
}

func (c *Client) dryRun(s *session, name string, ch *Chart, v Values) (*release.Release, error) {
	const server = "server"
	fresh, err := ch.fresh()
	if err != nil {
		return nil, err
	}
	_, err = s.action.Releases.History(name)
	if err != nil && !errors.Is(err, driver.ErrReleaseNotFound) {
		return nil, err
	}
	if last := s.records.last(); last != nil && last.Info.Status != release.StatusUninstalled {
		upgrade := c.upgrade(s)
		upgrade.DryRunOption = server
		upgrade.Atomic, upgrade.Wait = false, false
		return upgrade.Run(name, fresh, v.clone())
	}
	install := c.install(s, name)
	install.DryRunOption = server
	install.Atomic, install.Wait = false, false
	return install.Run(fresh, v.clone())
}

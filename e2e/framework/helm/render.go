package helm

import (
	"fmt"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
)

// renderKubeVersion is the Kubernetes version that Render shows to templates, that of
// the client libraries this module is built with. Without it the SDK would claim 1.20.
const renderKubeVersion = "v1.37.0"

// Render returns the manifest an installation of the chart would create, without
// calling a cluster: hooks and notes are not part of it, and templates that look
// objects up find none.
//
// An error names the template file and line, or the values that the chart's schema
// does not allow.
func Render(ch *Chart, name, namespace string, v Values) (manifest string, err error) {
	fresh, err := ch.fresh()
	if err != nil {
		return "", err
	}
	kube, err := chartutil.ParseKubeVersion(renderKubeVersion)
	if err != nil {
		return "", fmt.Errorf("parsing the Kubernetes version to render for: %w", err)
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	install.ReleaseName = name
	install.Namespace = namespace
	install.ClientOnly = true
	install.DryRun = true
	install.KubeVersion = kube
	rendered, err := install.Run(fresh, v.clone())
	if err != nil {
		return "", fmt.Errorf("rendering chart %q as release %q: %w", ch.path, name, err)
	}
	return rendered.Manifest, nil
}

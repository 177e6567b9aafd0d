package helm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Chart is a chart read from a folder or an archive. It does not change once loaded
// and may be used by several goroutines at a time.
type Chart struct {
	path     string
	metadata chart.Metadata
	files    []*loader.BufferedFile
	asks     bool // a template asks the cluster
}

// Load reads a chart from a folder or a .tgz archive and checks that it can be
// installed: it is an application, and the charts it depends on are in its charts/.
func Load(path string) (*Chart, error) {
	loaded, err := loadChart(path)
	if err != nil {
		return nil, fmt.Errorf("loading chart %q: %w", path, err)
	}
	if err := installable(loaded); err != nil {
		return nil, fmt.Errorf("loading chart %q: %w", path, err)
	}
	files := make([]*loader.BufferedFile, 0, len(loaded.Raw))
	for _, file := range loaded.Raw {
		files = append(files, &loader.BufferedFile{Name: file.Name, Data: file.Data})
	}
	return &Chart{path: path, metadata: *loaded.Metadata, files: files, asks: asks(loaded)}, nil
}

// installable makes the checks that the helm command makes and the SDK leaves out.
func installable(loaded *chart.Chart) error {
	if loaded.Metadata.Type == "library" {
		return errors.New("it is a library chart, which cannot be installed")
	}
	if err := action.CheckDependencies(loaded, loaded.Metadata.Dependencies); err != nil {
		return fmt.Errorf("%w: run helm dependency build", err)
	}
	return nil
}

// Name is the chart's name, as in Chart.yaml.
func (c *Chart) Name() string { return c.metadata.Name }

// Version is the chart's version, as in Chart.yaml.
func (c *Chart) Version() string { return c.metadata.Version }

// AppVersion is the version of what the chart installs, as in Chart.yaml; often empty.
func (c *Chart) AppVersion() string { return c.metadata.AppVersion }

// Path is where the chart was loaded from.
func (c *Chart) Path() string { return c.path }

// KubeVersion is the range of Kubernetes versions the chart is for, as in Chart.yaml;
// empty if it does not say.
func (c *Chart) KubeVersion() string { return c.metadata.KubeVersion }

// Supports returns an error if the chart is not for a Kubernetes version, such as
// "v1.37.0".
func (c *Chart) Supports(version string) error {
	if wanted := c.KubeVersion(); wanted != "" && !chartutil.IsCompatibleRange(wanted, version) {
		return fmt.Errorf("chart %q is for Kubernetes %s (kubeVersion in its Chart.yaml), not for %s", c.path, wanted, version)
	}
	return nil
}

// Dependency is a chart that a chart wants to have in its charts/.
type Dependency struct {
	Name, Alias string
	// Version is the range of versions wanted.
	Version string
	// Repository is a URL, such as "https://...", "oci://..." and "file://../sibling", or
	// empty for a chart that is always in charts/.
	Repository string
	// Condition is the value that switches it on and off; empty if none does.
	Condition string
}

// Dependencies are those of Chart.yaml.
func (c *Chart) Dependencies() []Dependency { return toDependencies(c.metadata.Dependencies) }

func toDependencies(from []*chart.Dependency) []Dependency {
	to := make([]Dependency, 0, len(from))
	for _, d := range from {
		to = append(to, Dependency{Name: d.Name, Alias: d.Alias, Version: d.Version, Repository: d.Repository, Condition: d.Condition})
	}
	return to
}

// Definitions are the objects that the chart and its subcharts have in crds/: Helm
// installs them once and never changes or removes them.
func (c *Chart) Definitions() ([]*unstructured.Unstructured, error) {
	fresh, err := c.fresh()
	if err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	for _, crd := range fresh.CRDObjects() {
		found, err := parseManifest(string(crd.File.Data))
		if err != nil {
			return nil, fmt.Errorf("reading %s of chart %q: %w", crd.Filename, c.path, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// CIValues are the files of values that chart-testing tries: ci/*-values.yaml in the
// chart's folder, by name. A packaged chart has none.
func (c *Chart) CIValues() ([]string, error) {
	folder := filepath.Join(c.path, "ci")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for values of chart %q: %w", c.path, err)
	}
	var files []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), "-values.yaml") {
			files = append(files, filepath.Join(folder, entry.Name()))
		}
	}
	return files, nil
}

// fresh builds the chart anew from the files read by [Load]. Helm's actions change
// the chart they are given, so each gets one of its own.
func (c *Chart) fresh() (*chart.Chart, error) {
	fresh, err := loader.LoadFiles(c.files)
	if err != nil {
		return nil, fmt.Errorf("loading chart %q: %w", c.path, err)
	}
	return fresh, nil
}

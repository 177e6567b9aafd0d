package helm

import (
	"errors"
	"fmt"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

// Chart is a chart read from a folder or an archive. It does not change once loaded
// and may be used by several goroutines at a time.
type Chart struct {
	path     string
	metadata chart.Metadata
	files    []*loader.BufferedFile
}

// Load reads a chart from a folder or a .tgz archive and checks that it can be
// installed: it is an application, and the charts it depends on are in its charts/.
func Load(path string) (*Chart, error) {
	loaded, err := loader.Load(path)
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
	return &Chart{path: path, metadata: *loaded.Metadata, files: files}, nil
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

// fresh builds the chart anew from the files read by [Load]. Helm's actions change
// the chart they are given, so each gets one of its own.
func (c *Chart) fresh() (*chart.Chart, error) {
	fresh, err := loader.LoadFiles(c.files)
	if err != nil {
		return nil, fmt.Errorf("loading chart %q: %w", c.path, err)
	}
	return fresh, nil
}

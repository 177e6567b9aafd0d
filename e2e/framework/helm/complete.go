package helm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
)

// maxNesting bounds how deep charts may depend on folders.
const maxNesting = 16

// Complete returns the path of a chart with all that it depends on. Where its charts/
// has everything, that is path itself; else it is a copy below dir, which gets what is
// missing: folders beside the chart ("file://..."), and charts of repositories and
// registries in the versions of Chart.lock or, without one, the newest that fit. The
// chart itself is not touched.
func Complete(ctx context.Context, path, dir string) (string, error) {
	at, err := complete(ctx, path, dir, 0)
	if err != nil {
		return "", fmt.Errorf("completing chart %q: %w", path, err)
	}
	return at, nil
}

func complete(ctx context.Context, path, dir string, depth int) (string, error) {
	loaded, err := loadChart(path)
	if err != nil {
		return "", err
	}
	missing := missingOf(loaded)
	if len(missing) == 0 {
		return path, nil
	}
	if depth == maxNesting {
		return "", fmt.Errorf("it depends on itself, or on charts more than %d deep", maxNesting)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("it is packaged without %s: run `helm dependency build` in its folder and package it again", namesOf(missing))
	}
	copied, err := os.MkdirTemp(dir, loaded.Name()+"-")
	if err != nil {
		return "", err
	}
	copied = filepath.Join(copied, loaded.Name())
	if err := os.CopyFS(copied, os.DirFS(path)); err != nil {
		return "", err
	}
	for _, dependency := range missing {
		if err := bring(ctx, loaded, dependency, supply{from: path, to: filepath.Join(copied, "charts"), temp: dir, depth: depth}); err != nil {
			return "", fmt.Errorf("dependency %q of Chart.yaml is not in charts/ and cannot be brought there: %w: %s", dependency.Name, err, bringRemedy)
		}
	}
	return copied, nil
}

// bringRemedy is what helps where a dependency cannot be brought.
const bringRemedy = "run `helm dependency build` in the chart's folder where its repository can be reached, or name the packaged chart, which has it"

// supply says where dependencies come from and go to.
type supply struct {
	from, to string
	temp     string
	depth    int
}

// missingOf are the dependencies that are not in charts/.
func missingOf(loaded *chart.Chart) []*chart.Dependency {
	var missing []*chart.Dependency
	for _, dependency := range loaded.Metadata.Dependencies {
		if action.CheckDependencies(loaded, []*chart.Dependency{dependency}) != nil {
			missing = append(missing, dependency)
		}
	}
	return missing
}

func namesOf(dependencies []*chart.Dependency) string {
	names := make([]string, 0, len(dependencies))
	for _, dependency := range dependencies {
		names = append(names, dependency.Name)
	}
	return strings.Join(names, ", ")
}

// bring puts a dependency into a chart's charts/.
func bring(ctx context.Context, of *chart.Chart, dependency *chart.Dependency, s supply) error {
	version := locked(of, dependency)
	repository := dependency.Repository
	var err error
	switch {
	case strings.HasPrefix(repository, "file://"):
		return s.bringFolder(ctx, dependency)
	case strings.HasPrefix(repository, ociScheme):
		_, err = PullOCI(ctx, strings.TrimSuffix(repository, "/")+"/"+dependency.Name, version, s.to)
	case strings.HasPrefix(repository, "http://"), strings.HasPrefix(repository, "https://"):
		_, err = PullRepository(ctx, repository, dependency.Name, version, s.to)
	case repository == "":
		return errors.New("it has no repository in Chart.yaml and is not in charts/ either")
	default: // "@name" and "alias:name" are what the user's helm calls a repository.
		return fmt.Errorf("repository %q is known only to the helm command that it was added to", repository)
	}
	return err
}

// bringFolder copies a chart from a folder beside the one that needs it.
func (s supply) bringFolder(ctx context.Context, dependency *chart.Dependency) error {
	folder := filepath.FromSlash(strings.TrimPrefix(dependency.Repository, "file://"))
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(s.from, folder)
	}
	at, err := complete(ctx, folder, s.temp, s.depth+1)
	if err != nil {
		return fmt.Errorf("in %q: %w", folder, err)
	}
	found, err := loadChart(at)
	if err != nil {
		return fmt.Errorf("in %q: %w", folder, err)
	}
	if found.Name() != dependency.Name {
		return fmt.Errorf("%q has chart %q", folder, found.Name())
	}
	if !fits(dependency.Version, found.Metadata.Version) {
		return fmt.Errorf("%q has version %s, and %s is wanted", folder, found.Metadata.Version, dependency.Version)
	}
	return os.CopyFS(filepath.Join(s.to, found.Name()), os.DirFS(at))
}

func fits(wanted, version string) bool {
	if wanted == "" {
		return true
	}
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return false
	}
	parsed, err := semver.NewVersion(version)
	return err == nil && constraint.Check(parsed)
}

// locked is the version of a dependency in Chart.lock, or the range wanted.
func locked(of *chart.Chart, dependency *chart.Dependency) string {
	if of.Lock != nil {
		for _, lock := range of.Lock.Dependencies {
			if lock.Name == dependency.Name && lock.Repository == dependency.Repository {
				return lock.Version
			}
		}
	}
	return dependency.Version
}

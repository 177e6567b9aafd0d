// Package chartsource finds a version of a chart, wherever it is, and brings it to where it can be loaded from.
package chartsource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/helm"
)

// Kind is where a chart comes from.
type Kind string

// The places that charts come from.
const (
	// Folder is a chart in a folder, Package one that was packaged to a .tgz file.
	Folder  Kind = "folder"
	Package Kind = "package"
	// Git is a revision of the repository that a folder is in.
	Git Kind = "git"
	// Repository is a chart repository, Registry an OCI registry, and URL the address of a package.
	Repository Kind = "repository"
	Registry   Kind = "registry"
	URL        Kind = "url"
)

// Source says where a chart comes from.
type Source struct {
	Kind Kind
	// Path is of a folder or package; for [Git], of the folder in the working tree, which need not exist there any more.
	Path string
	// Revision is what git calls a commit: a tag, a branch, "HEAD~1".
	Revision string
	// Address is the URL of a repository or package, or an OCI reference.
	Address string
	// Name is that of the chart in a repository.
	Name string
	// Version is one, or a range such as "~1.2"; empty means the newest that is no pre-release, or what Address names.
	Version string
}

// Syntax says how sources are written, for help texts and errors.
const Syntax = `charts/guestbook               a folder
guestbook-0.2.0.tgz            a packaged chart
charts/guestbook@v1.2          the folder as a tag, branch or commit has it
git:v1.2                       the same, of the chart's own folder
https://charts.example.org#guestbook@~0.2
                               one of a chart repository; without @ the newest
https://example.org/guestbook-0.2.0.tgz
                               a packaged chart at an address
oci://registry.example.org/charts/guestbook:0.2.0
                               one of a registry, or with @ and a range; without
                               either the newest`

// Parse reads a source. Folder is the chart that "git:" is about, and what relative paths are relative to is the working
// directory. A path that exists is taken for itself, with an @ in it too.
func Parse(text, folder string) (Source, error) {
	s, err := parse(text, folder)
	if err != nil {
		return Source{}, fmt.Errorf("reading chart source %q: %w; a source is one of:\n%s", text, err, Syntax)
	}
	return s, nil
}

func parse(text, folder string) (Source, error) {
	switch {
	case text == "":
		return Source{}, errors.New("it is empty")
	case strings.HasPrefix(text, "oci://"):
		return parseOCI(text)
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		return parseAddress(text)
	case strings.HasPrefix(text, "git:"):
		revision := strings.TrimPrefix(text, "git:")
		if folder == "" {
			return Source{}, errors.New("there is no chart folder that it could be a revision of")
		}
		return gitSource(folder, revision)
	}
	if _, err := os.Stat(text); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return local(text), err
	}
	if path, revision, found := cutRevision(text); found {
		return gitSource(path, revision)
	}
	return local(text), nil
}

// cutRevision cuts a path from a revision. Both may have an @ in them: a path that exists is preferred, then the shortest one.
func cutRevision(text string) (path, revision string, found bool) {
	path, revision, found = strings.Cut(text, "@")
	for i, char := range text {
		if char != '@' {
			continue
		}
		if _, err := os.Stat(text[:i]); err == nil {
			return text[:i], text[i+1:], true
		}
	}
	return path, revision, found
}

// local takes what looks like a package for one: whether it is there, [Fetch] will see.
func local(path string) Source {
	if info, err := os.Stat(path); (err != nil || !info.IsDir()) && isPackage(path) {
		return Source{Kind: Package, Path: path}
	}
	return Source{Kind: Folder, Path: path}
}

func isPackage(path string) bool {
	return strings.HasSuffix(path, ".tgz") || strings.HasSuffix(path, ".tar.gz")
}

func gitSource(path, revision string) (Source, error) {
	if path == "" || revision == "" {
		return Source{}, errors.New("a folder and a revision are needed")
	}
	if strings.HasPrefix(revision, "-") {
		return Source{}, fmt.Errorf("no revision begins with a dash, as %q does", revision)
	}
	return Source{Kind: Git, Path: path, Revision: revision}, nil
}

func parseAddress(text string) (Source, error) {
	address, chart, isRepository := strings.Cut(text, "#")
	if !isRepository {
		if isPackage(address) {
			return Source{Kind: URL, Address: address}, nil
		}
		return Source{}, errors.New("neither a package at an address, which ends in .tgz, nor a repository with # and the name of a chart")
	}
	name, version, _ := strings.Cut(chart, "@")
	if name == "" {
		return Source{}, errors.New("the name of the chart is missing after #")
	}
	return Source{Kind: Repository, Address: address, Name: name, Version: version}, nil
}

func parseOCI(text string) (Source, error) {
	place, version, versioned := strings.Cut(text, "@")
	registry, chart, _ := strings.Cut(strings.TrimPrefix(place, "oci://"), "/")
	switch {
	case registry == "":
		return Source{}, errors.New("the name of the registry is missing")
	case strings.Trim(chart, "/") == "":
		return Source{}, errors.New("the path of the chart in the registry is missing")
	case versioned && version == "":
		return Source{}, errors.New("the version is missing after @")
	case strings.Contains(version, "@"):
		return Source{}, errors.New("one version is possible, and there are two @")
	case strings.HasPrefix(version, "sha256:"):
		return Source{Kind: Registry, Address: text}, nil
	}
	return Source{Kind: Registry, Address: place, Version: version}, nil
}

// String is the source as [Parse] reads it.
func (s Source) String() string {
	version := ""
	if s.Version != "" {
		version = "@" + s.Version
	}
	switch s.Kind {
	case Git:
		return s.Path + "@" + s.Revision
	case Repository:
		return s.Address + "#" + s.Name + version
	case Registry:
		return s.Address + version
	case URL:
		return s.Address
	case Folder, Package:
		return s.Path
	default:
		return s.Path
	}
}

// Fetch returns the path of a folder or package that [helm.Load] takes. A folder or package that is here already stays where it
// is; all else goes into dir, which has to exist, is the caller's to remove, and may hold several sources. A chart whose
// dependencies are not in its charts/ is completed, as [helm.Complete] does it.
func Fetch(ctx context.Context, s Source, dir string) (path string, err error) {
	defer func() {
		if err != nil {
			path, err = "", fmt.Errorf("fetching chart %s: %w", s, err)
		}
	}()
	place, err := os.MkdirTemp(dir, "source-")
	if err != nil {
		return "", err
	}
	switch s.Kind {
	case Folder, Package:
		if _, err := os.Stat(s.Path); err != nil {
			return "", err
		}
		path = s.Path
	case Git:
		path, err = checkOut(ctx, s.Path, s.Revision, place)
	case Repository:
		path, err = helm.PullRepository(ctx, s.Address, s.Name, s.Version, place)
	case Registry:
		path, err = helm.PullOCI(ctx, s.Address, s.Version, place)
	case URL:
		path, err = helm.PullURL(ctx, s.Address, place)
	default:
		return "", fmt.Errorf("unknown kind of source %q", s.Kind)
	}
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(path, "Chart.yaml")); s.Kind == Folder && errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("there is no Chart.yaml in it: name the folder of a chart")
	}
	return helm.Complete(ctx, path, place)
}

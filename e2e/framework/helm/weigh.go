package helm

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

const (
	// maxChart bounds what a chart has in all, unpacked and with all its subcharts, in bytes.
	// Helm bounds each package by itself, at 100 MiB, and packages within packages not at all.
	maxChart = 200 << 20
	// maxFiles bounds how many files that may be.
	maxFiles = 20_000
)

// loadChart reads a chart as Helm does, after a look at whether it can be held, and whether
// it stays at home.
func loadChart(path string) (*chart.Chart, error) {
	info, err := os.Stat(path)
	if err != nil {
		return loader.Load(path) // Its words are the ones users know.
	}
	s := &scale{bytes: maxChart, files: maxFiles}
	if info.IsDir() {
		err = s.folder(path)
	} else {
		err = s.file(path)
	}
	if err != nil {
		return nil, err
	}
	return loader.Load(path)
}

// scale is how much a chart may still have.
type scale struct {
	bytes int64
	files int
}

var (
	errTooLarge = fmt.Errorf("it unpacks to more than %d MiB", maxChart>>20)
	errTooMany  = fmt.Errorf("it has more than %d files", maxFiles)
)

// folder looks at a chart's folder. What its .helmignore leaves out counts too, except for
// what belongs to git.
func (s *scale) folder(top string) error {
	links, err := newLinks(top)
	if err != nil {
		return err
	}
	return filepath.WalkDir(top, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			return links.check(at)
		}
		if err := s.count(); err != nil {
			return err
		}
		name, err := filepath.Rel(top, at)
		if err != nil || !isSubchart(filepath.ToSlash(name)) {
			return err
		}
		if err := s.file(at); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// count counts a file.
func (s *scale) count() error {
	s.files--
	if s.files < 0 {
		return errTooMany
	}
	return nil
}

// isSubchart tells whether Helm takes a file of a chart for another, packaged one.
func isSubchart(name string) bool {
	return strings.HasSuffix(name, ".tgz") && strings.Contains("/"+name, "/charts/")
}

// file looks into a packaged chart.
func (s *scale) file(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // It is only read.
	return s.archive(file)
}

// archive looks into a packaged chart, and into those within it. What is no archive is
// Helm's to complain about.
func (s *scale) archive(packed io.Reader) error {
	unzipped, err := gzip.NewReader(packed)
	if err != nil {
		return nil //nolint:nilerr // As above.
	}
	reader := tar.NewReader(&meter{Reader: unzipped, scale: s})
	for {
		header, err := reader.Next()
		switch {
		case errors.Is(err, errTooLarge):
			return err
		case err != nil:
			return nil //nolint:nilerr // The end, or what Helm will complain about.
		}
		if err := s.count(); err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg || !isSubchart(header.Name) {
			continue
		}
		if err := s.archive(reader); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

// meter counts what is read against a scale.
type meter struct {
	io.Reader

	scale *scale
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.scale.bytes -= int64(n)
	if m.scale.bytes < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// links are the symbolic links of a folder. Helm follows them when it reads a chart, and
// puts what is behind them into a release.
type links struct{ top, home string }

// newLinks finds out where the links of a chart may lead: anywhere in the repository that
// the chart is in, as where charts share files, or else in the chart.
func newLinks(folder string) (*links, error) {
	top, err := filepath.Abs(folder)
	if err == nil {
		top, err = filepath.EvalSymlinks(top)
	}
	if err != nil {
		return nil, err
	}
	for at := top; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return &links{top: top, home: at}, nil
		}
	}
	return &links{top: top, home: top}, nil
}

// check looks where a link leads.
func (l *links) check(at string) error {
	target, err := filepath.EvalSymlinks(at)
	if err != nil {
		return nil //nolint:nilerr // It leads to nothing, which Helm will complain about.
	}
	place, err := filepath.EvalSymlinks(filepath.Dir(at))
	if err != nil {
		return err
	}
	name, err := filepath.Rel(l.top, filepath.Join(place, filepath.Base(at)))
	if err != nil {
		return err
	}
	switch {
	case !within(target, l.home):
		return fmt.Errorf("the symbolic link %q leads out of %q, to %q: what is there would become part of the release", name, l.home, target)
	case within(place, target):
		return fmt.Errorf("the symbolic link %q leads to a folder that it is in itself, so that reading the chart would not end", name)
	}
	return l.beyond(name, target)
}

// beyond looks at the links in a folder that a link leads to: one that leads on makes a chart
// of every detour.
func (l *links) beyond(name, target string) error {
	if within(target, l.top) {
		return nil // Its links are looked at by themselves.
	}
	return filepath.WalkDir(target, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink == 0 {
			return err
		}
		further, err := filepath.EvalSymlinks(at)
		switch {
		case err != nil:
			return nil //nolint:nilerr // It leads to nothing, which Helm will complain about.
		case !within(further, l.home):
			return fmt.Errorf("the symbolic link %q leads, by way of %q, out of %q, to %q", name, at, l.home, further)
		}
		if about, err := os.Stat(further); err == nil && about.IsDir() {
			return fmt.Errorf("the symbolic link %q leads to %q, which leads on to the folder %q: copy it instead", name, at, further)
		}
		return nil
	})
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator))
}

package chartsource

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxFile and maxTree bound what is extracted of a revision, in bytes: Helm takes no chart that is larger than a few MiB.
	maxFile = 32 << 20
	maxTree = 256 << 20
)

// unpack writes an archive below the tree's folder, and nothing elsewhere.
func (t *tree) unpack(archive io.Reader) error {
	root, err := os.OpenRoot(t.dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	reader := tar.NewReader(archive)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			// Git pads an archive; who stops reading before its end breaks git's pipe.
			_, err := io.Copy(io.Discard, archive)
			return err
		}
		if err != nil {
			return err
		}
		if err := t.entry(root, header, reader); err != nil {
			return fmt.Errorf("extracting %q: %w", header.Name, err)
		}
	}
}

func (t *tree) entry(root *os.Root, header *tar.Header, content io.Reader) error {
	name := filepath.FromSlash(strings.TrimSuffix(header.Name, "/"))
	switch header.Typeflag {
	case tar.TypeXGlobalHeader: // The commit.
		return nil
	case tar.TypeDir:
		return root.MkdirAll(name, 0o750)
	case tar.TypeSymlink:
		if err := root.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return err
		}
		if err := root.Symlink(header.Linkname, name); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	case tar.TypeReg:
		return t.file(root, name, header.Size, content)
	default:
		return fmt.Errorf("it is neither a file, a folder nor a symbolic link but of type %q", header.Typeflag)
	}
}

func (t *tree) file(root *os.Root, name string, size int64, content io.Reader) error {
	if size > maxFile {
		return fmt.Errorf("it has more than %d MiB", maxFile>>20)
	}
	if t.size += size; t.size > maxTree {
		return fmt.Errorf("the charts have more than %d MiB in all", maxTree>>20)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// verify makes sure that each symbolic link leads to something that was extracted too: Helm follows links when it reads a
// chart, and would put what is behind one into a release.
func (t *tree) verify() error {
	top, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(top, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink == 0 {
			return err
		}
		name, err := filepath.Rel(top, at)
		if err != nil {
			return err
		}
		target, err := filepath.EvalSymlinks(at)
		if err != nil {
			return fmt.Errorf("the symbolic link %q leads to nothing that is in the chart: %w", name, err)
		}
		if target != top && !strings.HasPrefix(target, top+string(filepath.Separator)) {
			return fmt.Errorf("the symbolic link %q leads out of the chart, to %q", name, target)
		}
		return nil
	})
}

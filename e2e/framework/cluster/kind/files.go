package kind

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/runid"
)

const (
	kubeconfigSuffix = ".kubeconfig"
	// libraryLock is what kind leaves beside a kubeconfig when it is killed while
	// it writes.
	libraryLock = ".lock"
	// draft stands in the place of the run while a kubeconfig is being written.
	draft = "draft"
)

// files keeps one kubeconfig per cluster in a folder. The name of a file says
// which cluster it opens and, if the cluster's own name does not, which run it
// belongs to: <cluster>[.<run>].kubeconfig.
type files struct {
	dir string
}

// path is where the kubeconfig of an order goes.
func (f files) path(o *order) string {
	name := o.name
	if o.chosen && !o.keep {
		name += "." + o.run.String()
	}
	return filepath.Join(f.dir, name+kubeconfigSuffix)
}

// reserve makes the kubeconfig as an empty file, which only one can do. What is
// there from the start lets a later run find a cluster whose maker was killed.
func (f files) reserve(o *order) error {
	if err := f.ensure(); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path(o), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("reserving the name: %w", err)
	}
	return file.Close()
}

func (f files) ensure() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("making the folder for kubeconfig files: %w", err)
	}
	return nil
}

// write replaces the kubeconfig of a kept cluster, which appears complete or not
// at all.
func (f files) write(name, text string) error {
	path := filepath.Join(f.dir, name+kubeconfigSuffix)
	unfinished := filepath.Join(f.dir, name+"."+draft+kubeconfigSuffix)
	if err := os.WriteFile(unfinished, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	if err := os.Rename(unfinished, path); err != nil {
		return errors.Join(fmt.Errorf("writing the kubeconfig: %w", err), os.Remove(unfinished))
	}
	return nil
}

// remove removes the kubeconfig files of a cluster.
func (f files) remove(name string) error {
	entries, err := f.entries()
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		if entry.cluster != name {
			continue
		}
		if err := os.Remove(filepath.Join(f.dir, entry.file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing a kubeconfig: %w", err))
		}
	}
	return errors.Join(errs...)
}

// kubeconfigFile is a file of the folder, read by its name.
type kubeconfigFile struct {
	file    string
	cluster string
	// owner is the run the cluster belongs to; kept clusters have none.
	owner runid.ID
	owned bool
}

func (f files) entries() ([]kubeconfigFile, error) {
	list, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for kubeconfig files: %w", err)
	}
	var entries []kubeconfigFile
	for _, item := range list {
		if entry, ok := parseFile(item.Name()); ok {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

func parseFile(file string) (kubeconfigFile, bool) {
	stem, ok := strings.CutSuffix(strings.TrimSuffix(file, libraryLock), kubeconfigSuffix)
	if !ok {
		return kubeconfigFile{}, false
	}
	name, run, dotted := strings.Cut(stem, ".")
	entry := kubeconfigFile{file: file, cluster: name}
	if !dotted {
		entry.owner, entry.owned = owner(name)
		return entry, true
	}
	if run == draft {
		return entry, true
	}
	id, err := runid.Parse(run)
	entry.owner, entry.owned = id, err == nil
	return entry, entry.owned
}

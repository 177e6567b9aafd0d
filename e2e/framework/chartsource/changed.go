package chartsource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Changed returns the folders of the charts, in or below dirs, that differ from what they were where the working tree's branch
// left base: a branch, tag or commit such as "origin/main". What was committed since, what is changed and not committed, and
// new files that git does not ignore all count. A chart has changed too if one has that it depends on by "file://". The folders
// are sorted; where none has changed, there are none. A chart that was removed is not among them, nor is a library: there is
// nothing to try but the charts that use it.
func Changed(ctx context.Context, base string, dirs ...string) ([]string, error) {
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	found := map[string]bool{}
	for _, dir := range dirs {
		changed, err := changedBelow(ctx, base, dir)
		if err != nil {
			return nil, fmt.Errorf("looking for charts in %q that changed since %q: %w", dir, base, err)
		}
		for _, chart := range changed {
			found[chart] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

func changedBelow(ctx context.Context, base, dir string) ([]string, error) {
	if base == "" || strings.HasPrefix(base, "-") {
		return nil, errors.New("that is no revision: name a branch, tag or commit, such as origin/main")
	}
	if strings.Contains(dir, "://") {
		return nil, errors.New("only charts in folders of a git repository can be compared with a revision of it: leave out --changed")
	}
	repo, within, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	files, err := repo.changedFiles(ctx, base)
	if err != nil {
		return nil, err
	}
	charts, err := chartsBelow(dir)
	if errors.Is(err, fs.ErrNotExist) && holds(within, files) {
		return nil, nil // It was there, and was removed.
	}
	if err != nil {
		return nil, err
	}
	var changed []string
	for _, chart := range charts {
		if isLibrary(chart) {
			continue
		}
		rest, err := filepath.Rel(dir, chart)
		if err != nil {
			return nil, err
		}
		if repo.differs(path.Join(within, filepath.ToSlash(rest)), files, map[string]bool{}) {
			changed = append(changed, chart)
		}
	}
	return changed, nil
}

// differs tells whether a file of the chart in a folder changed, or of one that it depends on.
func (r repository) differs(folder string, files []string, seen map[string]bool) bool {
	if seen[folder] {
		return false
	}
	seen[folder] = true
	if holds(folder, files) {
		return true
	}
	for _, needed := range foldersNeeded(filepath.Join(r.root, filepath.FromSlash(folder))) {
		if r.differs(path.Join(folder, needed), files, seen) {
			return true
		}
	}
	return false
}

// holds tells whether any of the files is in a folder.
func holds(folder string, files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool { return folder == "." || strings.HasPrefix(file, folder+"/") })
}

// changedFiles are the paths, from the root of the repository, in which the working tree differs from where its branch left
// base.
func (r repository) changedFiles(ctx context.Context, base string) ([]string, error) {
	commit, err := r.commit(ctx, base)
	if err != nil {
		return nil, err
	}
	ancestor, err := r.run(ctx, "merge-base", commit, "HEAD")
	if err != nil {
		return nil, fmt.Errorf("%q and HEAD have no common ancestor here; if the clone is shallow, `git fetch --unshallow` brings it: %w", base, err)
	}
	tracked, err := r.run(ctx, "diff", "--name-only", "--no-renames", "-z", strings.TrimSpace(string(ancestor)), "--")
	if err != nil {
		return nil, err
	}
	fresh, err := r.run(ctx, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(tracked)+string(fresh), func(r rune) bool { return r == 0 }), nil
}

// chartsBelow are the folders with a Chart.yaml, dir itself or below it, but not those in another chart: they change with it.
func chartsBelow(dir string) ([]string, error) {
	var charts []string
	err := filepath.WalkDir(dir, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if entry.Name() == ".git" {
			return fs.SkipDir
		}
		_, err = os.Stat(filepath.Join(at, "Chart.yaml"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		charts = append(charts, at)
		return fs.SkipDir
	})
	return charts, err
}

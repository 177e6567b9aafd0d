package chartsource

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// repository is a git repository, as the git command sees it. Its working tree and index are only read.
type repository struct{ root string }

// open finds the repository that a folder is in. The folder itself may have been removed.
func open(ctx context.Context, folder string) (repo repository, within string, err error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return repository{}, "", err
	}
	existing := absolute
	for existing != filepath.Dir(existing) {
		if info, err := os.Stat(existing); err == nil && info.IsDir() {
			break
		}
		existing = filepath.Dir(existing)
	}
	// Git knows its root without symbolic links.
	resolved, err := filepath.EvalSymlinks(existing)
	if err != nil {
		return repository{}, "", err
	}
	root, err := repository{root: resolved}.run(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return repository{}, "", fmt.Errorf("%q is in no git repository: %w", folder, err)
	}
	repo.root = strings.TrimSuffix(string(root), "\n")
	rest, err := filepath.Rel(existing, absolute)
	if err != nil {
		return repository{}, "", err
	}
	within, err = filepath.Rel(repo.root, filepath.Join(resolved, rest))
	return repo, filepath.ToSlash(within), err
}

// run runs a git command in the repository and returns what it prints.
func (r repository) run(ctx context.Context, args ...string) ([]byte, error) {
	var output bytes.Buffer
	command := r.command(ctx, args...)
	command.Stdout = &output
	err := finish(command, command.Run)
	return output.Bytes(), err
}

// command is a git command that changes nothing and asks nobody. What git sets for its own hooks would lead it to another
// repository.
func (r repository) command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "git", append([]string{"-C", r.root, "-c", "core.quotePath=false"}, args...)...)
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "GIT_DIR=") || strings.HasPrefix(variable, "GIT_WORK_TREE=") ||
			strings.HasPrefix(variable, "GIT_INDEX_FILE=") || strings.HasPrefix(variable, "GIT_PREFIX=")
	})
	command.Env = append(command.Env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	return command
}

// commit resolves a revision.
func (r repository) commit(ctx context.Context, revision string) (string, error) {
	id, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err == nil {
		return strings.TrimSpace(string(id)), nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	shallow, shallowErr := r.run(ctx, "rev-parse", "--is-shallow-repository")
	remedy := "`git fetch --all --tags` may bring it"
	if shallowErr == nil && strings.TrimSpace(string(shallow)) == "true" {
		remedy = "the clone is shallow: `git fetch --unshallow --tags` brings its past"
	}
	return "", fmt.Errorf("git repository %q has no revision %q: %s", r.root, revision, remedy)
}

// checkOut extracts a chart's folder as it was at a revision, with the folders beside it that it depends on, and returns
// where it is now.
func checkOut(ctx context.Context, folder, revision, dir string) (string, error) {
	repo, within, err := open(ctx, folder)
	if err != nil {
		return "", err
	}
	commit, err := repo.commit(ctx, revision)
	if err != nil {
		return "", err
	}
	tree := &tree{repo: repo, commit: commit, dir: dir, done: map[string]bool{}}
	err = tree.extract(ctx, within)
	if errors.Is(err, errNoFolder) {
		return "", missing("folder", within, revision)
	}
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, within, "Chart.yaml")); errors.Is(err, fs.ErrNotExist) {
		return "", missing("Chart.yaml in", within, revision)
	}
	if err := tree.verify(); err != nil {
		return "", fmt.Errorf("revision %q: %w", revision, err)
	}
	return filepath.Join(dir, within), nil
}

// tree is what was extracted of a commit.
type tree struct {
	repo   repository
	commit string
	dir    string
	// size is how much was extracted.
	size int64
	done map[string]bool
}

// extract extracts a folder and the folders that the charts in it depend on.
func (t *tree) extract(ctx context.Context, folder string) error {
	if t.done[folder] {
		return nil
	}
	t.done[folder] = true
	if err := t.archive(ctx, folder); err != nil {
		return err
	}
	for _, needed := range foldersNeeded(filepath.Join(t.dir, folder)) {
		needed = path.Join(folder, needed)
		if !filepath.IsLocal(needed) {
			return fmt.Errorf("%q depends on a folder outside of the repository: %q", folder, needed)
		}
		// What is not there may be in charts/ already; if not, completing the chart says so.
		if err := t.extract(ctx, needed); err != nil && !errors.Is(err, errNoFolder) {
			return err
		}
	}
	return nil
}

// ErrNoChart tells that a revision of git has no such chart: there was none yet, or it was called otherwise.
var ErrNoChart = errors.New("it has no such chart")

func missing(what, within, revision string) error {
	return fmt.Errorf("revision %q: %w: there is no %s %q; if the chart had another place then, name that: FOLDER@%s",
		revision, ErrNoChart, what, within, revision)
}

var errNoFolder = errors.New("has no folder")

func (t *tree) archive(ctx context.Context, folder string) error {
	args := []string{"archive", "--format=tar", t.commit}
	if folder != "." {
		kind, err := t.repo.run(ctx, "cat-file", "-t", t.commit+":"+folder)
		if err != nil || strings.TrimSpace(string(kind)) != "tree" {
			return fmt.Errorf("commit %.12s %w %q", t.commit, errNoFolder, folder)
		}
		args = append(args, "--", ":(literal)"+folder)
	}
	command := t.repo.command(ctx, args...)
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	return finish(command, func() error {
		if err := command.Start(); err != nil {
			return err
		}
		unpackErr := t.unpack(output)
		if unpackErr != nil {
			_ = command.Process.Kill() // Else it would wait for somebody to read on.
		}
		err := command.Wait()
		if unpackErr != nil {
			return unpackErr
		}
		return err
	})
}

// finish runs a git command by run and makes an error of what it complained about.
func finish(command *exec.Cmd, run func() error) error {
	var complaint bytes.Buffer
	command.Stderr = &complaint
	err := run()
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("the git command is needed and not there: install git")
	}
	if said := strings.TrimSpace(complaint.String()); err != nil && said != "" {
		return fmt.Errorf("git: %s: %w", said, err)
	}
	return err
}

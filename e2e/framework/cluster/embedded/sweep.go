package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/filelock"
	"seatrial/e2e/framework/runid"
)

// Sweep removes what runs that are over have left, and returns the names: their folders,
// whose processes have ended with them, and kept clusters whose process is gone.
func (p *Provider) Sweep(ctx context.Context) ([]string, error) {
	removed, err := runid.SweepTemp()
	dead, keptErr := p.removeKept(ctx, func(dir string) (bool, error) {
		running, err := holders(dir)
		return len(running) == 0, err
	})
	if err = errors.Join(err, keptErr, p.sweepNames()); err != nil {
		return append(removed, dead...), fmt.Errorf("sweeping embedded clusters: %w", err)
	}
	return append(removed, dead...), nil
}

// Clean removes the kept clusters too, and returns the names.
func (p *Provider) Clean(ctx context.Context) ([]string, error) {
	ctx, cancel := ending(ctx)
	defer cancel()
	kept, err := p.removeKept(ctx, func(string) (bool, error) { return true, nil })
	swept, sweepErr := p.Sweep(ctx)
	return append(kept, swept...), errors.Join(err, sweepErr)
}

// removeKept removes those kept clusters that the question says yes to. One that a run
// is making or removing at this moment is left to that run.
func (p *Provider) removeKept(ctx context.Context, question func(dir string) (bool, error)) ([]string, error) {
	entries, err := os.ReadDir(p.options.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var removed []string
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), keepPrefix) {
			continue
		}
		gone, removeErr := p.removeOne(ctx, entry.Name(), question)
		if gone {
			removed = append(removed, entry.Name())
		}
		err = errors.Join(err, removeErr)
	}
	return removed, err
}

func (p *Provider) removeOne(ctx context.Context, name string, question func(dir string) (bool, error)) (gone bool, err error) {
	dir, err := p.keptDir(name)
	if err != nil {
		return false, err
	}
	release, err := filelock.Try(filepath.Join(p.options.Dir, name+nameSuffix))
	if err != nil || release == nil {
		return false, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if wanted, err := question(dir); err != nil || !wanted {
		return false, err
	}
	if err := endKept(ctx, dir); err != nil {
		return false, fmt.Errorf("removing kept cluster %q: %w", name, err)
	}
	return true, nil
}

// sweepNames removes the locks of names whose holders were killed.
func (p *Provider) sweepNames() error {
	files, err := filepath.Glob(filepath.Join(p.options.Dir, "*"+nameSuffix))
	for _, file := range files {
		release, lockErr := filelock.Try(file)
		if release != nil {
			lockErr = release()
		}
		err = errors.Join(err, lockErr)
	}
	return err
}

package helm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/release"
)

// operation is a kind of change to a release, as errors and records name it.
type operation struct{ verb, noun string }

var (
	installing   = operation{"installing", "Install"}
	upgrading    = operation{"upgrading", "Upgrade"}
	rollingBack  = operation{"rolling back", "Rollback"}
	uninstalling = operation{"uninstalling", "Uninstall"}
)

// Install makes revision 1 of a release. It waits for hooks, but not for the objects to
// become ready. Of an installation that fails, its objects and a failed revision stay.
func (c *Client) Install(ctx context.Context, name string, ch *Chart, v Values) (*Release, error) {
	return c.change(ctx, installing, name, func(s *session) (*release.Release, error) {
		fresh, err := ch.fresh()
		if err != nil {
			return nil, err
		}
		made, err := c.install(s, name).Run(fresh, v.clone())
		if last := s.records.last(); err != nil && last != nil && !c.options.replaces(s.records.status) {
			return nil, fmt.Errorf("%w (revision %d, %s): upgrade it, or uninstall it first",
				ErrReleaseExists, last.Version, s.records.status)
		}
		return made, err
	})
}

// Upgrade makes the next revision of a release from a chart and values. Like the helm
// command it keeps the values of the deployed revision if v is empty. It waits for
// hooks, but not for the objects to become ready.
func (c *Client) Upgrade(ctx context.Context, name string, ch *Chart, v Values) (*Release, error) {
	return c.change(ctx, upgrading, name, func(s *session) (*release.Release, error) {
		fresh, err := ch.fresh()
		if err != nil {
			return nil, err
		}
		made, err := c.upgrade(s).Run(name, fresh, v.clone())
		if last := s.records.last(); err != nil && last != nil && last.Info.Status.IsPending() {
			return nil, fmt.Errorf("%w: revision %d is %s: wait for it, or roll back or uninstall the release if nobody is at it",
				ErrPending, last.Version, last.Info.Status)
		}
		return made, err
	})
}

// Rollback makes the next revision of a release a copy of an earlier one; revision 0
// means the one before the newest. It waits for hooks, but not for the objects to
// become ready.
func (c *Client) Rollback(ctx context.Context, name string, revision int) (*Release, error) {
	return c.change(ctx, rollingBack, name, func(s *session) (*release.Release, error) {
		rollback := c.rollback(s)
		rollback.Version = revision
		err := rollback.Run(name)
		last := s.records.last()
		if err != nil && last != nil && s.records.own == nil {
			wanted := revision
			if wanted == 0 {
				wanted = last.Version - 1
			}
			if !s.records.has(wanted) {
				return nil, s.records.noRevision(wanted)
			}
		}
		if err != nil {
			return nil, err
		}
		return s.records.own.release, nil
	})
}

// change runs an operation to its end, bound to ctx and the client's timeout, and sets
// its records right.
func (c *Client) change(ctx context.Context, kind operation, name string, run func(*session) (*release.Release, error)) (*Release, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return nil, c.failed(kind.verb, name, err)
	}
	var made *release.Release
	if err = s.learn(); err == nil {
		made, err = watched(boundsOf(ctx), func() (*release.Release, error) { return run(s) })
	}
	if errors.Is(err, ErrEndless) {
		return nil, c.failed(kind.verb, name, err) // Nothing is recorded before all is rendered.
	}
	if err := s.settle(ctx, kind, s.explain(ctx, err)); err != nil {
		return nil, c.failed(kind.verb, name, err)
	}
	if made == nil {
		made = s.records.own.release
	}
	done := toRelease(made)
	done.Written, done.RecordVersion = s.written, s.recordVersion
	return done, nil
}

func (c *Client) failed(verb, name string, err error) error {
	return fmt.Errorf("%s release %q in %q: %w", verb, name, c.namespace, abridge(err))
}

// noRevision tells which revisions there are instead of the one wanted.
func (r *records) noRevision(wanted int) error {
	there := make([]string, 0, len(r.found))
	for _, rel := range r.found {
		there = append(there, strconv.Itoa(rel.Version))
	}
	return fmt.Errorf("%w: there is no revision %d: the release has %s", ErrRevisionNotFound, wanted, strings.Join(there, ", "))
}

// byRevision sorts the oldest revision first.
func byRevision(releases []*release.Release) []*release.Release {
	return slices.SortedFunc(slices.Values(releases), func(a, b *release.Release) int { return a.Version - b.Version })
}

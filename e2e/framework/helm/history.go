package helm

import (
	"context"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
)

// History returns all revisions of a release, oldest first.
func (c *Client) History(ctx context.Context, name string) ([]Release, error) {
	found, err := c.history(ctx, "reading the history of", name)
	if err != nil {
		return nil, err
	}
	revisions := make([]Release, 0, len(found))
	for _, rel := range found {
		revisions = append(revisions, *toRelease(rel))
	}
	return revisions, nil
}

// Status returns the newest revision of a release.
func (c *Client) Status(ctx context.Context, name string) (*Release, error) {
	found, err := c.history(ctx, "reading the status of", name)
	if err != nil {
		return nil, err
	}
	return toRelease(found[len(found)-1]), nil
}

// Get returns one revision of a release.
func (c *Client) Get(ctx context.Context, name string, revision int) (*Release, error) {
	const verb = "reading a revision of"
	found, err := c.history(ctx, verb, name)
	if err != nil {
		return nil, err
	}
	for _, rel := range found {
		if rel.Version == revision {
			return toRelease(rel), nil
		}
	}
	return nil, c.failed(verb, name, (&records{found: found}).noRevision(revision))
}

// history reads the revisions of a release, of which there is at least one.
func (c *Client) history(ctx context.Context, verb, name string) ([]*release.Release, error) {
	if err := chartutil.ValidateReleaseName(name); err != nil {
		return nil, c.failed(verb, name, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	s, err := c.session(ctx)
	if err != nil {
		return nil, c.failed(verb, name, err)
	}
	if _, err := s.action.Releases.History(name); err != nil {
		return nil, c.failed(verb, name, s.explain(ctx, err))
	}
	return s.records.found, nil
}

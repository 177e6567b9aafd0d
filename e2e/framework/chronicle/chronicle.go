// Package chronicle writes down each revision of the releases in a cluster while somebody else works on them, such as the
// commands of a document, so that it can be told what each of them did to which object.
package chronicle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

const (
	// LookTimeout bounds what is read of the cluster after one step.
	LookTimeout = 30 * time.Second
	// mostBefore is how many releases of before are written down. Where there are more, the cluster is one that others
	// work on, and nothing is told of theirs.
	mostBefore = 10
)

// Chronicle is of one cluster. It is used by one goroutine, and closed after use.
type Chronicle struct {
	helm *helm.Client
	api  *objects.Client
	// releases are those that were seen, in the order in which they came.
	releases []*life
	// version is the moment of the last look.
	version string
}

// Release is one with the ledgers of its revisions, oldest first. One that was taken away ends with a ledger whose record
// says "uninstalled", and that has what was left.
type Release struct {
	Namespace, Name string
	Ledgers         []ledger.Ledger
}

// life is what is known of a release.
type life struct {
	namespace, name string
	// seen is the newest revision as it was last seen, and there says whether it still is.
	seen  helm.Release
	there bool
	// kinds are those of all its revisions: where something may be left.
	kinds   []schema.GroupKind
	ledgers []ledger.Ledger
	// untold is how many of the ledgers nobody has been told of.
	untold int
	// foreign is set for one of which nothing is told.
	foreign bool
}

// Open begins the chronicle of a cluster. What is there already is where it begins: it is only told as what came before.
func Open(ctx context.Context, kubeconfig string) (*Chronicle, error) {
	client, err := helm.New(helm.Options{Kubeconfig: kubeconfig})
	if err != nil {
		return nil, err
	}
	config, err := cluster.LoadRESTConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, LookTimeout)
	defer cancel()
	api, err := objects.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	c := &Chronicle{helm: client, api: api}
	if err := c.begin(ctx); err != nil {
		api.Close()
		return nil, err
	}
	return c, nil
}

func (c *Chronicle) begin(ctx context.Context) error {
	now, err := c.helm.Newest(ctx)
	if err != nil {
		return err
	}
	for i := range now.Releases {
		one := c.lifeOf(now.Releases[i])
		one.foreign = len(now.Releases) > mostBefore
		if err := c.notice(ctx, now.Releases[i], now.Version); err != nil {
			return err
		}
		one.untold = 0
	}
	c.version = now.Version
	return nil
}

// Close gives back the connection.
func (c *Chronicle) Close() { c.api.Close() }

// Look writes down each revision that is new since the last look. The error names the releases of which one could not be
// written down; nothing more is told of them, and all is as ever with others.
func (c *Chronicle) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, LookTimeout)
	defer cancel()
	now, err := c.helm.Newest(ctx)
	if err != nil {
		return err
	}
	var missed []error
	for i := range now.Releases {
		missed = append(missed, c.notice(ctx, now.Releases[i], now.Version))
	}
	for _, one := range c.releases {
		if one.there && !slices.ContainsFunc(now.Releases, one.is) {
			one.there = false
			last := one.seen
			last.Status, last.Description, last.Manifest = helm.StatusUninstalled, "", ""
			missed = append(missed, c.write(ctx, one, last, now.Version))
		}
	}
	c.version = now.Version
	return errors.Join(missed...)
}

// News are the releases that have changed since it was last asked, each with all that is known of it.
func (c *Chronicle) News() []Release {
	var all []Release
	for _, one := range c.releases {
		if one.untold > 0 {
			all = append(all, Release{Namespace: one.namespace, Name: one.name, Ledgers: slices.Clone(one.ledgers)})
		}
		one.untold = 0
	}
	return all
}

func (l *life) is(r helm.Release) bool { return l.namespace == r.Namespace && l.name == r.Name }

func (c *Chronicle) lifeOf(r helm.Release) *life {
	at := slices.IndexFunc(c.releases, func(l *life) bool { return l.is(r) })
	if at < 0 {
		at = len(c.releases)
		c.releases = append(c.releases, &life{namespace: r.Namespace, name: r.Name})
	}
	return c.releases[at]
}

// notice writes down the newest revision of a release, if it is not the one that was seen before.
func (c *Chronicle) notice(ctx context.Context, now helm.Release, version string) error {
	one := c.lifeOf(now)
	same := one.there && one.seen.Revision == now.Revision && one.seen.Status == now.Status && one.seen.Updated.Equal(now.Updated)
	if same {
		return nil
	}
	if !one.there && len(one.ledgers) > 0 { // Another one of the same name begins.
		one.kinds, one.ledgers, one.untold = nil, nil, 0
	}
	unseen := c.between(ctx, one, now)
	one.seen, one.there = now, true
	if now.Status == helm.StatusUninstalled { // Only its history was kept.
		now.Manifest = ""
	}
	return errors.Join(unseen, c.write(ctx, one, now, version))
}

// write writes the ledger of a revision, as it was at a moment.
func (c *Chronicle) write(ctx context.Context, one *life, r helm.Release, version string) error {
	if one.foreign {
		return nil
	}
	written, err := c.capture(ctx, one, r, version)
	if err != nil {
		one.foreign, one.untold = true, 0
		return fmt.Errorf("revision %d of release %q in %q: %w", r.Revision, r.Name, r.Namespace, err)
	}
	if written.Record != nil {
		one.add(written)
	}
	return nil
}

// capture gives the ledger of a revision as it was at a moment, without a record if no revision has had any object.
func (c *Chronicle) capture(ctx context.Context, one *life, r helm.Release, version string) (ledger.Ledger, error) {
	wanted, err := r.Objects()
	if err != nil {
		return ledger.Ledger{}, err
	}
	one.know(wanted)
	if len(one.kinds) == 0 {
		return ledger.Ledger{}, nil
	}
	return ledger.CaptureWith(ctx, c.api, ledger.Request{
		Namespace: r.Namespace, Release: r.Name, Objects: wanted, Kinds: one.kinds, Version: version, Also: one.earlier(),
		Record: &ledger.Record{
			Release: r.Name, Revision: r.Revision, Status: string(r.Status), Description: r.Description, Chart: r.Chart(),
			AppVersion: r.AppVersion, Values: r.Values, Manifest: r.Manifest, Updated: r.Updated,
		},
	})
}

func (l *life) add(written ledger.Ledger) {
	l.ledgers = append(l.ledgers, written)
	l.untold++
}

func (l *life) know(wanted []*unstructured.Unstructured) {
	for _, u := range wanted {
		if kind := u.GroupVersionKind().GroupKind(); !slices.Contains(l.kinds, kind) {
			l.kinds = append(l.kinds, kind)
		}
	}
}

// earlier are the objects that an earlier revision had and that nothing made: they may be left.
func (l *life) earlier() []objects.Ref {
	var all []objects.Ref
	for i := range l.ledgers {
		for _, o := range l.ledgers[i].Objects {
			if o.Owner == nil && !slices.Contains(all, o.Ref) {
				all = append(all, o.Ref)
			}
		}
	}
	return all
}

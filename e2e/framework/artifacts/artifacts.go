// Package artifacts writes down what a cluster looks like when a spec has failed, before anybody cleans up.
//
// The names of the files are always the same:
//
//	<dir>/<namespace>/events.txt
//	<dir>/<namespace>/logs/<pod>/<container>.log and <container>.previous.log
//	<dir>/<namespace>/objects/<Kind>/<name>.yaml
//	<dir>/<namespace>/history.json and history.txt
//	<dir>/collect-errors.txt, if something could not be collected
package artifacts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

const (
	// DefaultTimeout bounds the whole collection: the evidence must not cost more than the failure.
	DefaultTimeout = time.Minute
	// DefaultLogLimit is how many bytes are kept of the end of each log.
	DefaultLogLimit = 1 << 20
	// atOnce bounds the requests at one time.
	atOnce = 8
)

// Request says what to collect, and where to.
type Request struct {
	// Dir is made if it does not exist.
	Dir string
	// Namespaces to look into.
	Namespaces []string
	// History reads the releases of a namespace, all revisions of each. If unset, there is no history.
	History func(ctx context.Context, namespace string) ([]helm.Release, error)
	// LogLimit is in bytes for each container. If unset, DefaultLogLimit.
	LogLimit int
	// Timeout ends the collection; what was collected until then stays. If unset, DefaultTimeout.
	Timeout time.Duration
}

// Collect runs all collectors. None stops another; their errors are returned together and written beside the evidence.
func Collect(ctx context.Context, cfg *rest.Config, r Request) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Timeout, DefaultTimeout))
	defer cancel()
	c := collector{request: r, dir: folder(r.Dir)}
	var failures []error
	client, err := objects.Connect(ctx, cfg)
	if err == nil {
		defer client.Close()
		c.client = client
		c.kube, err = kubernetes.NewForConfig(quick(cfg))
	}
	if err != nil {
		failures = append(failures, err)
	}
	return c.finish(append(failures, c.run(ctx)...))
}

// quick is cfg without the limit that a client sets itself, which all collectors would share, and without a word about
// deprecated kinds.
func quick(cfg *rest.Config) *rest.Config {
	own := rest.CopyConfig(cfg)
	own.QPS = -1
	own.WarningHandler = rest.NoWarnings{}
	return own
}

// collector has what the collectors share. Without a client only the history can be collected.
type collector struct {
	request Request
	dir     folder
	client  *objects.Client
	kube    kubernetes.Interface
}

func (c collector) run(ctx context.Context) []error {
	var mu sync.Mutex
	var failures []error
	var running sync.WaitGroup
	collect := func(what, namespace string, do func(context.Context, string) error) {
		running.Go(func() {
			if err := do(ctx, namespace); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures = append(failures, fmt.Errorf("collecting %s of %q: %w", what, namespace, err))
			}
		})
	}
	for _, ns := range c.request.Namespaces {
		if c.client != nil && c.kube != nil {
			collect("events", ns, c.events)
			collect("logs", ns, c.logs)
			collect("objects", ns, c.objects)
		}
		if c.request.History != nil {
			collect("history", ns, c.history)
		}
	}
	running.Wait()
	return failures
}

func (c collector) finish(failures []error) error {
	all := errors.Join(failures...)
	if all == nil {
		return nil
	}
	return errors.Join(all, c.dir.write([]byte(all.Error()+"\n"), "collect-errors.txt"))
}

// in is the folder of a namespace.
func (c collector) in(namespace string) folder {
	return folder(filepath.Join(string(c.dir), namespace))
}

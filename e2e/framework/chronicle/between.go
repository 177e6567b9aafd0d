package chronicle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"seatrial/e2e/framework/helm"
)

// replayTimeout bounds how long the API server may take to tell again what it has told before.
const replayTimeout = 10 * time.Second

// between writes down the revisions that came and were superseded since the last look, as they were when the next one
// began: one command may upgrade a release and roll it back. The API server has kept these moments for some minutes. The
// error names what could not be written down; what comes after it can be all the same.
func (c *Chronicle) between(ctx context.Context, one *life, now helm.Release) error {
	first := 1
	if one.there {
		first = one.seen.Revision + 1
	}
	if first >= now.Revision || c.version == "" || one.foreign {
		return nil
	}
	if err := c.replay(ctx, one, first, now); err != nil {
		return fmt.Errorf("revisions %d to %d of release %q in %q, which were superseded at once: %w",
			first, now.Revision-1, now.Name, now.Namespace, err)
	}
	return nil
}

func (c *Chronicle) replay(ctx context.Context, one *life, first int, now helm.Release) error {
	recorded, err := c.recorded(ctx, now)
	if err != nil {
		return err
	}
	begun, err := c.begun(ctx, recorded, now)
	if err != nil {
		return err
	}
	for _, r := range recorded.Releases {
		if r.Revision < first || r.Revision >= now.Revision {
			continue
		}
		next, seen := begun[r.Revision+1]
		if !seen {
			return fmt.Errorf("the API server does not tell when revision %d began", r.Revision+1)
		}
		written, err := c.capture(ctx, one, r, next)
		switch {
		case err != nil:
			return err
		case len(written.Torn) > 0: // As it is now is not as it was.
			return fmt.Errorf("the API server does not tell how %v were at version %s", written.Torn, next)
		case written.Record != nil:
			one.add(written)
		}
	}
	return nil
}

// recorded is the history of a release, wherever it is kept.
func (c *Chronicle) recorded(ctx context.Context, now helm.Release) (helm.Recorded, error) {
	for _, driver := range []helm.Driver{helm.Secrets, helm.ConfigMaps} {
		found, err := c.helm.In(now.Namespace).Storing(driver).Recorded(ctx, now.Name)
		if err != nil || len(found.Releases) > 0 {
			return found, err
		}
	}
	return helm.Recorded{}, errors.New("its history is gone")
}

// begun are the resource versions at which revisions were begun since the last look, which is when Helm first writes their
// record: nothing of them is there yet.
func (c *Chronicle) begun(ctx context.Context, recorded helm.Recorded, now helm.Release) (map[int]string, error) {
	ctx, cancel := context.WithTimeout(ctx, replayTimeout)
	defer cancel()
	resource := schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	if slices.ContainsFunc(recorded.Stored, func(s helm.Stored) bool { return s.Kind == "ConfigMap" }) {
		resource.Resource = "configmaps"
	}
	told, err := c.api.ResourceOf(resource, now.Namespace).Watch(ctx, metav1.ListOptions{
		LabelSelector: "owner=helm,name=" + now.Name, ResourceVersion: c.version,
	})
	if err != nil {
		return nil, fmt.Errorf("watching its records: %w", err)
	}
	defer told.Stop()
	begun, err := beginnings(told.ResultChan(), now.Revision)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("watching its records: revision %d does not come: %w", now.Revision, err)
	}
	return begun, nil
}

// beginnings listens until a revision has begun. A watch ends with its context, too.
func beginnings(told <-chan watch.Event, last int) (map[int]string, error) {
	begun := map[int]string{}
	for event := range told {
		record, readable := event.Object.(*unstructured.Unstructured)
		switch {
		case event.Type == watch.Error:
			return nil, apierrors.FromObject(event.Object)
		case event.Type != watch.Added || !readable:
			continue
		}
		revision, err := strconv.Atoi(record.GetLabels()["version"])
		if err != nil {
			continue // Not written by Helm.
		}
		if begun[revision] = record.GetResourceVersion(); revision == last {
			return begun, nil
		}
	}
	return nil, errors.New("the watch ended")
}

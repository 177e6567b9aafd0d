package regression

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

const (
	// soon is how short the time to live of a Job is that is waited for to be gone.
	soon = 10 * time.Second
	// soonTimeout is how long the cluster may take for that.
	soonTimeout = soon + 20*time.Second
)

// letPass waits until the Jobs are gone that the cluster takes away soon after their end. Users come later: what Helm answers
// when an object goes while it is being changed is nothing that they would see.
func (w *walk) letPass(ctx context.Context) error {
	if len(w.states) == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, soonTimeout)
	defer cancel()
	for _, u := range w.states[len(w.states)-1].objects {
		if !passesSoon(u) {
			continue
		}
		err := until(limited, func() (bool, error) {
			there, err := exists(limited, w.api, u, w.room.namespace)
			return !there, err
		})
		if limited.Err() != nil && ctx.Err() == nil {
			return nil // One that did not end, for example. The operation will show what comes of it.
		}
		if err != nil {
			return fmt.Errorf("waiting for the time to live of %s: %w", w.ref(u), err)
		}
	}
	return nil
}

// passesSoon tells whether the cluster takes an object away soon after its end.
func passesSoon(u *unstructured.Unstructured) bool {
	after, limited := objects.TimeToLive(objects.RefOf(u), u.Object)
	return limited && after <= soon
}

package wait

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// Lookout watches a namespace for as long as somebody waits there again and again: what it has seen it need not ask for at
// the next wait. Kinds are watched from the first wait on that has to do with them: one wait at a time, and the one that
// makes an object go away has to name it.
type Lookout struct {
	client *objects.Client
	seen   *feeds
	stop   context.CancelFunc
}

// NewLookout begins to watch. Close it after use; it sees nothing any more when ctx ends.
func NewLookout(ctx context.Context, client *objects.Client, namespace string) *Lookout {
	watching, stop := context.WithCancel(ctx)
	return &Lookout{client: client, seen: follow(watching, client, usual(namespace), whatever), stop: stop}
}

// Close ends all that the lookout has started.
func (l *Lookout) Close() {
	l.stop()
	l.seen.wait()
}

// Settled does what [SettledWith] does. What the caller has changed before may not have been seen yet: Request.Written says
// what must have been.
func (l *Lookout) Settled(ctx context.Context, r Request) (version string, err error) {
	q, err := r.question(l.client, needed)
	if err != nil {
		return "", fmt.Errorf("waiting for %s: %w", r.subject(), err)
	}
	l.seen.add(q.scopes)
	return q.attend(ctx, l.seen)
}

// stale tells whether an object is still seen as it was before the caller wrote it.
func (q question) stale(live []*unstructured.Unstructured) bool {
	if len(q.written) == 0 {
		return false
	}
	for _, u := range live {
		if version, known := q.written[objects.RefOf(u)]; known && objects.Older(u.GetResourceVersion(), version) {
			return true
		}
	}
	return false
}

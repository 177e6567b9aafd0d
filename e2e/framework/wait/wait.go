// Package wait blocks until what a release owns is really there, or really gone, and says what is missing when it is not.
//
// It watches, it does not poll: a change is noticed when the API server tells it. The verdict itself is [Assess], a pure
// function of the observed objects.
package wait

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
)

// DefaultTimeout is how long a wait takes at most when its caller does not say.
const DefaultTimeout = 2 * time.Minute

// LoadBalancerRule says what a Service of type LoadBalancer needs to be ready.
type LoadBalancerRule int

const (
	// AddressOptional takes a pending address for an answer: on a cluster without a load balancer it stays pending for ever.
	AddressOptional LoadBalancerRule = iota
	// AddressRequired waits until the load balancer has an address.
	AddressRequired
)

// Request is what to wait for.
type Request struct {
	// Namespace is where objects without a namespace of their own live. Empty if all are of kinds that have none.
	Namespace string
	// Objects are those of the manifest. Each must exist, be ready and not be on its way out.
	Objects []*unstructured.Unstructured
	// Gone are objects that must not exist any more, nor anything they owned. Where one has a UID, another object of its name,
	// which somebody has made since, is not the one.
	Gone []*unstructured.Unstructured
	// Undeleted is how long such an object may go on without anybody having deleted it, before it is given up: whoever begins
	// to wait when all has been deleted need not wait for what was not. If unset, somebody may still come to do it.
	Undeleted time.Duration
	// Timeout ends the wait. If unset, DefaultTimeout.
	Timeout time.Duration
	// Steady is how long all must stay as it should be. If unset, the first moment counts, and that is too early to see
	// a crash: a container without a readiness probe is ready while it starts.
	Steady time.Duration
	// LoadBalancer is the rule for Services of that type and for Ingresses. If unset, AddressOptional.
	LoadBalancer LoadBalancerRule
	// Progress is told each time the list of what is missing changes, or the notes do; at last, when nothing is missing.
	// If unset, nobody is.
	Progress func(Status)
	// Written are the resource versions that objects are known to have had, for a [Lookout]: it does not take an older state
	// of them for an answer.
	Written map[objects.Ref]string
}

// Status is how far a wait has come.
type Status struct {
	// Waited is the time since the start.
	Waited time.Duration
	// Total counts the objects asked for.
	Total int
	// Unready are those still missing, with the reasons, and whatever is still going away.
	Unready []Unready
	// Notes are what is not waited for.
	Notes []Note
}

// Chief is, of what is still missing, the first that does not only follow others: pods that are not ready rather than the
// budget that counts them. It must not be asked for where nothing is missing.
func (s Status) Chief() Unready {
	for _, u := range s.Unready {
		if !follows(u) {
			return u
		}
	}
	return s.Unready[0]
}

// Ready blocks until every object is ready and nothing of an earlier revision is still going away.
// It returns a [*TimeoutError], a [*FailedError] as soon as waiting longer cannot help, or a [*CancelledError]. How long
// something may look hopeless before it counts as such, [CrashLimit] and the constants below it say. An API server that does
// not answer, answers with errors, ends its watches or holds them back is ridden out as long as there is time.
func Ready(ctx context.Context, cfg *rest.Config, r Request) error {
	client, left, err := connect(ctx, cfg, r.subject(), r.Timeout)
	if err != nil {
		return err
	}
	defer client.Close()
	r.Timeout = left
	return ReadyWith(ctx, client, r)
}

// Gone blocks until none of the objects exists, nor anything they owned.
func Gone(ctx context.Context, cfg *rest.Config, namespace string, gone []*unstructured.Unstructured, timeout time.Duration) error {
	return Ready(ctx, cfg, Request{Namespace: namespace, Gone: gone, Timeout: timeout})
}

// ReadyWith is Ready over a connection that is there already, for whoever waits often. The client must know the kinds
// of all objects: one made before a custom resource was defined does not.
func ReadyWith(ctx context.Context, client *objects.Client, r Request) error {
	_, err := SettledWith(ctx, client, r)
	return err
}

// SettledWith is ReadyWith that tells at which resource version of the cluster everything was as it should be. It is empty
// if the wait has not come to that, or if objects of kinds are among them that may be kept in another store.
func SettledWith(ctx context.Context, client *objects.Client, r Request) (version string, err error) {
	q, err := r.question(client, everything)
	if err != nil {
		return "", fmt.Errorf("waiting for %s: %w", r.subject(), err)
	}
	return answer(ctx, client, q)
}

func (r Request) question(client *objects.Client, also beside) (question, error) {
	s, err := survey(client, r, also)
	if err != nil {
		return question{}, err
	}
	known := &readings{}
	return question{
		written:   r.Written,
		mortal:    mortal(s.wanted),
		subject:   r.subject(),
		namespace: r.Namespace,
		total:     len(r.Objects) + len(r.Gone),
		scopes:    s.scopes,
		timeout:   r.Timeout,
		steady:    r.Steady,
		progress:  r.Progress,
		assess: func(now sight) ([]Unready, []Note) {
			state := State{
				Wanted: s.wanted, Gone: s.gone, Known: s.known, Live: now.live, Unseen: now.unseen(), LoadBalancer: r.LoadBalancer,
				Undeleted: r.Undeleted,
			}
			x := newIndex(state, known.next())
			return x.assess(), x.notes()
		},
	}, nil
}

func (r Request) subject() string {
	switch {
	case len(r.Gone) == 0:
		return fmt.Sprintf("%s in %q to be ready", count(len(r.Objects), "object"), r.Namespace)
	case len(r.Objects) == 0:
		return fmt.Sprintf("%s in %q to be gone", count(len(r.Gone), "object"), r.Namespace)
	default:
		return fmt.Sprintf("%s in %q to be ready and %d to be gone", count(len(r.Objects), "object"), r.Namespace, len(r.Gone))
	}
}

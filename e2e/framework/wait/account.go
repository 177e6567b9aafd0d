package wait

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
)

// DefaultServiceAccount blocks until a new namespace has the account without which no pod is admitted to it.
func DefaultServiceAccount(ctx context.Context, cfg *rest.Config, namespace string, timeout time.Duration) error {
	subject := fmt.Sprintf("the default service account of %q", namespace)
	client, left, err := connect(ctx, cfg, subject, timeout)
	if err != nil {
		return err
	}
	defer client.Close()
	return defaultServiceAccount(ctx, client, subject, question{namespace: namespace, timeout: left})
}

func defaultServiceAccount(ctx context.Context, client *objects.Client, subject string, q question) error {
	account := objects.Ref{Kind: "ServiceAccount", Namespace: q.namespace, Name: "default"}
	q.subject, q.total = subject, 1
	q.scopes = []scope{{
		resource:  schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"},
		namespace: q.namespace,
		fields:    "metadata.name=default",
	}}
	q.assess = func(now sight) ([]Unready, []Note) {
		f := newIndex(State{Live: now.live}, new(readings).next()).judge(account)
		if f.reason == "" {
			return nil, nil
		}
		return []Unready{{Object: account, Reason: f.reason}}, nil
	}
	_, err := answer(ctx, client, q)
	return err
}

package wait

import (
	"context"
	"errors"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/objects"
)

// migration is the Job of a hook, in the state of a condition if one is named.
func migration(uid types.UID, state batchv1.JobConditionType) *batchv1.Job {
	j := &batchv1.Job{ObjectMeta: named("migrate", nil)}
	j.UID = uid
	if state != "" {
		j.Status.Conditions = []batchv1.JobCondition{{Type: state, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded"}}
	}
	return j
}

func hookRequest() Request {
	return Request{Namespace: "demo", Objects: []*unstructured.Unstructured{untyped(migration("", ""))}, Timeout: patience}
}

func TestDuring(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")

	t.Run("ends an operation whose hook has failed", func(t *testing.T) {
		t.Parallel()
		api := newFakeAPI()
		err := during(t.Context(), api.client(), hookRequest(), func(ctx context.Context) error {
			api.create(t, migration("new", batchv1.JobFailed)) //nolint:contextcheck // The fake has the context of the test.
			<-ctx.Done()
			return context.Cause(ctx)
		})
		var failed *FailedError
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), "Job/migrate: failed: BackoffLimitExceeded") {
			t.Errorf("ended with %v", err)
		}
	})

	t.Run("does not hold a failure of before against it", func(t *testing.T) {
		t.Parallel()
		old := migration("old", batchv1.JobFailed)
		api := newFakeAPI(old)
		err := during(t.Context(), api.client(), hookRequest(), func(ctx context.Context) error {
			api.remove(t, old)                                   //nolint:contextcheck // The fake has the context of the test.
			api.create(t, migration("new", batchv1.JobComplete)) //nolint:contextcheck // The same.
			return ctx.Err()
		})
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	})

	t.Run("gives the operation's own error", func(t *testing.T) {
		t.Parallel()
		err := during(t.Context(), newFakeAPI().client(), hookRequest(), func(context.Context) error { return refused })
		if err != refused { //nolint:errorlint // It is the very error.
			t.Errorf("ended with %v", err)
		}
	})

	t.Run("ends an operation that takes too long", func(t *testing.T) {
		t.Parallel()
		r := hookRequest()
		r.Timeout = 1
		err := during(t.Context(), newFakeAPI().client(), r, func(ctx context.Context) error {
			<-ctx.Done()
			return refused
		})
		if _, ok := errors.AsType[*TimeoutError](err); !ok {
			t.Errorf("ended with %v", err)
		}
	})

	t.Run("runs an operation without hooks as it is", func(t *testing.T) {
		t.Parallel()
		r := Request{Namespace: "demo", Objects: []*unstructured.Unstructured{untyped(&corev1.ConfigMap{ObjectMeta: named("c", nil)})}}
		if err := During(t.Context(), nil, r, func(context.Context) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	pod := func(phase corev1.PodPhase) *corev1.Pod {
		p := readyPod("check", nil, nil)
		p.Status.Phase = phase
		return p
	}
	tests := []struct {
		name string
		pod  *corev1.Pod
		want string
	}{
		{"not made", nil, "Pod/check: not made yet"},
		{"at work", pod(corev1.PodRunning), "Pod/check: still running"},
		{"done", pod(corev1.PodSucceeded), ""},
		{"failed", pod(corev1.PodFailed), "FAILED Pod/check: failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := &hooks{wanted: []*unstructured.Unstructured{untyped(pod(""))}, begun: make(chan struct{}), made: map[objects.Ref]bool{}}
			h.assess(sight{})
			var live []*unstructured.Unstructured
			if test.pod != nil {
				live = append(live, untyped(test.pod))
			}
			missing, _ := h.assess(sight{live: live})
			if got := strings.Join(lines(missing), "; "); got != test.want {
				t.Errorf("verdict %q, want %q", got, test.want)
			}
		})
	}
}

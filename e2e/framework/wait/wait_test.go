package wait

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/objects"
)

// watches is how many a wait in one namespace opens.
func watches() int { return len(everything(schema.GroupKind{}, "demo")) }

func TestReadyReturnsAtOnceIfAllIsReady(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := newWorld()
	api := newFakeAPI(w.objects()...)
	gomega.NewWithT(t).Expect(ReadyWith(t.Context(), api.client(), w.request())).To(gomega.Succeed())
}

func TestReadyReactsToAChange(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	api := newFakeAPI(w.objects()...)
	told := newJournal()
	r := w.request()
	r.Progress = told.add

	changed := make(chan time.Time, 1)
	go func() {
		api.watched(t, watches())
		told.begun(t)
		w.deployment.Status.AvailableReplicas = 2
		changed <- time.Now()
		api.update(t, w.deployment)
	}()
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())

	g.Expect(time.Since(<-changed)).To(gomega.BeNumerically("<", patience/4))
	g.Expect(told.all()).To(gomega.Equal([]string{
		"[Deployment/web: 1 of 2 replicas available]",
		"[]",
	}))
}

func TestReadyWaitsUntilTheOldPodIsGone(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	old := readyPod("web-31-z", nil, w.replicaSet)
	old.DeletionTimestamp = new(noon())
	w.live = append(w.live, old)
	api := newFakeAPI(w.objects()...)
	told := newJournal()
	r := w.request()
	r.Progress = told.add

	go func() {
		api.watched(t, watches())
		told.begun(t)
		api.remove(t, old)
	}()
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())
	g.Expect(told.all()).To(gomega.Equal([]string{"[Pod/web-31-z: being deleted]", "[]"}))
}

func TestReadySurvivesACutWatch(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	api := newFakeAPI(w.objects()...)

	go func() {
		api.watched(t, watches())
		api.cut()
		api.watched(t, watches())
		w.deployment.Status.AvailableReplicas = 2
		api.update(t, w.deployment)
	}()
	g.Expect(ReadyWith(t.Context(), api.client(), w.request())).To(gomega.Succeed())
}

// A container that crashes right after its start is ready for a moment, again and again.
func TestReadyCanDemandThatItLasts(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	api := newFakeAPI(w.objects()...)
	told := newJournal()
	r := w.request()
	r.Steady = 300 * time.Millisecond
	r.Progress = told.add

	go func() {
		api.watched(t, watches())
		told.begun(t)
		for _, available := range []int32{1, 2} {
			w.deployment.Status.AvailableReplicas = available
			api.update(t, w.deployment)
		}
	}()
	start := time.Now()
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())
	g.Expect(time.Since(start)).To(gomega.BeNumerically(">=", r.Steady))
}

func TestReadyThatNeverLastsTellsItsLastTrouble(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		w := newWorld()
		w.deployment.Status.AvailableReplicas = 1
		api := newFakeAPI(w.objects()...)
		told := newJournal()
		r := w.request()
		r.Progress = told.add
		r.Steady, r.Timeout = patience, 500*time.Millisecond

		go func() {
			api.watched(t, watches())
			told.begun(t)
			w.deployment.Status.AvailableReplicas = 2
			api.update(t, w.deployment)
		}()
		g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.MatchError(gomega.HaveSuffix(
			"1 outstanding\n  Deployment/web: 1 of 2 replicas available")))
	})
}

// What happened while a watch was cut and its version expired is only found by a new list.
func TestReadyListsAgainWhenItsVersionExpired(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	api := newFakeAPI(w.objects()...)
	expired := make(chan struct{}, 1)
	api.PrependWatchReactor("deployments", newExpiry(expired))

	go func() {
		api.watched(t, watches())
		w.deployment.Status.AvailableReplicas = 2
		// The fake tells nobody of a change in the tracker while there is no watch.
		expired <- struct{}{}
		api.cut()
		api.update(t, w.deployment)
	}()
	g.Expect(ReadyWith(t.Context(), api.client(), w.request())).To(gomega.Succeed())
}

func TestReadyRetriesAListThatFails(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	api := newFakeAPI(w.objects()...)
	failures := 2
	api.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		failures--
		return failures >= 0, nil, apierrors.NewInternalError(errors.New("etcd is away"))
	})
	g.Expect(ReadyWith(t.Context(), api.client(), w.request())).To(gomega.Succeed())
}

func TestReadyGivesUpWhenTheTimeIsOver(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		w := newWorld()
		w.deployment.Status.AvailableReplicas = 1
		api := newFakeAPI(w.objects()...)
		r := w.request()
		r.Timeout = 300 * time.Millisecond

		err := ReadyWith(t.Context(), api.client(), r)
		var timeout *TimeoutError
		g.Expect(errors.As(err, &timeout)).To(gomega.BeTrueBecause("the error is %T", err))
		g.Expect(timeout.Waited).To(gomega.BeNumerically(">=", r.Timeout))
		g.Expect(lines(timeout.Unready)).To(gomega.Equal([]string{"Deployment/web: 1 of 2 replicas available"}))
	})
}

func TestReadySaysWhatItCannotObserve(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		w := newWorld()
		api := newFakeAPI(w.objects()...)
		api.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewForbidden(corev1.Resource("pods"), "", errors.New("no role"))
		})
		r := w.request()
		r.Timeout = 100 * time.Millisecond
		g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.MatchError(gomega.MatchRegexp(
			`^waiting for 2 objects in "demo" to be ready: timed out after \d+ms, nothing observed
  cannot observe pods: listing: pods is forbidden: no role$`)))
	})
}

func TestReadyEndsAtOnceWhenItsCauseIsLost(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	unready(w.pods[0], waiting("InvalidImageName", ""))
	api := newFakeAPI(w.objects()...)

	err := ReadyWith(t.Context(), api.client(), w.request())
	var failed *FailedError
	g.Expect(errors.As(err, &failed)).To(gomega.BeTrueBecause("the error is %v", err))
	g.Expect(failed.Waited).To(gomega.BeNumerically("<", patience))
}

func TestReadyReturnsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	api := newFakeAPI(w.objects()...)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("the user pressed Ctrl-C")
	r := w.request()
	r.Progress = func(Status) { cancel(stopped) }

	err := ReadyWith(ctx, api.client(), r)
	g.Expect(err).To(gomega.MatchError(stopped))
	var cancelled *CancelledError
	g.Expect(errors.As(err, &cancelled)).To(gomega.BeTrueBecause("the error is %T", err))
	g.Expect(lines(cancelled.Unready)).To(gomega.Equal([]string{"Deployment/web: 1 of 2 replicas available"}))
}

func TestReadyNamesAKindThatNobodyServes(t *testing.T) {
	g := gomega.NewWithT(t)
	boat := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "example.org/v1", "kind": "Boat"}}
	api := newFakeAPI()
	err := ReadyWith(t.Context(), api.client(), Request{Namespace: "demo", Objects: []*unstructured.Unstructured{boat}})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`finding the resource of "Boat.example.org"`)))

	// Nothing of such a kind is left, either.
	r := Request{Namespace: "demo", Gone: []*unstructured.Unstructured{boat}}
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())
}

func TestGoneWaitsForAllThatWasOwned(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	w := newWorld()
	api := newFakeAPI(w.objects()...)
	told := newJournal()
	r := Request{Namespace: "demo", Gone: w.state().Wanted, Timeout: patience, Progress: told.add}

	go func() {
		api.watched(t, watches())
		told.begun(t)
		for _, o := range []runtime.Object{w.service, w.deployment, w.slice, w.replicaSet, w.pods[0], w.pods[1]} {
			api.remove(t, o)
		}
	}()
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())
	g.Expect(told.all()[0]).To(gomega.Equal("[Deployment/web: still exists Service/web: still exists]"))
}

// When a namespace is to be gone, what goes away in others is nobody's business.
func TestGoneOfANamespaceLooksAtNothingElse(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	orphan := readyPod("web-57-x", nil, newWorld().replicaSet)
	api := newFakeAPI(orphan, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "side"}})
	side := untyped(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "side"}})
	told := newJournal()

	go func() {
		api.watched(t, 1)
		told.begun(t)
		api.remove(t, side)
	}()
	r := Request{Gone: []*unstructured.Unstructured{side}, Timeout: patience, Progress: told.add}
	g.Expect(ReadyWith(t.Context(), api.client(), r)).To(gomega.Succeed())
	g.Expect(told.all()).To(gomega.Equal([]string{"[Namespace/side: still exists]", "[]"}))
}

func TestDefaultServiceAccount(t *testing.T) {
	defer goleak.VerifyNone(t)
	g := gomega.NewWithT(t)
	api := newFakeAPI()
	go func() {
		api.watched(t, 1)
		api.create(t, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "default"}})
	}()
	q := question{namespace: "demo", timeout: patience}
	g.Expect(defaultServiceAccount(t.Context(), api.client(), "the account", q)).To(gomega.Succeed())
}

func TestReportText(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	report := Report{
		Subject: `6 objects in "demo" to be ready`, Namespace: "demo", Waited: 2 * time.Minute,
		Unready: []Unready{
			{
				Object: objects.Ref{Kind: "Deployment", Namespace: "demo", Name: "web"}, Reason: "1 of 3 replicas available",
				Causes: []Cause{{Object: objects.Ref{Kind: "Pod", Namespace: "demo", Name: "web-1"}, Others: 1, Reason: "unschedulable"}},
			},
			{Object: objects.Ref{Kind: "Job", Namespace: "side", Name: "migrate"}, Reason: "failed", Terminal: true},
		},
		Watching: []string{"events: forbidden"},
	}
	g.Expect((&TimeoutError{Report: report}).Error()).To(gomega.Equal(
		`waiting for 6 objects in "demo" to be ready: timed out after 2m0s, 2 outstanding
  Job/side/migrate: failed
  Deployment/web: 1 of 3 replicas available; Pod/web-1 (and 1 more): unschedulable
  cannot observe events: forbidden`))
	g.Expect((&FailedError{Report: report}).Error()).To(gomega.HavePrefix(
		`waiting for 6 objects in "demo" to be ready: gave up after 2m0s, 1 of 2 outstanding cannot get there any more` + "\n  Job/side/migrate"))
	g.Expect((&CancelledError{Report: report, Cause: context.Canceled}).Error()).To(gomega.HavePrefix(
		`waiting for 6 objects in "demo" to be ready: stopped after 2m0s (context canceled), 2 outstanding` + "\n"))
}

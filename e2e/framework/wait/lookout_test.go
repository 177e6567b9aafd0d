package wait

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/objects"
)

func TestALookoutAsksForNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld()
	api := newFakeAPI(w.objects()...)
	lookout := NewLookout(t.Context(), api.client(), "demo")
	defer lookout.Close()
	for range 2 {
		if _, err := lookout.Settled(t.Context(), w.request()); err != nil {
			t.Fatalf("ended with %v", err)
		}
	}
	asked := map[string]int{}
	for _, action := range api.Actions() {
		if list, isList := action.(clienttesting.ListActionImpl); isList {
			asked[action.GetResource().String()]++
			// The fake forgets the options for what is in no namespace.
			if version := list.ListOptions.ResourceVersion; list.GetNamespace() != "" && version != whatever {
				t.Errorf("asked for %s as of version %q, and what was written is waited for anyway", action.GetResource(), version)
			}
		}
	}
	if len(asked) == 0 {
		t.Error("asked for nothing")
	}
	for resource, times := range asked {
		if times != 1 {
			t.Errorf("asked %d times for %s", times, resource)
		}
	}
}

func TestALookoutSeesWhatChangesBetweenWaits(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.deployment.ResourceVersion = "7"
	api := newFakeAPI(w.objects()...)
	lookout := NewLookout(t.Context(), api.client(), "demo")
	defer lookout.Close()
	if _, err := lookout.Settled(t.Context(), w.request()); err != nil {
		t.Fatalf("ended with %v", err)
	}
	api.watched(t, len(usual("demo")))
	w.deployment.Generation, w.deployment.ResourceVersion = 2, "10"
	api.update(t, w.deployment)
	r := w.request()
	r.Written = map[objects.Ref]string{{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: "web"}: "10"}
	r.Timeout = 100 * time.Millisecond
	var late *TimeoutError
	if _, err := lookout.Settled(t.Context(), r); !errors.As(err, &late) {
		t.Errorf("ended with %v, although nobody has rolled the change out", err)
	}
}

func TestALookoutTakesNoStateForAnAnswerThatIsOlderThanWhatWasWritten(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.deployment.ResourceVersion = "7"
	api := newFakeAPI(w.objects()...)
	lookout := NewLookout(t.Context(), api.client(), "demo")
	defer lookout.Close()
	api.watched(t, len(usual("demo")))

	r := w.request()
	r.Written = map[objects.Ref]string{{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: "web"}: "10"}
	r.Timeout = 100 * time.Millisecond
	var late *TimeoutError
	if _, err := lookout.Settled(t.Context(), r); !errors.As(err, &late) {
		t.Errorf("ended with %v, although version 10 was not seen", err)
	}
	r.Timeout = patience
	w.deployment.ResourceVersion = "10"
	api.update(t, w.deployment)
	if _, err := lookout.Settled(t.Context(), r); err != nil {
		t.Errorf("ended with %v, although version 10 was seen", err)
	}
}

// What is not watched may well be there: its pods are left over from nothing.
func TestALookoutWatchesWhatItsReleaseCanHave(t *testing.T) {
	t.Parallel()
	w := newWorld()
	other := &appsv1.StatefulSet{ObjectMeta: named("other", nil)}
	api := newFakeAPI(append(w.objects(), other, readyPod("other-0", nil, other))...)
	lookout := NewLookout(t.Context(), api.client(), "demo")
	defer lookout.Close()
	if _, err := lookout.Settled(t.Context(), w.request()); err != nil {
		t.Fatalf("ended with %v", err)
	}
	if listed := lists(api, "statefulsets") + lists(api, "cronjobs"); listed != 0 {
		t.Errorf("%d lists of what the release does not have", listed)
	}

	r := w.request()
	r.Gone = []*unstructured.Unstructured{untyped(&appsv1.StatefulSet{ObjectMeta: named("data", nil)})}
	data := &appsv1.StatefulSet{ObjectMeta: named("data", nil)}
	orphan := readyPod("data-0", nil, data)
	api.create(t, orphan)
	told := newJournal()
	r.Progress = told.add
	go func() {
		told.begun(t)
		api.remove(t, orphan)
	}()
	if _, err := lookout.Settled(t.Context(), r); err != nil {
		t.Fatalf("ended with %v", err)
	}
	want := []string{"[Pod/data-0: left over from StatefulSet/data, which is gone]", "[]"}
	if diff := cmp.Diff(want, told.all()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if listed := lists(api, "statefulsets"); listed != 1 {
		t.Errorf("%d lists of StatefulSets", listed)
	}
}

func lists(api *fakeAPI, resource string) (n int) {
	for _, action := range api.Actions() {
		if _, isList := action.(clienttesting.ListAction); isList && action.GetResource().Resource == resource {
			n++
		}
	}
	return n
}

package wait

import (
	"errors"
	"testing"
	"time"

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
		if _, isList := action.(clienttesting.ListAction); isList {
			asked[action.GetResource().String()]++
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
	api.watched(t, len(background("demo")))
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
	api.watched(t, len(background("demo")))

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

package wait

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

func TestAJobWhoseTimeIsOverIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	limited := untyped(&batchv1.Job{ObjectMeta: named("migrate", nil), Spec: batchv1.JobSpec{TTLSecondsAfterFinished: new(int32(0))}})
	lasting := untyped(&batchv1.Job{ObjectMeta: named("migrate", nil)})
	ref := objects.RefOf(limited)
	written := map[objects.Ref]string{ref: "10"}
	const missing = "Job/migrate: does not exist"
	for _, test := range []struct {
		name    string
		job     *unstructured.Unstructured
		written map[objects.Ref]string
		jobs    map[string]string
		want    []string
	}{
		{"gone after it was there", limited, written, map[string]string{ref.Namespace: "11"}, nil},
		{"seen in all namespaces", limited, written, map[string]string{"": "11"}, nil},
		{"not seen yet", limited, written, map[string]string{ref.Namespace: "9"}, []string{missing}},
		{"never made", limited, nil, map[string]string{ref.Namespace: "11"}, []string{missing}},
		{"one that stays", lasting, written, map[string]string{ref.Namespace: "11"}, []string{missing}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wanted := []*unstructured.Unstructured{test.job}
			q := question{written: test.written, mortal: mortal(wanted)}
			var got []string
			for _, u := range q.waiting(Assess(State{Wanted: wanted}), sight{jobs: test.jobs}) {
				got = append(got, u.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

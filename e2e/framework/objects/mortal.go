package objects

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TimeToLive tells whether the cluster takes an object away by itself, and how long after its end: a Job can ask for that
// (https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/). Manifest is what the object has, or asks for.
func TimeToLive(r Ref, manifest map[string]any) (after time.Duration, limited bool) {
	if r.GroupKind() != (schema.GroupKind{Group: "batch", Kind: "Job"}) {
		return 0, false
	}
	value, limited, err := unstructured.NestedFieldNoCopy(manifest, "spec", "ttlSecondsAfterFinished")
	if err != nil || !limited {
		return 0, false
	}
	switch seconds := value.(type) {
	case int64:
		after = time.Duration(seconds) * time.Second
	case float64: // As JSON has it that was not read for Kubernetes.
		after = time.Duration(seconds * float64(time.Second))
	}
	return after, true
}

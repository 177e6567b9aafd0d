package wait

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"seatrial/e2e/framework/objects"
)

// readings are objects as they were read into their Go types. They last from one look to the next, since of all that is
// watched little changes in between; what changes comes as another object, never as the same one with other content.
type readings struct {
	before, now map[*unstructured.Unstructured]any
}

// next begins a look: what this one does not ask for again is forgotten with the one after it.
func (r *readings) next() *readings {
	r.before, r.now = r.now, make(map[*unstructured.Unstructured]any, len(r.now))
	return r
}

// as reads an object into its Go type, once for all who ask. The answer belongs to all of them: it must not be changed.
func as[T any](x *index, u *unstructured.Unstructured) (T, error) {
	for _, all := range []map[*unstructured.Unstructured]any{x.readings.now, x.readings.before} {
		if known, ok := all[u].(T); ok {
			x.readings.now[u] = known
			return known, nil
		}
	}
	var typed T
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &typed); err != nil {
		return typed, fmt.Errorf("reading %q as %T: %w", objects.RefOf(u), typed, err)
	}
	x.readings.now[u] = typed
	return typed, nil
}

package wait

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

func jobs() schema.GroupResource { return schema.GroupResource{Group: "batch", Resource: "jobs"} }

// mortal are the Jobs with a time to live after their end, which is when the cluster takes them away.
func mortal(wanted []*unstructured.Unstructured) map[objects.Ref]bool {
	all := map[objects.Ref]bool{}
	for _, u := range wanted {
		ref := objects.RefOf(u)
		if _, limited := objects.TimeToLive(ref, u.Object); limited {
			all[ref] = true
		}
	}
	return all
}

// waiting leaves out of what is missing the Jobs that were there and are gone because their time was over. That Jobs have
// been seen up to a later version than the one written tells such a Job from one that was not seen yet.
func (q question) waiting(missing []Unready, now sight) []Unready {
	return slices.DeleteFunc(missing, func(u Unready) bool {
		version, written := q.written[u.Object]
		seen, own := now.jobs[u.Object.Namespace]
		if !own {
			seen = now.jobs[""]
		}
		return u.unmade && written && q.mortal[u.Object] && objects.Older(version, seen)
	})
}

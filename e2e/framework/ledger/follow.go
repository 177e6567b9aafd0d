package ledger

import (
	"slices"
	"strings"

	"seatrial/e2e/framework/objects"
)

// follow finds the verdicts that say again what another one says: a controller carried a difference of its object on to what
// it made. They do not break the proof; the other one does.
func follow(found []pair, verdicts []Verdict) {
	byRef := map[objects.Ref]*Verdict{}
	for i := range verdicts {
		byRef[verdicts[i].Object] = &verdicts[i]
	}
	// What stands behind a Service comes last: it follows from pods.
	for _, endpoints := range []bool{false, true} {
		for i := range verdicts {
			v := &verdicts[i]
			if o := found[i].last(); v.Breaks && o.Root != nil && isEndpoints(o) == endpoints {
				v.Follows = cause(o, *v, byRef)
				v.Breaks = v.Follows == nil
			}
		}
	}
}

func isEndpoints(o Object) bool { return o.Kind == "EndpointSlice" || o.Kind == "Endpoints" }

// cause is the object that explains a verdict on one that it has made, or nil.
func cause(o Object, v Verdict, byRef map[objects.Ref]*Verdict) *objects.Ref {
	root := byRef[*o.Root]
	if root == nil {
		return nil
	}
	if isEndpoints(o) {
		return causeOfEndpoints(o, *root, byRef)
	}
	switch v.Outcome {
	case Gone, Leftover:
		if root.Outcome == v.Outcome || changes(*root, "spec.replicas") || rollsOut(*root) {
			return o.Root
		}
	case Drifted:
		for _, d := range v.Differences {
			if d.Kind == Changed && !changes(*root, inTemplate(d.Field)...) {
				return nil
			}
		}
		return o.Root
	case Restored, Remade, Rechosen:
	}
	return nil
}

// rollsOut tells whether an object has another pod template: while a controller is at it, there are pods of both.
func rollsOut(v Verdict) bool {
	return slices.ContainsFunc(v.Differences, func(d Difference) bool {
		return d.Kind == Changed && (strings.HasPrefix(d.Field, "spec.template.") || strings.HasPrefix(d.Field, "spec.jobTemplate."))
	})
}

// inTemplate are the fields of an object from which a controller could have taken a field of what it made.
func inTemplate(field string) []string {
	return []string{field, "spec.template." + field, "spec.jobTemplate." + field, "spec.jobTemplate.spec.template." + field}
}

// changes tells whether an object has another value in one of the fields.
func changes(v Verdict, fields ...string) bool {
	return slices.ContainsFunc(v.Differences, func(d Difference) bool {
		return (d.Kind == Changed || d.Kind == Reallocated) && slices.ContainsFunc(fields, func(f string) bool {
			return f == d.Field || strings.HasPrefix(f, d.Field+".") || strings.HasPrefix(f, d.Field+"[")
		})
	})
}

// causeOfEndpoints is the Service, or a workload in the same namespace whose pods may stand behind it.
func causeOfEndpoints(o Object, service Verdict, byRef map[objects.Ref]*Verdict) *objects.Ref {
	if service.Breaks {
		return o.Root
	}
	var all []objects.Ref
	for ref, v := range byRef {
		if v.Breaks && !v.Owned && ref.Namespace == o.Namespace && makesPods(ref.Kind) {
			all = append(all, ref)
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := slices.MinFunc(all, objects.Compare)
	return &first
}

func makesPods(kind string) bool {
	return slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Pod"}, kind)
}

package regression

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// taken are the fields that the manifest of a revision sets and that are not what it says, once the revision has settled.
func taken(now *state) []Finding {
	var found []Finding
	for _, d := range ledger.Drift(now.ledger) {
		f := Finding{Object: d.Object, Field: d.Field, Expected: ledger.Text(d.Then) + ", as the manifest says", Found: owned(d)}
		o := entry(now.ledger, d.Object)
		switch {
		case d.Kind == ledger.Missing && now.lets(d.Object):
			continue
		case d.Kind == ledger.Missing:
			f.Word, f.Expected, f.Found = Missing, "the object, as the manifest says", "nothing"
		case o == nil || d.Then == nil:
			continue // What is there beside the manifest is judged by what has changed.
		case d.Now == nil && strings.HasSuffix(d.Field, "]"):
			f.Word = ListElementLost
		case helms(*o, d.Manager):
			continue // The API server writes some values in its own way.
		default:
			f.Word = FieldTakenOver
		}
		found = append(found, f)
	}
	return append(found, contested(now)...)
}

// lets tells whether the manifest of a revision lets an object go by itself.
func (s *state) lets(ref objects.Ref) bool {
	return slices.ContainsFunc(s.objects, func(u *unstructured.Unstructured) bool {
		return u.GetName() == ref.Name && u.GetKind() == ref.Kind && passing(ref, u.Object)
	})
}

// helms tells whether a value is Helm's, or nobody's.
func helms(o ledger.Object, managers string) bool {
	for name := range strings.SplitSeq(managers, ", ") {
		i := slices.IndexFunc(o.Managers, func(m ledger.Manager) bool { return m.Name == name })
		if i >= 0 && o.Managers[i].Role != ledger.Helm {
			return false
		}
	}
	return true
}

// contested are the workloads that the manifest scales itself and has an autoscaler for, which may act only later.
func contested(now *state) []Finding {
	var found []Finding
	for _, u := range now.objects {
		if u.GetKind() != "HorizontalPodAutoscaler" {
			continue
		}
		kind, _, kindErr := unstructured.NestedString(u.Object, "spec", "scaleTargetRef", "kind")
		name, _, nameErr := unstructured.NestedString(u.Object, "spec", "scaleTargetRef", "name")
		if kindErr != nil || nameErr != nil {
			continue
		}
		for _, o := range now.ledger.Objects {
			if o.Kind != kind || o.Name != name || !asks(o.Manifest, "/spec/replicas") || o.Manifest == nil {
				continue
			}
			replicas, _, _ := unstructured.NestedFieldNoCopy(o.Manifest, "spec", "replicas")
			found = append(found, Finding{
				Word: FieldTakenOver, Object: o.Ref, Field: "spec.replicas", Expected: ledger.Text(replicas) + ", as the manifest says",
				Found: "whatever HorizontalPodAutoscaler/" + u.GetName() + " sets",
			})
		}
	}
	return found
}

// drift looks whether anything that Helm made has changed since the last step had settled.
func (w *walk) drift(ctx context.Context) error {
	last := w.states[len(w.states)-1]
	now, err := w.capture(ctx, w.states, last, "")
	if err != nil {
		return err
	}
	w.find(drifted(last.ledger, now)...)
	return nil
}

// drifted are the changes of objects that Helm made. What controllers make of them may come and go, and what they set is
// theirs where the chart leaves it to them.
func drifted(then, now ledger.Ledger) []Finding {
	var found []Finding
	for _, v := range ledger.Prove(then, now).Verdicts {
		o := entry(now, v.Object)
		if o == nil {
			o = entry(then, v.Object)
		}
		if o == nil || v.Owned || o.Hook != nil || o.Manifest == nil && v.Outcome != ledger.Leftover {
			continue
		}
		f := Finding{Object: v.Object}
		switch v.Outcome {
		case ledger.Gone:
			f.Word, f.Expected, f.Found = Missing, "the object", "nothing: somebody has deleted it"
			found = append(found, f)
		case ledger.Remade:
			f.Word, f.Expected, f.Found = Recreated, "the same object", "another one of the same name: somebody has deleted it and made it again"
			found = append(found, f)
		case ledger.Drifted:
			found = append(found, edits(o, v)...)
		case ledger.Restored, ledger.Leftover, ledger.Rechosen:
		}
	}
	return found
}

func edits(o *ledger.Object, v ledger.Verdict) []Finding {
	var found []Finding
	for _, d := range v.Differences {
		if d.Kind != ledger.Changed {
			continue
		}
		f := Finding{
			Word: Drifted, Note: automatic(o, d), Object: v.Object, Field: d.Field,
			Expected: ledger.Text(d.Then) + ", as it had settled", Found: owned(d),
		}
		if !f.Note && byCluster(o, d) {
			f.Word = FieldTakenOver
		}
		found = append(found, f)
	}
	return found
}

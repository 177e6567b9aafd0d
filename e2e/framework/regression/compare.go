package regression

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// comparison is the state that a rollback went back to, against what is there now.
type comparison struct {
	then, now state
	// between are the states from the one to the other, without either.
	between []state
}

// findings judges the differences.
func (c comparison) findings() []Finding {
	var found []Finding
	for _, d := range ledger.Compare(c.then.ledger, c.now.ledger) {
		if f, worth := c.judge(d); worth {
			found = append(found, f)
		}
	}
	return found
}

var nodePort = regexp.MustCompile(`^spec\.ports\[[^]]*\]\.nodePort$`)

func (c comparison) judge(d ledger.Difference) (Finding, bool) {
	f := Finding{Object: d.Object, Field: d.Field, Expected: ledger.Text(d.Then), Found: ledger.Text(d.Now)}
	switch d.Kind {
	case ledger.Missing:
		f.Word, f.Expected, f.Found = Missing, "to be there, as in revision "+c.number(), "nothing"
	case ledger.LeftOver:
		f.Word, f.Expected, f.Found = LeftOver, "nothing, as in revision "+c.number(), "the object"
		if o := c.now.ledger.Find(d.Object.Kind, d.Object.Name); o != nil && keptEntry(*o) {
			f = keptLeft(d.Object)
		}
	case ledger.Recreated:
		f.Word, f.Expected, f.Found = Recreated, "the same object", "another one of the same name"
		return f, c.lived(d.Object)
	case ledger.Reallocated:
		f.Word, f.Note = Reallocated, true
		if nodePort.MatchString(d.Field) && c.lived(d.Object) && c.isNodePort(d.Object) {
			f.Word, f.Note = NodePortLost, false
		}
	case ledger.Changed:
		f.Word = Drifted
		if d.Then == nil && strings.HasSuffix(d.Field, "]") {
			f.Word = ListElementLeft
		}
	}
	return f, true
}

func (c comparison) number() string { return fmt.Sprint(c.then.release.Revision) }

// lived tells whether an object is in the manifests of all revisions from then to now: it should have lived on. What a
// controller makes does not count.
func (c comparison) lived(ref objects.Ref) bool {
	all := append([]state{c.then, c.now}, c.between...)
	for _, s := range all {
		if !names(s.objects, ref) {
			return false
		}
	}
	return true
}

// isNodePort tells whether people reach a Service by its node port: behind a load balancer nobody sees it.
func (c comparison) isNodePort(ref objects.Ref) bool {
	o := c.then.ledger.Find(ref.Kind, ref.Name)
	if o == nil {
		return false
	}
	kind, _, err := unstructured.NestedString(o.Fields, "spec", "type")
	return err == nil && kind == "NodePort"
}

// names tells whether a manifest has an object; it may leave out the release's own namespace.
func names(manifest []*unstructured.Unstructured, ref objects.Ref) bool {
	for _, u := range manifest {
		in := u.GetNamespace() == "" || u.GetNamespace() == ref.Namespace
		if u.GroupVersionKind().GroupKind() == ref.GroupKind() && u.GetName() == ref.Name && in {
			return true
		}
	}
	return false
}

func keptEntry(o ledger.Object) bool { return kept(&unstructured.Unstructured{Object: o.Fields}) }

// keptLeft is about an object that is kept although the revision does not have it. What holds data is kept for a reason,
// and so are definitions, whose removal would take all their objects along.
func keptLeft(ref objects.Ref) Finding {
	holdsData := ref.Kind == "PersistentVolumeClaim" || ref.Kind == "PersistentVolume" || ref.Kind == "CustomResourceDefinition" || ref.Kind == "Namespace"
	return Finding{
		Word: KeptObjectLeft, Note: holdsData, Object: ref, Field: "metadata.annotations[" + keepAnnotation + "]",
		Expected: "an object that some revision uses", Found: "one that only the annotation keeps",
	}
}

package regression

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// comparison is the state that a rollback went back to, against what is there now.
type comparison struct {
	then, now *state
	// between are the states from the one to the other, without either.
	between []*state
}

// findings judges the proof that the state is what it was.
func (c comparison) findings() []Finding {
	var between []ledger.Ledger
	for _, s := range c.between {
		between = append(between, s.ledger)
	}
	var found []Finding
	for _, v := range ledger.Prove(c.then.ledger, c.now.ledger, between...).Verdicts {
		// What stands behind a Service comes and goes with its pods; that it is there, the wait has seen.
		if v.Follows == nil && v.Object.Kind != "EndpointSlice" && v.Object.Kind != "Endpoints" {
			found = append(found, c.judge(v)...)
		}
	}
	return found
}

func (c comparison) judge(v ledger.Verdict) []Finding {
	f := Finding{Object: v.Object, Note: !v.Breaks}
	if c.passes(v) {
		return nil
	}
	switch v.Outcome {
	case ledger.Gone:
		f.Word, f.Expected, f.Found = Missing, "the object, as in revision "+c.number(), absent(v)
		return breaking(v, f)
	case ledger.Leftover:
		if o := entry(c.now.ledger, v.Object); o != nil && o.Kept != "" {
			if o.Kind == claimKind && o.Manifest == nil {
				return []Finding{claimKept(v.Object)}
			}
			return []Finding{keptLeft(v.Object)}
		}
		f.Word, f.Expected, f.Found = LeftOver, "nothing, as in revision "+c.number(), "the object"
		return breaking(v, f)
	case ledger.Remade:
		f.Word, f.Expected, f.Found = Recreated, "the same object", "another one of the same name: "+v.Why
		return breaking(v, f)
	case ledger.Drifted, ledger.Rechosen:
		return c.fields(v)
	case ledger.Restored:
	}
	return nil
}

// passes tells whether an object has come or gone with its time, which may have been over before one of the states was looked
// at and not before the other.
func (c comparison) passes(v ledger.Verdict) bool {
	switch v.Outcome {
	case ledger.Gone, ledger.Remade:
		return mortal(entry(c.then.ledger, v.Object))
	case ledger.Leftover: // The revision has it, or it would have no manifest.
		return mortal(entry(c.now.ledger, v.Object))
	case ledger.Drifted, ledger.Rechosen, ledger.Restored:
	}
	return false
}

// breaking is a finding of an object because of which the state is not restored.
func breaking(v ledger.Verdict, f Finding) []Finding {
	if !v.Breaks {
		return nil
	}
	return []Finding{f}
}

func absent(v ledger.Verdict) string {
	if v.Why != "" {
		return "nothing: " + v.Why
	}
	return "nothing"
}

var nodePort = regexp.MustCompile(`^spec\.ports\[[^]]*\]\.nodePort$`)

// fields judges the fields of an object that differ.
func (c comparison) fields(v ledger.Verdict) []Finding {
	o := entry(c.now.ledger, v.Object)
	var found []Finding
	for _, d := range v.Differences {
		f := Finding{Object: v.Object, Field: d.Field, Expected: ledger.Text(d.Then), Found: owned(d)}
		switch {
		case d.Kind == ledger.Reallocated && v.Object.Kind == "Pod" && d.Field == "spec.nodeName":
			continue // New pods go wherever there is room.
		case d.Kind == ledger.Reallocated:
			f.Word, f.Note = Reallocated, true
			if nodePort.MatchString(d.Field) && c.lived(v.Object) && c.isNodePort(v.Object) {
				f.Word, f.Note = NodePortLost, false
			}
		case d.Kind != ledger.Changed:
			continue
		case o != nil && o.Hook != nil:
			if !ofRollbacks(*o.Hook) || strings.HasPrefix(d.Field, "metadata.") {
				continue
			}
			f.Word = HookWrongRevision
		default:
			f.Word, f.Note = changed(o, d), !v.Breaks || automatic(o, d)
		}
		found = append(found, f)
	}
	return found
}

// changed is the word for a field that is not what it was.
func changed(o *ledger.Object, d ledger.Difference) Word {
	element := strings.HasSuffix(d.Field, "]")
	switch {
	case byOthers(o, d):
		return Drifted
	case d.Then == nil && element:
		return ListElementLeft
	case d.Then == nil:
		return FieldLeft
	case d.Now == nil && element:
		return ListElementLost
	}
	return Drifted
}

// owned is what is there now, and whose it is.
func owned(d ledger.Difference) string {
	if d.Manager == "" || d.Now == nil {
		return ledger.Text(d.Now)
	}
	return ledger.Text(d.Now) + ", set by " + d.Manager
}

// automatic tells whether a program of the cluster has set a field that the chart leaves to it, such as an autoscaler the
// number of replicas.
func automatic(o *ledger.Object, d ledger.Difference) bool {
	return o != nil && o.Manifest != nil && !asks(o.Manifest, d.Pointer) && byCluster(o, d)
}

// byCluster tells whether programs of the cluster have set a field, and nobody else.
func byCluster(o *ledger.Object, d ledger.Difference) bool {
	if o == nil || d.Manager == "" {
		return false
	}
	for name := range strings.SplitSeq(d.Manager, ", ") {
		if !ofCluster(*o, name) {
			return false
		}
	}
	return true
}

// byOthers tells whether somebody else than Helm has set a field: it is no revision of the release that has left it.
func byOthers(o *ledger.Object, d ledger.Difference) bool {
	return o != nil && d.Manager != "" && !helms(*o, d.Manager)
}

func ofCluster(o ledger.Object, name string) bool {
	return slices.ContainsFunc(o.Managers, func(m ledger.Manager) bool {
		return m.Name == name && m.Role == ledger.Cluster
	})
}

// asks tells whether a manifest has something at a JSON pointer.
func asks(manifest map[string]any, pointer string) bool {
	var value any = manifest
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch typed := value.(type) {
		case map[string]any:
			next, ok := typed[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
			if !ok {
				return false
			}
			value = next
		default:
			return true // Lists are the chart's as a whole.
		}
	}
	return true
}

func (c comparison) number() string { return fmt.Sprint(c.then.release.Revision) }

// lived tells whether an object is in the manifests of all revisions from then to now: it should have lived on.
func (c comparison) lived(ref objects.Ref) bool {
	for _, s := range append([]*state{c.then, c.now}, c.between...) {
		if o := entry(s.ledger, ref); o == nil || o.Manifest == nil {
			return false
		}
	}
	return true
}

// isNodePort tells whether people reach a Service by its node port: behind a load balancer nobody sees it.
func (c comparison) isNodePort(ref objects.Ref) bool {
	o := entry(c.then.ledger, ref)
	if o == nil {
		return false
	}
	kind, _, err := unstructured.NestedString(o.Fields, "spec", "type")
	return err == nil && kind == "NodePort"
}

// entry is the object of a ledger, or nil.
func entry(l ledger.Ledger, ref objects.Ref) *ledger.Object {
	i := slices.IndexFunc(l.Objects, func(o ledger.Object) bool { return o.Ref == ref })
	if i < 0 {
		return nil
	}
	return &l.Objects[i]
}

// ofRollbacks tells whether a hook runs at a rollback.
func ofRollbacks(h ledger.Hook) bool {
	return slices.Contains(h.Events, "pre-rollback") || slices.Contains(h.Events, "post-rollback")
}

const claimKind = "PersistentVolumeClaim"

// claimKept is about a claim that a StatefulSet has made.
func claimKept(ref objects.Ref) Finding {
	return Finding{
		Word: ClaimKept, Note: true, Object: ref,
		Expected: "no pod that it was made for", Found: "the claim of a StatefulSet, which Kubernetes keeps with its data",
	}
}

// keptLeft is about an object that is kept although the revision does not have it. What holds data is kept for a reason,
// and so are definitions, whose removal would take all their objects along.
func keptLeft(ref objects.Ref) Finding {
	holdsData := []string{claimKind, "PersistentVolume", "Namespace", definitionKind}
	return Finding{
		Word: KeptObjectLeft, Note: slices.Contains(holdsData, ref.Kind), Object: ref, Field: keepField,
		Expected: "an object that the revision uses", Found: "one that only the annotation keeps",
	}
}

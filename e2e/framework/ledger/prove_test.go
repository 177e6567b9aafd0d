package ledger

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/objects"
)

// thing is an entry for proofs, as [kind/name uid].
func thing(ref, uid string, spec map[string]any) Object {
	kind, name, _ := strings.Cut(ref, "/")
	return Object{
		Ref: objects.Ref{Kind: kind, Namespace: "demo", Name: name}, UID: uid,
		Fields: map[string]any{"spec": spec},
	}
}

func under(root objects.Ref, o Object) Object {
	o.Root, o.Stem = &root, root.Name
	return o
}

func outcomes(p Proof) []string {
	var all []string
	for _, v := range p.Verdicts {
		line := v.Object.String() + " " + string(v.Outcome)
		if v.Breaks {
			line = "! " + line
		}
		all = append(all, line)
	}
	return all
}

func TestProveJudgesEachObject(t *testing.T) {
	t.Parallel()
	blue, red := map[string]any{"colour": "blue"}, map[string]any{"colour": "red"}
	hook, kept := thing("Job/hook", "h", blue), thing("ConfigMap/kept", "k", blue)
	hook.Hook, kept.Kept = &Hook{Events: []string{"pre-install"}}, "helm.sh/resource-policy: keep"
	ip := thing("Service/ip", "i", nil)
	ip.Allocated = []Allocation{{Field: "spec.clusterIP", Value: "10.96.0.1"}}
	other := ip
	other.Allocated = []Allocation{{Field: "spec.clusterIP", Value: "10.96.0.2"}}
	tests := []struct {
		name      string
		then, now []Object
		between   []Ledger
		want      string
	}{
		{"nothing", nil, nil, nil, ""},
		{"the same", []Object{thing("A/a", "1", blue)}, []Object{thing("A/a", "1", blue)}, nil, "A/a restored"},
		{"another value", []Object{thing("A/a", "1", blue)}, []Object{thing("A/a", "1", red)}, nil, "! A/a drifted"},
		{"gone", []Object{thing("A/a", "1", blue)}, nil, nil, "! A/a missing"},
		{"new", nil, []Object{thing("A/a", "1", blue)}, nil, "! A/a left over"},
		{"a hook that is gone", []Object{hook}, nil, nil, "Job/hook missing"},
		{"kept and left over", nil, []Object{kept}, nil, "ConfigMap/kept left over"},
		{"kept and gone", []Object{kept}, nil, nil, "! ConfigMap/kept missing"},
		{"another address", []Object{ip}, []Object{other}, nil, "Service/ip reallocated"},
		{"made again, nobody knows why", []Object{thing("A/a", "1", blue)}, []Object{thing("A/a", "2", blue)}, nil, "A/a recreated"},
		{
			"made again, gone in between",
			[]Object{thing("A/a", "1", blue)},
			[]Object{thing("A/a", "2", blue)},
			[]Ledger{ledgerOf()},
			"A/a recreated",
		},
		{
			"made again without need",
			[]Object{thing("A/a", "1", blue)},
			[]Object{thing("A/a", "2", blue)},
			[]Ledger{ledgerOf(thing("A/a", "1", red))},
			"! A/a recreated",
		},
		{
			"made again for an immutable field",
			[]Object{thing("Job/a", "1", map[string]any{"template": "one"})},
			[]Object{thing("Job/a", "3", map[string]any{"template": "one"})},
			[]Ledger{ledgerOf(thing("Job/a", "2", map[string]any{"template": "two"}))},
			"Job/a recreated",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proof := Prove(ledgerOf(test.then...), ledgerOf(test.now...), test.between...)
			got := strings.Join(outcomes(proof), "\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if proof.Restored() == strings.Contains(got, "!") {
				t.Errorf("the proof says restored=%t", proof.Restored())
			}
			if proof.Exact().Restored() != (got == "" || got == "A/a restored") {
				t.Errorf("the exact proof says restored=%t", proof.Exact().Restored())
			}
		})
	}
}

// deployed is a Deployment with a ReplicaSet, pods and their Endpoints.
func deployed(image string, replicas int) []Object {
	pod := map[string]any{"containers": []any{map[string]any{"name": "app", "image": image}}}
	spec := map[string]any{"replicas": int64(replicas), "template": map[string]any{"spec": pod}}
	root := thing("Deployment/web", "d", spec)
	service := thing("Service/web", "s", nil)
	all := []Object{root, service, under(root.Ref, thing("ReplicaSet/web-1", "r", spec))}
	endpoints := under(service.Ref, thing("EndpointSlice/web-x", "e", map[string]any{"number": int64(replicas)}))
	all = append(all, endpoints)
	for _, name := range []string{"a", "b", "c"}[:replicas] {
		all = append(all, under(root.Ref, thing("Pod/web-1-"+name, name, pod)))
	}
	return all
}

func TestProveTellsAnEditOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		now   []Object
		field string
	}{
		{"another image", deployed("web:2", 2), "spec.template.spec.containers[app].image"},
		{"more replicas", deployed("web:1", 3), "spec.replicas"},
		{"fewer replicas", deployed("web:1", 1), "spec.replicas"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			proof := Prove(ledgerOf(deployed("web:1", 2)...), ledgerOf(test.now...))
			g.Expect(proof.Broken()).To(gomega.ConsistOf(gomega.And(
				gomega.HaveField("Object.Kind", "Deployment"),
				gomega.HaveField("Differences", gomega.ConsistOf(gomega.HaveField("Field", test.field))),
			)), proof.String())
			g.Expect(proof.String()).To(gomega.ContainSubstring("which follows from the above"))
		})
	}
}

// A pod that is not as its Deployment says is a finding of its own.
func TestProveDoesNotExcuseWhatNothingExplains(t *testing.T) {
	t.Parallel()
	then, now := deployed("web:1", 2), deployed("web:1", 2)
	now[len(now)-1].Fields = map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "app", "image": "other"}}}}
	want := []string{"! Pod/web-1-b drifted"}
	var got []string
	for _, line := range outcomes(Prove(ledgerOf(then...), ledgerOf(now...))) {
		if strings.HasPrefix(line, "!") {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("broken (-want +got):\n%s", diff)
	}
}

func TestAProofIsATableOf80Columns(t *testing.T) {
	t.Parallel()
	then, now := deployed("web:1", 2), deployed("web:"+strings.Repeat("long", 30), 2)
	now[0].Managers = []Manager{{Name: "kubectl-edit", Role: Other, Owns: []string{"/spec/template/spec/containers/0/image"}}}
	hook := thing("Job/migrate", "h", nil)
	hook.Hook = &Hook{Events: []string{"pre-install", "pre-upgrade"}}
	now = append(now, thing("ConfigMap/stale", "c", nil), hook)
	before, after := ledgerOf(then...), ledgerOf(now...)
	before.Record, after.Record = &Record{Release: "web", Revision: 1}, &Record{Release: "web", Revision: 3}
	after.Torn = []string{"nodes.metrics.k8s.io"}
	want := `web, revision 3 against revision 1: not restored, because of 2 of 8 objects
! ConfigMap/stale  left over
! Deployment/web   drifted
    spec.template.spec.containers[app].image
      then  "web:1"
      now   "web:longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglo…
      owned by kubectl-edit
  Job/migrate      left over
    a hook (pre-install, pre-upgrade), which Helm makes and deletes beside the
    release
  2 restored
  2 Pod drifted, which follows from the above
  1 ReplicaSet drifted, which follows from the above
  not read at the same moment as the rest: nodes.metrics.k8s.io`
	got := Prove(before, after).String()
	for line := range strings.Lines(got) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > columns {
			t.Errorf("more than %d columns: %s", columns, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestImmutableFieldsHaveASource(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	set := objects.Ref{Group: "apps", Kind: "StatefulSet", Name: "db"}
	g.Expect(Immutable(set, "/spec/volumeClaimTemplates/0/spec")).To(gomega.ContainSubstring("forbidden"))
	g.Expect(Immutable(set, "/spec/replicas")).To(gomega.BeEmpty())
	g.Expect(Immutable(set, "/spec/selectors")).To(gomega.BeEmpty())
	g.Expect(Immutable(objects.Ref{Group: "example.org", Kind: "StatefulSet"}, "/spec/selector")).To(gomega.BeEmpty())
	for _, i := range immutables() {
		g.Expect(i.source).NotTo(gomega.BeEmpty())
		g.Expect(i.paths).To(gomega.HaveEach(gomega.HavePrefix("/")))
	}
}

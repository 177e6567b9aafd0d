package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"seatrial/e2e/framework/objects"
)

func TestCaptureHasWhatBelongsWithoutAnOwner(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var content []runtime.Object
	for _, text := range []string{
		`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: demo, uid: s}, spec: {selector: {matchLabels: {app: db}},
			volumeClaimTemplates: [{metadata: {name: data}}]}}`,
		`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, namespace: demo, uid: c0, labels: {app: db}}}`,
		`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-x, namespace: demo, uid: c1, labels: {app: db}}}`,
		`{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-1, namespace: demo, uid: c2, labels: {app: other}}}`,
		`{apiVersion: v1, kind: Service, metadata: {name: db, namespace: demo, uid: v}}`,
		`{apiVersion: v1, kind: Endpoints, metadata: {name: db, namespace: demo, uid: e}}`,
		`{apiVersion: v1, kind: Endpoints, metadata: {name: other, namespace: demo, uid: o}}`,
	} {
		content = append(content, read(t, text))
	}
	client, _ := fakeClient(content...)
	l, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: []*unstructured.Unstructured{
		read(t, "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}}"), read(t, "{apiVersion: v1, kind: Service, metadata: {name: db}}"),
	}})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	want := []string{"Endpoints/db", "PersistentVolumeClaim/data-db-0", "Service/db", "StatefulSet/db"}
	if diff := cmp.Diff(want, names(l)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	g.Expect(l.Find("PersistentVolumeClaim", "data-db-0").Kept).To(gomega.Equal("claims outlive their StatefulSet"))

	gone, err := capture(t.Context(), client, Request{Namespace: "demo", Also: []objects.Ref{
		{Kind: "PersistentVolumeClaim", Namespace: "demo", Name: "data-db-0"}, {Kind: "Boat", Group: "example.org", Name: "b"},
	}})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(names(gone)).To(gomega.ConsistOf("PersistentVolumeClaim/data-db-0"), "the claim that its set has left")
}

func TestCaptureNamesWhatIsAbsent(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, _ := fakeClient(release(t)...)
	hook := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, annotations: {helm.sh/hook: pre-upgrade}}}`)
	over := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: over, annotations: {helm.sh/hook: test}}}`)
	boat := read(t, `{apiVersion: example.org/v1, kind: Boat, metadata: {name: b}}`)
	l, err := capture(t.Context(), client, Request{
		Namespace: "demo", Objects: append(manifest(t), boat), Hooks: []*unstructured.Unstructured{hook, over}, Record: &Record{Release: "web"},
	})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(texts(Drift(l))).To(gomega.ConsistOf("Service/never-made: missing", "Boat/b: missing"), "a hook may be gone")
	g.Expect(l.Find("ConfigMap", "kept").Hook).To(gomega.HaveValue(gomega.HaveField("Events", []string{"pre-upgrade"})))
}

const boatDefinition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.org}
spec:
  group: example.org
  names: {kind: Boat}
  versions:
  - {name: v1beta1, schema: {openAPIV3Schema: {}}}
  - name: v1
    schema:
      openAPIV3Schema:
        properties:
          spec:
            properties:
              crew: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {properties: {
                skills: {x-kubernetes-list-type: set}}}}
              masts: {additionalProperties: {properties: {sails: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a, b]}}}}
              course: {x-kubernetes-list-type: atomic}
`

func TestListsOfCustomResourcesHaveTheKeysOfTheirDefinition(t *testing.T) {
	t.Parallel()
	definition := read(t, boatDefinition)
	want := map[string][]string{"/spec/crew": {"name"}, "/spec/crew/*/skills": {}, "/spec/masts/*/sails": {"a", "b"}}
	if diff := cmp.Diff(want, listKeys(definition, "v1")); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if got := listKeys(definition, "v1beta1"); got != nil {
		t.Errorf("a version without keys has %v", got)
	}
}

func TestCompareReadsListsOfCustomResourcesByTheirKeys(t *testing.T) {
	t.Parallel()
	boat := func(spec string) Ledger {
		o := Normalise(read(t, "{apiVersion: example.org/v1, kind: Boat, metadata: {name: b}, spec: "+spec+"}"), nil)
		o.Keys = listKeys(read(t, boatDefinition), "v1")
		return ledgerOf(o)
	}
	then := boat("{crew: [{name: ann, skills: [cook, row]}, {name: bob}], masts: {fore: {sails: [{a: 1, b: 1, colour: red}, {a: 2, b: 1}]}}}")
	now := boat("{crew: [{name: bob}, {name: cyd}, {name: ann, skills: [row, sing]}], masts: {fore: {sails: [{a: 2, b: 1}, {a: 1, b: 1, colour: tan}]}}}")
	want := []string{
		`Boat/b: spec.crew[ann].skills[cook] is absent, was "cook"`,
		`Boat/b: spec.crew[ann].skills[sing] is "sing", was absent`,
		`Boat/b: spec.crew[cyd] is {"name":"cyd"}, was absent`,
		`Boat/b: spec.masts.fore.sails[1/1].colour is "tan", was "red"`,
	}
	if diff := cmp.Diff(want, texts(Compare(then, now))); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// Two names are generated anew: that of the ReplicaSet, and after it that of the pod.
func TestGeneratedNamesHaveAStem(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	pod := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: web-57-x, generateName: web-57-, namespace: demo, uid: p, `+owned("ReplicaSet", "web-57", "rs")+`}}`)
	named := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: web-0, namespace: demo, uid: n, `+owned("Deployment", "web", "u1")+`}}`)
	set := read(t, `{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-57, namespace: demo, uid: rs, `+owned("Deployment", "web", "u1")+`}, spec: {replicas: 2}}`)
	client, _ := fakeClient(read(t, deploymentYAML), set, pod, named)
	l, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: manifest(t)[:1]})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(l.Find("ReplicaSet", "web-57").Stem).To(gomega.Equal("web"))
	g.Expect(l.Find("Pod", "web-57-x").Stem).To(gomega.Equal("web"))
	g.Expect(l.Find("Pod", "web-0")).To(gomega.HaveValue(gomega.HaveField("Stem", "")))
	g.Expect(l.Find("Pod", "web-0").Fields).To(gomega.HaveKeyWithValue("metadata", gomega.HaveKeyWithValue("name", "web-0")))
}

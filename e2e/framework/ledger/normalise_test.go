package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

func TestNormaliseKeepsWhatWasDecided(t *testing.T) {
	t.Parallel()
	got := Normalise(read(t, liveService), nil)
	want := Object{
		Ref: objects.Ref{Kind: "Service", Namespace: "demo", Name: "web"},
		UID: "11111111-1111-1111-1111-111111111111",
		Fields: map[string]any{
			"apiVersion": "v1", "kind": "Service",
			"metadata": map[string]any{
				"name": "web", "namespace": "demo", "annotations": map[string]any{"meta.helm.sh/release-name": "demo"},
			},
			"spec": map[string]any{
				"type": "LoadBalancer", "selector": map[string]any{"app": "web"},
				"ports": []any{
					map[string]any{"name": "http", "port": int64(3000), "protocol": "TCP", "targetPort": "http"},
					map[string]any{"name": "admin", "port": int64(3001), "protocol": "TCP", "targetPort": int64(3001)},
				},
			},
		},
		Allocated: []Allocation{
			{Field: "spec.clusterIP", Pointer: "/spec/clusterIP", Value: "10.96.7.7"},
			{Field: "spec.ports[http].nodePort", Pointer: "/spec/ports/0/nodePort", Value: int64(31202)},
			{Field: "spec.ports[admin].nodePort", Pointer: "/spec/ports/1/nodePort", Value: int64(30001)},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

// A node port in the manifest is not the server's choice but the chart's.
func TestNormaliseKeepsWhatTheManifestAsksFor(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	manifest := read(t, `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIPs: [10.96.7.7]
  ports:
  - {name: admin, port: 3001, nodePort: 30001}
  - {name: http, port: 3000}
status: {}
`)
	got := Normalise(read(t, liveService), manifest)
	g.Expect(got.Allocated).To(gomega.Equal([]Allocation{
		{Field: "spec.clusterIP", Pointer: "/spec/clusterIP", Value: "10.96.7.7"},
		{Field: "spec.ports[http].nodePort", Pointer: "/spec/ports/0/nodePort", Value: int64(31202)},
	}))
	g.Expect(got.Fields).To(gomega.HaveKeyWithValue("spec", gomega.HaveKeyWithValue("clusterIPs", []any{"10.96.7.7"})))
	g.Expect(got.Fields).To(gomega.HaveKeyWithValue("spec", gomega.HaveKeyWithValue("ports",
		gomega.ContainElement(gomega.HaveKeyWithValue("nodePort", int64(30001))))))
	g.Expect(got.Fields).NotTo(gomega.HaveKey("status"))
}

func TestNormaliseLeavesAHeadlessServiceHeadless(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	u := read(t, "{apiVersion: v1, kind: Service, metadata: {name: db}, spec: {clusterIP: None, clusterIPs: [None]}}")
	got := Normalise(u, nil)
	g.Expect(got.Allocated).To(gomega.BeEmpty())
	g.Expect(got.Fields).To(gomega.HaveKeyWithValue("spec", map[string]any{"clusterIP": "None"}))
}

func TestNormaliseKnowsAPodByItsOwner(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	got := Normalise(read(t, livePod), nil)
	g.Expect(got.Owner).To(gomega.HaveValue(gomega.Equal(objects.Ref{Group: "apps", Kind: "ReplicaSet", Namespace: "demo", Name: "web-57"})))
	g.Expect(got.Allocated).To(gomega.Equal([]Allocation{{Field: "spec.nodeName", Pointer: "/spec/nodeName", Value: "node-1"}}))
	want := map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{
			"namespace":       "demo",
			"ownerReferences": []any{map[string]any{"apiVersion": "apps/v1", "kind": "ReplicaSet", "controller": true}},
		},
		"spec": map[string]any{
			"containers": []any{map[string]any{
				"name": "app", "image": "web:1", "emptyDir": map[string]any{},
				"volumeMounts": []any{map[string]any{"name": "kube-api-access", "mountPath": "/var/run/secrets"}},
			}},
			"volumes": []any{
				map[string]any{"name": "scratch", "emptyDir": map[string]any{}},
				map[string]any{"name": "kube-api-access", "projected": map[string]any{}},
			},
		},
	}
	if diff := cmp.Diff(want, got.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestNormaliseForgetsTheNodeThatADaemonSetsPodIsFor(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	u := read(t, `
apiVersion: v1
kind: Pod
metadata:
  name: agent-x7b2c
  namespace: demo
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, controller: true, uid: "1"}]
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions: [{key: disk, operator: Exists}]
            matchFields: [{key: metadata.name, operator: In, values: [node-1]}]
`)
	terms, _, err := unstructured.NestedSlice(Normalise(u, nil).Fields,
		"spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(terms).To(gomega.Equal([]any{map[string]any{"matchExpressions": []any{map[string]any{"key": "disk", "operator": "Exists"}}}}))
}

func TestNormaliseForgetsTheRulesThatTheClusterPutsTogether(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	const role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: [get]}]"
	manifest := read(t, "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, aggregationRule: {}, rules: []}")

	together := Normalise(read(t, role+", aggregationRule: {}}"), manifest)
	g.Expect(together.Fields).ToNot(gomega.HaveKey("rules"))
	g.Expect(together.Manifest).ToNot(gomega.HaveKey("rules"), "what it asks for is overwritten")
	g.Expect(Normalise(read(t, role+"}"), nil).Fields).To(gomega.HaveKey("rules"), "those are the chart's")
}

func TestNormaliseTellsNoSecret(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	one := Normalise(read(t, "{apiVersion: v1, kind: Secret, metadata: {name: key}, data: {password: aHVudGVyMg==}}"), nil)
	other := Normalise(read(t, "{apiVersion: v1, kind: Secret, metadata: {name: key}, data: {password: c3dvcmRmaXNo}}"), nil)
	text, err := Ledger{Objects: []Object{one}}.JSON()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(string(text)).NotTo(gomega.ContainSubstring("aHVudGVyMg"))
	g.Expect(string(text)).To(gomega.ContainSubstring("sha256:"))
	g.Expect(one.Fields).NotTo(gomega.Equal(other.Fields), "a changed password must still be seen")
}

func TestNormaliseDoesNotTouchItsInput(t *testing.T) {
	t.Parallel()
	live := read(t, livePod)
	Normalise(live, nil)
	if diff := cmp.Diff(read(t, livePod).Object, live.Object); diff != "" {
		t.Errorf("the live object was changed:\n%s", diff)
	}
}

// Which endpoint comes first is an accident.
func TestNormaliseOrdersEndpoints(t *testing.T) {
	t.Parallel()
	const head = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-x}, endpoints: "
	const ready, not = "{addresses: [10.0.0.1], conditions: {ready: true}}", "{addresses: [10.0.0.2], conditions: {ready: false}}"
	one := Normalise(read(t, head+"["+ready+", "+not+"]}"), nil)
	other := Normalise(read(t, head+"["+not+", "+ready+"]}"), nil)
	if diff := cmp.Diff(one.Fields, other.Fields); diff != "" {
		t.Errorf("the order shows:\n%s", diff)
	}
}

func TestRulesStateTheirSource(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if r.Source == "" || r.Path == "" || r.Path[0] != '/' {
			t.Errorf("rule %+v is incomplete", r)
		}
		for _, kind := range append(r.Kinds, "") {
			if kind != "" && seen[kind+r.Path] {
				t.Errorf("%s has two rules for %s", kind, r.Path)
			}
			seen[kind+r.Path] = true
		}
	}
}

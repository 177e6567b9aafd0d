package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

// managedDeployment was made by a program that has Helm in it, and edited since.
const managedDeployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: demo
  labels: {a/b: x}
  finalizers: [example.org/late]
  annotations: {meta.helm.sh/release-name: web}
  managedFields:
  - manager: seatrial
    operation: Update
    time: "2026-11-23T12:00:00Z"
    fieldsV1:
      f:metadata: {f:annotations: {".": {}, f:meta.helm.sh/release-name: {}}, f:labels: {".": {}, f:a/b: {}}}
      f:spec:
        f:template: {f:spec: {f:containers: {'k:{"name":"app"}': {".": {}, f:name: {}, f:args: {}, f:ports: {".": {},
          'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, f:containerPort: {}}}}}}}
  - manager: kubectl-edit
    operation: Update
    fieldsV1:
      f:metadata: {f:finalizers: {".": {}, 'v:"example.org/late"': {}}}
      f:spec: {f:replicas: {}, f:template: {f:spec: {f:containers: {'k:{"name":"gone"}': {".": {}}}}}}
  - manager: kube-controller-manager
    operation: Update
    subresource: status
    fieldsV1: {f:status: {f:replicas: {}}}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: side, image: side:1}
      - {name: app, args: [one, two], ports: [{containerPort: 80}]}
status: {replicas: 3}
`

func TestManagersOwnPointers(t *testing.T) {
	t.Parallel()
	const app = "/spec/template/spec/containers/1"
	got := map[string][]string{}
	roles := map[string]Role{}
	for _, m := range Normalise(read(t, managedDeployment), nil).Managers {
		got[m.Name], roles[m.Name] = m.Owns, m.Role
	}
	want := map[string][]string{
		"seatrial": {
			"/metadata/annotations", "/metadata/annotations/meta.helm.sh~1release-name", "/metadata/labels", "/metadata/labels/a~1b",
			app, app + "/args", app + "/name", app + "/ports", app + "/ports/0", app + "/ports/0/containerPort",
		},
		"kubectl-edit": {"/metadata/finalizers", "/metadata/finalizers/0", "/spec/replicas"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]Role{"seatrial": Helm, "kubectl-edit": Other}, roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

func TestTheOwnerOfAValueIsThatOfItselfItsPartsOrItsWhole(t *testing.T) {
	t.Parallel()
	const app = "/spec/template/spec/containers/1"
	all := Normalise(read(t, managedDeployment), nil).Managers
	for pointer, want := range map[string]string{
		"/spec/replicas":        "kubectl-edit",
		app:                     "seatrial",
		app + "/args/1":         "seatrial",
		"/spec":                 "seatrial, kubectl-edit",
		app + "/image":          "",
		"/metadata/labels/new":  "",
		"/metadata/finalizers/": "",
	} {
		if got := nameManagers(managersAt(all, pointer)); got != want {
			t.Errorf("%s is owned by %q, not %q", pointer, got, want)
		}
	}
}

// What has no mark of Helm's, such as a hook, was made by Helm all the same.
func TestWhoeverMadeAHookIsHelm(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	u := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: h, managedFields: [
		{manager: kubectl-edit, time: "2026-11-23T13:00:00Z", fieldsV1: {"f:data": {"f:a": {}}}},
		{manager: seatrial, time: "2026-11-23T12:00:00Z", fieldsV1: {"f:data": {"f:b": {}}}}]}, data: {a: "1", b: "2"}}`)
	g.Expect(Normalise(u, nil).Managers).To(gomega.ConsistOf(
		gomega.And(gomega.HaveField("Name", "kubectl-edit"), gomega.HaveField("Role", Other)),
		gomega.And(gomega.HaveField("Name", "seatrial"), gomega.HaveField("Role", Helm)),
	))
}

func TestWhatAControllerHasMadeByItselfIsToldFromWhatItFills(t *testing.T) {
	t.Parallel()
	type maker struct {
		name      string
		byCluster bool
	}
	for managers, want := range map[string]maker{
		"{manager: clusterrole-aggregation-controller}":                      {"clusterrole-aggregation-controller", true},
		"{manager: clusterrole-aggregation-controller}, {manager: seatrial}": {"seatrial", false},
		"{manager: kube-controller-manager}, {manager: kube-apiserver}":      {"kube-controller-manager", true},
		"": {"", true},
	} {
		var got maker
		got.name, got.byCluster = MadeBy(read(t,
			"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all, managedFields: ["+managers+"]}}"))
		gomega.NewWithT(t).Expect(got).To(gomega.Equal(want), managers)
	}
}

// A node port that somebody has typed in is no longer the server's choice.
func TestAnAllocatedValueThatSomebodySetIsADecision(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	u := read(t, liveService)
	mustSet(u, []any{map[string]any{"manager": "kubectl-edit", "operation": "Update", "fieldsV1": map[string]any{
		"f:spec": map[string]any{"f:ports": map[string]any{`k:{"port":3001,"protocol":"TCP"}`: map[string]any{"f:nodePort": map[string]any{}}}},
	}}}, "metadata", "managedFields")
	// The first manager of an object without marks would be Helm.
	mustSet(u, append([]any{map[string]any{"manager": "helm", "operation": "Update", "fieldsV1": map[string]any{
		"f:metadata": map[string]any{"f:annotations": map[string]any{"f:meta.helm.sh/release-name": map[string]any{}}},
	}}}, u.Object["metadata"].(map[string]any)["managedFields"].([]any)...), "metadata", "managedFields") //nolint:errcheck,forcetypeassert // Set above.
	got := Normalise(u, nil)
	g.Expect(got.Allocated).To(gomega.HaveLen(2))
	g.Expect(got.Fields).To(gomega.HaveKeyWithValue("spec", gomega.HaveKeyWithValue("ports",
		gomega.ContainElement(gomega.HaveKeyWithValue("nodePort", int64(30001))))))
}

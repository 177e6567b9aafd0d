package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

const deploymentYAML = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo, uid: u1}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: app
        image: web:1
        args: [--verbose, --port=80]
        env: [{name: COLOUR, value: blue}, {name: SIZE, value: "3"}]
        ports: [{containerPort: 80, protocol: TCP}, {containerPort: 80, protocol: UDP}]
      - name: side
        image: side:1
`

func ledgerOf(all ...Object) Ledger { return Ledger{Namespace: "demo", Objects: all} }

func TestCompareFields(t *testing.T) {
	t.Parallel()
	const containers = "/spec/template/spec/containers"
	at := func(pointer, field string, then, now any) []Difference {
		return []Difference{{
			Kind: Changed, Object: objects.Ref{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: "web"},
			Pointer: pointer, Field: field, Then: then, Now: now,
		}}
	}
	tests := []struct {
		name, now string
		want      []Difference
	}{
		{"nothing", deploymentYAML, nil},
		{
			"keyed lists in another order", `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo, uid: u1}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: side
        image: side:1
      - name: app
        image: web:1
        args: [--verbose, --port=80]
        env: [{name: SIZE, value: "3"}, {name: COLOUR, value: blue}]
        ports: [{containerPort: 80, protocol: UDP}, {containerPort: 80}]
`, at(containers+"/0/ports/0/protocol", "spec.template.spec.containers[app].ports[80/TCP].protocol", "TCP", nil),
		},
		{"one number", replaced("replicas: 2", "replicas: 3"), at("/spec/replicas", "spec.replicas", int64(2), int64(3))},
		{
			"one variable", replaced("value: blue", "value: red"),
			at(containers+"/0/env/0/value", "spec.template.spec.containers[app].env[COLOUR].value", "blue", "red"),
		},
		{
			"one argument", replaced("--port=80", "--port=81"),
			at(containers+"/0/args/1", "spec.template.spec.containers[app].args[1]", "--port=80", "--port=81"),
		},
		{
			"arguments in another order, which is another command", replaced("--verbose, --port=80", "--port=80, --verbose"),
			append(
				at(containers+"/0/args/0", "spec.template.spec.containers[app].args[0]", "--verbose", "--port=80"),
				at(containers+"/0/args/1", "spec.template.spec.containers[app].args[1]", "--port=80", "--verbose")...),
		},
		{
			"a stale container", deploymentYAML + "      - {name: stale, image: old}\n",
			at(containers+"/2", "spec.template.spec.containers[stale]", nil, map[string]any{"name": "stale", "image": "old"}),
		},
		{
			"two variables of one name, of which the order decides", replaced("name: SIZE", "name: COLOUR"),
			at(containers+"/0/env/1/name", "spec.template.spec.containers[app].env[1].name", "SIZE", "COLOUR"),
		},
		{
			"an annotation with a path in its name", replaced("uid: u1", "uid: u1, annotations: {a.b/c: x}"),
			at("/metadata/annotations", "metadata.annotations", nil, map[string]any{"a.b/c": "x"}),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			then, now := Normalise(read(t, deploymentYAML), nil), Normalise(read(t, test.now), nil)
			if diff := cmp.Diff(test.want, Compare(ledgerOf(then), ledgerOf(now))); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// A custom resource may call a list "env" and mean its order.
func TestCompareTakesListsOfCustomResourcesAsTheyAre(t *testing.T) {
	t.Parallel()
	boat := func(list string) Ledger {
		return ledgerOf(Normalise(read(t, "{apiVersion: example.org/v1, kind: Boat, metadata: {name: b}, spec: {env: "+list+"}}"), nil))
	}
	got := Compare(boat("[{name: a}, {name: b}]"), boat("[{name: b}, {name: a}]"))
	if len(got) != 2 || got[0].Pointer != "/spec/env/0/name" {
		t.Errorf("differences: %v", got)
	}
}

func TestCompareObjects(t *testing.T) {
	t.Parallel()
	service := func(change func(u *unstructured.Unstructured)) Object {
		u := read(t, liveService)
		if change != nil {
			change(u)
		}
		return Normalise(u, nil)
	}
	recreated := func(u *unstructured.Unstructured) {
		u.SetUID("33333333-3333-3333-3333-333333333333")
		mustSet(u, "10.96.9.9", "spec", "clusterIP")
	}
	tests := []struct {
		name      string
		then, now Ledger
		want      []string
	}{
		{"missing", ledgerOf(service(nil)), ledgerOf(), []string{"Service/web: missing"}},
		{"left over", ledgerOf(), ledgerOf(service(nil)), []string{"Service/web: left over"}},
		{
			"recreated", ledgerOf(service(nil)), ledgerOf(service(recreated)),
			[]string{
				"Service/web: recreated (uid 33333333-3333-3333-3333-333333333333, was 11111111-1111-1111-1111-111111111111)",
				`Service/web: spec.clusterIP reallocated: "10.96.9.9", was "10.96.7.7"`,
			},
		},
		{
			"another type", ledgerOf(service(nil)),
			ledgerOf(service(func(u *unstructured.Unstructured) { mustSet(u, "NodePort", "spec", "type") })),
			[]string{`Service/web: spec.type is "NodePort", was "LoadBalancer"`},
		},
		{
			"no node ports any more", ledgerOf(service(nil)),
			ledgerOf(service(func(u *unstructured.Unstructured) {
				mustSet(u, []any{
					map[string]any{"name": "http", "port": int64(3000), "protocol": "TCP", "targetPort": "http", "nodePort": int64(31202)},
					map[string]any{"name": "admin", "port": int64(3001), "protocol": "TCP", "targetPort": int64(3001)},
				}, "spec", "ports")
			})),
			[]string{"Service/web: spec.ports[admin].nodePort reallocated: absent, was 30001"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, texts(Compare(test.then, test.now))); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// Pods get new names when they are made again; they are still the pods of the same Deployment.
func TestCompareKnowsGeneratedObjectsByTheirRoot(t *testing.T) {
	t.Parallel()
	root := objects.Ref{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: "web"}
	pod := func(name, uid, image string) Object {
		u := read(t, livePod)
		u.SetName(name)
		o := Normalise(u, nil)
		o.UID, o.Root = uid, &root
		containers, ok := o.Fields["spec"].(map[string]any)["containers"].([]any)
		if !ok {
			t.Fatal("the pod has no containers")
		}
		first, ok := containers[0].(map[string]any)
		if !ok {
			t.Fatal("the container is no object")
		}
		first["image"] = image
		return o
	}
	then := ledgerOf(pod("web-57-a", "a", "web:1"), pod("web-57-b", "b", "web:1"), pod("web-57-c", "c", "web:1"))
	now := ledgerOf(pod("web-57-b", "b", "web:1"), pod("web-57-x", "x", "web:2"))
	want := []string{
		"Pod/web-57-a: recreated (uid x, was a)",
		`Pod/web-57-a: spec.containers[app].image is "web:2", was "web:1"`,
		"Pod/web-57-c: missing",
	}
	if diff := cmp.Diff(want, texts(Compare(then, now))); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

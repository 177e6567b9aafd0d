package ledger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// asked is what a chart writes; the API server adds its defaults, and writes amounts in its own way.
const asked = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}, annotations: null, creationTimestamp: null}
spec:
  replicas: 2
  paused: false
  template:
    spec:
      nodeSelector: {}
      containers:
      - name: app
        image: web:1
        args: [one, two]
        env: [{name: COLOUR, value: blue}]
        ports: [{name: http, containerPort: 80}]
        resources: {limits: {cpu: 0.5, memory: 1024Mi}}
status: {}
`

const defaulted = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {tier: front, app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: web, deployment.kubernetes.io/revision: "1"}
  managedFields:
  - {manager: helm, operation: Update, fieldsV1: {f:metadata: {f:annotations: {f:meta.helm.sh/release-name: {}}}}}
spec:
  replicas: 2
  progressDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Always
      containers:
      - name: app
        image: web:1
        args: [one, two]
        env: [{name: COLOUR, value: blue}]
        ports: [{name: http, containerPort: 80, protocol: TCP}]
        resources: {limits: {cpu: 500m, memory: 1Gi}}
        terminationMessagePath: /dev/termination-log
`

func drifted(t *testing.T, live string) []string {
	t.Helper()
	return texts(Drift(ledgerOf(Normalise(read(t, live), read(t, asked)))))
}

func TestDriftIsWhatTheManifestDoesNotSay(t *testing.T) {
	t.Parallel()
	const container = "spec.template.spec.containers[app]"
	tests := []struct{ name, old, by, want string }{
		{"nothing but defaults", "", "", ""},
		{"another image", "image: web:1", "image: web:2", `Deployment/web: ` + container + `.image is "web:2", was "web:1"`},
		{"a default that somebody without a name has changed", "restartPolicy: Always", "restartPolicy: Never", ""},
		{"less memory", "memory: 1Gi", "memory: 1G", `Deployment/web: ` + container + `.resources.limits.memory is "1G", was "1024Mi"`},
		{"paused", "replicas: 2", "{replicas: 2, paused: true}", ""},
		{"a stale port", "ports: [", "ports: [{name: old, containerPort: 81}, ", `Deployment/web: ` + container + `.ports[old] is {"containerPort":81,"name":"old"}, was absent`},
		{"a variable less", "{name: COLOUR, value: blue}", "", `Deployment/web: ` + container + `.env[COLOUR] is absent, was {"name":"COLOUR","value":"blue"}`},
		{"an argument more", "[one, two]", "[one, two, three]", `Deployment/web: ` + container + `.args[2] is "three", was absent`},
		{"an argument less", "[one, two]", "[one]", `Deployment/web: ` + container + `.args[1] is absent, was "two"`},
		{"a label more", "tier: front,", "tier: front, colour: red,", `Deployment/web: metadata.labels.colour is "red", was absent`},
		{"a label less", "tier: front,", "", `Deployment/web: metadata.labels.tier is absent, was "front"`},
		{"a second container", "      - name: app", "      - {name: side}\n      - name: app", `Deployment/web: spec.template.spec.containers[side] is {"name":"side"}, was absent`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			live := strings.Replace(defaulted, test.old, test.by, 1)
			if test.name == "paused" {
				live = strings.Replace(defaulted, "replicas: 2", "replicas: 2\n  paused: true", 1)
				test.want = "Deployment/web: spec.paused is true, was false"
			}
			got := strings.Join(drifted(t, live), "\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("drift (-want +got):\n%s", diff)
			}
		})
	}
}

// A field that the manifest leaves to its default counts once somebody else owns it.
func TestDriftHasWhatSomebodyElseOwns(t *testing.T) {
	t.Parallel()
	live := strings.Replace(defaulted, "spec:\n  replicas", `  - manager: kubectl-edit
    operation: Update
    fieldsV1: {f:spec: {f:progressDeadlineSeconds: {}, f:template: {f:spec: {f:restartPolicy: {}}}}}
  - manager: kube-controller-manager
    operation: Update
    fieldsV1: {f:metadata: {f:annotations: {f:deployment.kubernetes.io/revision: {}}}}
spec:
  replicas`, 1)
	want := []string{
		"Deployment/web: spec.progressDeadlineSeconds is 600, was absent, owned by kubectl-edit",
		`Deployment/web: spec.template.spec.restartPolicy is "Always", was absent, owned by kubectl-edit`,
	}
	if diff := cmp.Diff(want, drifted(t, live)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
}

func TestDriftOfASecretIsSeenWithoutShowingIt(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	manifest := read(t, "{apiVersion: v1, kind: Secret, metadata: {name: key}, stringData: {password: hunter2}}")
	same := read(t, "{apiVersion: v1, kind: Secret, metadata: {name: key}, type: Opaque, data: {password: aHVudGVyMg==}}")
	other := read(t, "{apiVersion: v1, kind: Secret, metadata: {name: key}, type: Opaque, data: {password: c3dvcmRmaXNo}}")
	g.Expect(Drift(ledgerOf(Normalise(same, manifest)))).To(gomega.BeEmpty())
	found := Drift(ledgerOf(Normalise(other, manifest)))
	g.Expect(found).To(gomega.HaveLen(1))
	g.Expect(found[0].String()).NotTo(gomega.Or(gomega.ContainSubstring("hunter2"), gomega.ContainSubstring("aHVu"), gomega.ContainSubstring("c3dv")))
}

func TestDriftNamesWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	got := Drift(Ledger{Absent: []objects.Ref{{Kind: "Service", Name: "web"}}})
	if diff := cmp.Diff([]string{"Service/web: missing"}, texts(got)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
}

// A hook that did not run for a revision may well be that of another one.
func TestDriftOfAHookCountsIfItRan(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	hook := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: h, annotations: {helm.sh/hook: "pre-rollback, post-install"}}, data: {a: "1"}}`)
	live := hook.DeepCopy()
	mustSet(live, "2", "data", "a")
	entry := Normalise(live, hook)
	entry.Hook = hookOf(hook)
	for description, want := range map[string]int{"Upgrade complete": 0, "Rollback to 1": 1} {
		l := ledgerOf(entry)
		l.Record = &Record{Revision: 2, Description: description}
		g.Expect(Drift(l)).To(gomega.HaveLen(want), description)
	}
}

func TestHooksSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	u := &unstructured.Unstructured{}
	u.SetAnnotations(map[string]string{"helm.sh/hook": "pre-install , Post-Upgrade", "helm.sh/hook-delete-policy": "hook-succeeded"})
	g.Expect(hookOf(u)).To(gomega.HaveValue(gomega.Equal(Hook{
		Events: []string{"pre-install", "post-upgrade"}, DeletePolicies: []string{"hook-succeeded"},
	})))
	u.SetAnnotations(map[string]string{"helm.sh/hook": "test"})
	g.Expect(hookOf(u).DeletePolicies).To(gomega.ConsistOf("before-hook-creation"))
}

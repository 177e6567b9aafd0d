package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const workloads = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: redis, volumeMounts: [{name: data, mountPath: /d}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: agent}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  timeZone: Europe/Berlin
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: token, annotations: {kubernetes.io/service-account.name: default}}
type: kubernetes.io/service-account-token
`

func TestControllersDoTheirWork(t *testing.T) {
	p := launch(t)
	kubectl := func(arguments ...string) (string, error) {
		command := exec.CommandContext(t.Context(), binary(t), append([]string{"kubectl", "--kubeconfig", p.Kubeconfig}, arguments...)...)
		out, err := command.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	file := filepath.Join(t.TempDir(), "workloads.yaml")
	if err := os.WriteFile(file, []byte(workloads), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := kubectl("apply", "-f", file); err != nil {
		t.Fatal(out)
	}
	for _, test := range []struct{ what, path, want string }{
		{"deployment/web", "{.status.availableReplicas}", "2"},
		{"statefulset/db", "{.status.availableReplicas}", "1"},
		{"daemonset/agent", "{.status.numberAvailable}", "1"},
		{"job/once", "{.status.succeeded}", "1"},
		{"pvc/data-db-0", "{.status.phase}", "Bound"},
		{"pdb/web", "{.status.disruptionsAllowed}", "1"},
		{"endpointslices", `{.items[?(@.metadata.labels.kubernetes\.io/service-name=="web")].endpoints[0].conditions.ready}`, "true"},
		{"endpoints/web", "{.subsets[0].ports[0].port}", "80"},
		{"configmap/kube-root-ca.crt", "{.data.ca\\.crt}", strings.TrimSpace(string(p.config(t).CAData))},
		{"hpa/web", `{.status.conditions[?(@.type=="AbleToScale")].status}`, "True"},
	} {
		last := ""
		eventually(t, fmt.Sprintf("%s of %s is %s", test.path, test.what, test.want), func() bool {
			last, _ = kubectl("get", test.what, "-o", "jsonpath="+test.path)
			return strings.TrimSpace(strings.TrimPrefix(last, "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n")) == test.want
		})
	}
	token, err := kubectl("get", "secret/token", "-o", "go-template={{.data.token | base64decode}}")
	if err != nil || strings.Count(token, ".") != 2 {
		t.Errorf("the token of a service account: %s", token)
	}
	if out, err := kubectl("--token", token, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"); err != nil || out != "system:serviceaccount:default:default" {
		t.Errorf("with it, one is %s", out)
	}
	if out, err := kubectl("logs", "deployment/web"); err != nil || !strings.Contains(out, "simulated") {
		t.Errorf("its log: %s (%v)", out, err)
	}
	if out, err := kubectl("exec", "deployment/web", "--", "ls"); err == nil || !strings.Contains(out, "simulated") {
		t.Errorf("a command in it: %s (%v)", out, err)
	}
	collected(t, kubectl)
	p.end(t)
}

// collected deletes owners and waits for what they own.
func collected(t *testing.T, kubectl func(arguments ...string) (string, error)) {
	t.Helper()
	for _, arguments := range [][]string{
		{"delete", "deployment,statefulset,daemonset,job", "--all"}, {"delete", "pvc", "--all"},
	} {
		if out, err := kubectl(arguments...); err != nil {
			t.Error(out)
		}
	}
	eventually(t, "pods and volumes are gone", func() bool {
		out, err := kubectl("get", "pods,replicasets,pv", "-o", "name")
		return err == nil && out == ""
	})
}

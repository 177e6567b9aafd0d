package ledger

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// read makes an object of YAML, with numbers as an API client has them.
func read(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("reading YAML: %v", err)
	}
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(data); err != nil {
		t.Fatalf("reading an object: %v", err)
	}
	return u
}

// liveService is a Service as an API server answers.
const liveService = `
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: demo
  uid: 11111111-1111-1111-1111-111111111111
  resourceVersion: "42"
  creationTimestamp: "2026-11-23T12:00:00Z"
  managedFields: [{manager: helm}]
  annotations: {meta.helm.sh/release-name: demo}
spec:
  type: LoadBalancer
  clusterIP: 10.96.7.7
  clusterIPs: [10.96.7.7]
  selector: {app: web}
  ports:
  - {name: http, port: 3000, protocol: TCP, targetPort: http, nodePort: 31202}
  - {name: admin, port: 3001, protocol: TCP, targetPort: 3001, nodePort: 30001}
status:
  loadBalancer: {}
`

// livePod is a pod as an API server answers, as far as it matters here.
const livePod = `
apiVersion: v1
kind: Pod
metadata:
  name: web-57-x7k2p
  generateName: web-57-
  namespace: demo
  uid: 22222222-2222-2222-2222-222222222222
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-57, uid: abc, controller: true}]
spec:
  nodeName: node-1
  containers:
  - name: app
    image: web:1
    emptyDir: {}
    volumeMounts: [{name: kube-api-access-9zzqp, mountPath: /var/run/secrets}]
  volumes:
  - {name: scratch, emptyDir: {}}
  - {name: kube-api-access-9zzqp, projected: {}}
status: {phase: Running}
`

func mustSet(u *unstructured.Unstructured, value any, path ...string) {
	if err := unstructured.SetNestedField(u.Object, value, path...); err != nil {
		panic(err)
	}
}

func replaced(old, by string) string { return strings.Replace(deploymentYAML, old, by, 1) }

func texts(differences []Difference) []string {
	var out []string
	for _, d := range differences {
		out = append(out, d.String())
	}
	return out
}

package regression

import (
	"testing"

	"seatrial/e2e/framework/helm"
)

func TestExclusive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, object string
		want         bool
	}{
		{"a node port that the chart names", `{kind: Service, spec: {type: NodePort, ports: [{port: 80}, {port: 81, nodePort: 30080}]}}`, true},
		{"a node port that the cluster chooses", `{kind: Service, spec: {type: NodePort, ports: [{port: 80, nodePort: null}, {port: 81, nodePort: 0}]}}`, false},
		{"a port for the health of a load balancer", `{kind: Service, spec: {healthCheckNodePort: 30081}}`, true},
		{"an address", `{kind: Service, spec: {clusterIP: 10.96.0.77}}`, true},
		{"a headless Service", `{kind: Service, spec: {clusterIP: None}}`, false},
		{"a port of the host", `{kind: Deployment, spec: {template: {spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}}}}`, true},
		{"a port of a container", `{kind: Deployment, spec: {template: {spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}}}}`, false},
		{"a port in the network of the host", `{kind: DaemonSet, spec: {template: {spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 9100}]}]}}}}`, true},
		{"the network of the host without a port", `{kind: DaemonSet, spec: {template: {spec: {hostNetwork: true, containers: [{name: c}]}}}}`, false},
		{"a pod", `{kind: Pod, spec: {containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}}`, true},
		{"a CronJob", `{kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {hostNetwork: true, initContainers: [{name: c, ports: [{containerPort: 1}]}]}}}}}}`, true},
		{"something else", `{kind: ConfigMap, data: {ports: none}}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			objects, err := helm.Release{Manifest: "{apiVersion: v1, metadata: {name: x}, " + test.object[1:]}.Objects()
			if err != nil {
				t.Fatal(err)
			}
			if got := Exclusive(objects[0]); got != test.want {
				t.Errorf("exclusive is %t, want %t", got, test.want)
			}
		})
	}
}

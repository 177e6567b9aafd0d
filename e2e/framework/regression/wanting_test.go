package regression

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/helm"
)

const (
	mounting = `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec: {template: {spec: {containers: [{name: server}], volumes: [{name: tls, secret: {secretName: web-tls}}]}}}
`
	certifying = `
---
apiVersion: batch/v1
kind: Job
metadata: {name: certify}
spec: {template: {spec: {containers: [{name: certify, args: [create, --secret-name=web-tls]}]}}}
`
)

func TestWhatProgramsOfAChartHaveToMake(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, manifest string
		want           []string
	}{
		{"a Secret whose name a Job is told", mounting + certifying, []string{"Secret/web-tls by Job/certify"}},
		{"a Secret that nobody is told of is the user's to make", mounting, nil},
		{"a Secret of the chart", mounting + certifying + "---\n{apiVersion: v1, kind: Secret, metadata: {name: web-tls}}\n", nil},
		{"a Secret that the pods do without", `
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec: {template: {spec: {containers: [{name: server}], volumes: [{name: tls, secret: {secretName: web-tls, optional: true}}]}}}
` + certifying, nil},
		{"a program that needs the Secret to start cannot make it", `
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec: {template: {spec: {containers: [{name: server, args: [--tls=web-tls]}], volumes: [{name: tls, secret: {secretName: web-tls}}]}}}
`, nil},
		{"a longer name is another one", mounting + `
---
apiVersion: batch/v1
kind: Job
metadata: {name: certify}
spec: {template: {spec: {containers: [{name: certify, args: [--secret-name=web-tls-ca]}]}}}
`, nil},
		{"a variable of a CronJob and of a pod, told by a script", `
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: backup, env: [{name: A, valueFrom: {configMapKeyRef: {name: places, key: a}}}]}]}}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec: {initContainers: [{name: once, envFrom: [{secretRef: {name: login}}]}], containers: [{name: two}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts}
data: {prepare.sh: "kubectl create configmap places; kubectl create secret generic login"}
`, []string{"ConfigMap/places by ConfigMap/scripts", "Secret/login by ConfigMap/scripts"}},
		{"a name in a variable, for a volume of several sources", `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {template: {spec: {containers: [{name: agent}], volumes: [{name: all, projected: {sources: [{secret: {name: ca}}, {configMap: {name: kept, optional: true}}]}}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: authority}
spec: {template: {spec: {containers: [{name: authority, env: [{name: CA_SECRET, value: ca}, {name: MAP, value: kept}]}]}}}
`, []string{"Secret/ca by StatefulSet/authority"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			objects, err := helm.Release{Manifest: test.manifest}.Objects()
			g.Expect(err).ToNot(gomega.HaveOccurred())
			var got []string
			for _, w := range StandIns(objects) {
				got = append(got, w.kind+"/"+w.name+" by "+w.by.String())
			}
			g.Expect(got).To(gomega.Equal(test.want))
		})
	}
}

func TestAnEmptyObjectHasTheKeysThatSomebodyReads(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	objects, err := helm.Release{Manifest: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  template:
    spec:
      containers: [{name: server, env: [{name: P, valueFrom: {secretKeyRef: {name: login, key: password}}}]}]
      volumes: [{name: user, secret: {secretName: login, items: [{key: user, path: user}]}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: make}
spec: {template: {spec: {containers: [{name: make, command: [make, login]}]}}}
`}.Objects()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	made := StandIns(objects)
	g.Expect(made).To(gomega.HaveLen(1))
	g.Expect(made[0].empty().Object).To(gomega.Equal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "login"},
		"data": map[string]any{"user": "", "password": ""},
	}))
}

package match

import (
	"strings"
	"testing"
)

// edits of a document that a reader would have to notice, by the name of the dialect.
func dialectEdits() map[string][][2]string {
	return map[string][][2]string{
		"kind create cluster":             {{`cluster "lab"`, `cluster "lap"`}, {"Installing CNI", "Joining nodes"}, {`"kind-lab"`, `"kind-other"`}},
		"HTTP headers":                    {{"200 OK", "404 Not Found"}, {"text/plain", "text/html"}, {"\nhello", "\nhallo"}},
		"rollout status":                  {{`"web" successfully`, `"wep" successfully`}, {"successfully rolled out", "exceeded its progress deadline"}},
		"rollout status at once":          {{`"web"`, `"redis"`}},
		"cluster-info":                    {{"kube-dns:dns", "kube-dns:other"}, {"is running", "is not running"}},
		"kubectl version of old":          {{"Client Version", "Other Version"}},
		"helm repo update":                {{`"stable"`, `"other"`}, {"Complete", "Failed"}},
		"helm package":                    {{"web-0.1.0.tgz", "web-0.2.0.tgz"}, {"Successfully packaged", "Not packaged"}},
		"helm lint":                       {{"Linting web", "Linting api"}, {"no failures", "1 chart(s) failed"}, {"[INFO]", "[ERROR]"}},
		"ls -l":                           {{"Chart.yaml", "chart.yaml"}, {"drwxr", "-rwxr"}},
		"kubectl top":                     {{"web-", "api-"}},
		"pods without a header":           {{"Running", "Pending"}, {"1/1", "0/1"}, {"web-", "api-"}},
		"labels":                          {{"app=web", "app=api"}},
		"contexts":                        {{"kind-lab", "kind-other"}},
		"subset of YAML":                  {{"NodePort", "ClusterIP"}, {"port: 80", "port: 81"}, {"name: web", "name: api"}},
		"subset of JSON":                  {{"NodePort", "ClusterIP"}, {`"Service"`, `"Pod"`}},
		"a list of pods in YAML":          {{"Running", "Pending"}, {"name: a-586b4c847c-tkfj5", "name: b-586b4c847c-tkfj5"}},
		"events":                          {{"Scheduled ", "Failed    "}, {"Normal ", "Warning"}, {"default/web-", "other/web-"}, {"default/web-", "default/api-"}},
		"a Deployment of Kubernetes 1.10": {{"web    3         3 ", "web    2         2 "}, {"web ", "api "}},
		"kubectl expose":                  {{"web", "api"}, {"exposed", "created"}, {"service", "deployment"}},
		"kubectl scale":                   {{"web", "api"}, {"scaled", "created"}},
		"kubectl label":                   {{"pod", "node"}, {"labeled", "not labeled"}},
		"helm env":                        {{"HELM_NAMESPACE", "HELM_NAMESPACES"}},
		"kubectl describe": {
			{"Status:         Running", "Status:         Pending"},
			{"nginx:1.17", "nginx:1.18"},
			{"80/TCP", "81/TCP"},
			{"Restart Count:  0", "Restart Count:  3"},
			{"app=web", "app=api"},
			{"ReplicaSet/web", "ReplicaSet/api"},
			{"Started container web", "Started container api"},
			{"Name:           web-", "Name:           api-"},
		},
	}
}

func TestDialectsDoNotHideWhatMatters(t *testing.T) {
	var all rate
	known := dialects()
	for name, edits := range dialectEdits() {
		d := known[name]
		for _, edit := range edits {
			edited := strings.Replace(d.document, edit[0], edit[1], 1)
			if edited == d.document {
				t.Fatalf("%s does not have %q", name, edit[0])
			}
			good := HasErrors(Compare(edited, d.came, Options{Command: d.command}))
			all.add(good)
			if !good {
				t.Errorf("%s: %q instead of %q is accepted", name, edit[1], edit[0])
			}
		}
	}
	t.Logf("changes that matter in other words: %s rejected", &all)
}

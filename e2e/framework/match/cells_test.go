package match

import (
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

func TestCellsAreComparedByTheirType(t *testing.T) {
	for _, c := range []struct {
		title, want, got string
		same             bool
	}{
		{"AGE", "20h", "97s", true},
		{"AGE", "1h", "2y3d", true},
		{"AGE", "<unknown>", "5s", true},
		{"AGE", "5m", "none", false},
		{"LAST SCHEDULE", "<none>", "5m", false},
		{"UPDATED", "Mon Feb 24 18:08:02 2020", "Tue Nov  3 08:00:00 2026", true},
		{"UPDATED", "2020-02-24 18:08:02.017401264 +0000 UTC", "2026-11-23 20:01:31.01 +0100 CET", true},
		{"UPDATED", "Mon Feb 24 18:08:02 2020", "", false},
		{"READY", "1/1", "0/1", false},
		{"READY", "2", "1", false},
		{"RESTARTS", "0", "1 (5m ago)", false},
		{"RESTARTS", "3", "12 (97s ago)", true},
		{"RESTARTS", "3", "12 (97s)", false},
		{"CLUSTER-IP", "172.21.43.244", "fd00:10:96::1", true},
		{"CLUSTER-IP", "None", "10.96.0.1", false},
		{"EXTERNAL-IP", "50.23.5.136", "<pending>", true},
		{"EXTERNAL-IP", "<pending>", "localhost", true},
		{"EXTERNAL-IP", "<none>", "<pending>", false},
		{"EXTERNAL-IP", "a.elb.amazonaws.com", "10.0.0.1,10.0.0.2", true},
		{"PORT(S)", "3000:31202/TCP", "3000:30001/TCP", true},
		{"PORT(S)", "3000:31202/TCP", "3000/TCP", false},
		{"PORT(S)", "3000:31202/TCP", "3000:443/TCP", false},
		{"PORT(S)", "80/TCP,443/TCP", "80/TCP", false},
		{"PORT(S)", "53/UDP", "53/TCP", false},
		{"ENDPOINTS", "10.1.1.1:80,10.1.1.2:80", "10.2.0.9:80,10.2.0.1:80", true},
		{"ENDPOINTS", "10.1.1.1:80", "10.2.0.9:81", false},
		{"ENDPOINTS", "<none>", "10.2.0.9:80", false},
		{"CHART", "guestbook-0.2.0", "guestbook-0.2.1", false},
		{"APP VERSION", "", "1.0", false},
		{"TARGETS", "cpu: 0%/50%", "cpu: <unknown>/50%", true},
		{"TARGETS", "cpu: 0%/50%", "cpu: 0%/80%", false},
		{"MEMORY(bytes)", "12Mi", "128Mi", true},
		{"CAPACITY", "1Gi", "8Gi", false},
		{"NODE", "10.76.202.206", "worker", true},
		{"NODE", "worker", "<none>", false},
		{"SELECTOR", "app=x,pod-template-hash=6c9cf8b9", "app=x,pod-template-hash=5fb44d67c9", true},
		{"SELECTOR", "app=x", "app=y", false},
		{"VOLUME", "pvc-5b6a1d9e-0c5f-4f0c-8a55-3f2f5b0a9a01", "pvc-00000000-0c5f-4f0c-8a55-3f2f5b0a9a01", true},
		{"IMAGE", "redis:6.2", "redis:7.0", false},
		{"DIGEST", "sha256:0123456789abcdef", "sha256:fedcba9876543210", true},
		{"MESSAGE", "Created pod: redis-slave-586b4c847c-tkfj5", "Created pod: redis-slave-5fb44d67c9-9bpxj", true},
		{"MESSAGE", "Created pod: redis-slave-586b4c847c-tkfj5", "Created pod: redis-master-5fb44d67c9-9bpxj", false},
		{"DESCRIPTION", "A guestbook in three...", "A guestbook in three tiers", true},
		{"DESCRIPTION", "A guestbook in four...", "A guestbook in three tiers", false},
		{"WHATEVER", "seven", "eight", false},
		{"WHATEVER", "10.1.1.1", "10.2.2.2", true},
	} {
		cmp := newComparison(Options{})
		if same := cmp.sameCell("", c.title, c.want, c.got); same != c.same {
			t.Errorf("%s: %q and %q: same is %v", c.title, c.want, c.got, same)
		}
	}
}

func TestNamesAreTakenApart(t *testing.T) {
	for _, c := range []struct{ kind, full, shown string }{
		{"pod", "guestbook-demo-6c9cf8b9-dhqk9", "guestbook-demo-*"},
		{"pod", "guestbook-demo-6c9cf8b9-zddn", "guestbook-demo-*"},
		{"pod", "redis-master-2035384211-7ci7o", "redis-master-*"},
		{"pod", "redis-master-xx4uv", "redis-master-*"},
		{"pod", "ui-6d5bb7b9c8-xyz12", "ui-*"},
		{"pod", "nginx-xxxxx-yyyyy", "nginx-*"},
		{"pod", "nginx-xxxxxxxxxx-xxxxx", "nginx-*"},
		{"pod", "web-0", "web-0"},
		{"pod", "redis-master", "redis-master"},
		{"pod", "hello-28012345-x7k2p", "hello-*"},
		{"job", "hello-28012345", "hello-*"},
		{"job", "migrate", "migrate"},
		{"replicaset", "guestbook-demo-26c9cf8b9", "guestbook-demo-*"},
		{"replicaset", "frontend", "frontend"},
		{"deployment", "app-6c9cf8b9", "app-6c9cf8b9"},
		{"service", "my-https", "my-https"},
		{"statefulset", "web-dhqk9", "web-dhqk9"},
		{"", "guestbook-demo", "guestbook-demo"},
		{"release", "guestbook-1582567682", "guestbook-*"},
	} {
		if shown := readName(c.kind, c.full).String(); shown != c.shown {
			t.Errorf("%s %s: %s, want %s", c.kind, c.full, shown, c.shown)
		}
	}
}

func TestAgesArePrintedAsKubectlDoes(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, age := range []string{"0s", "119s", "2m", "5m15s", "9m59s", "10m", "179m", "3h", "7h59m", "8h", "47h", "2d", "7d23h", "8d", "729d", "2y", "2y3d", "8y"} {
		seconds, ok := readAge(age)
		g.Expect(ok).To(gomega.BeTrueBecause("%s is an age", age))
		g.Expect(printedAge(seconds)).To(gomega.Equal(age))
	}
	for _, age := range []string{"1h", "120s", "12m5s", "2h", "9h5m", "9d1h", "48h"} {
		seconds, ok := readAge(age)
		g.Expect(ok).To(gomega.BeTrueBecause("%s is an age", age))
		g.Expect(printedAge(seconds)).NotTo(gomega.Equal(age))
	}
	for _, word := range []string{"", "h", "5", "5m5h", "5mm", "5x", "-5m", "5m-"} {
		g.Expect(isAge(word)).To(gomega.BeFalseBecause("%q is no age", word))
	}
}

func TestCommandsThatOnlyRead(t *testing.T) {
	for command, want := range map[string]bool{
		"kubectl get all --namespace helm-demo":    true,
		"$ kubectl -n helm-demo get pods":          true,
		"helm history guestbook-demo -n helm-demo": true,
		"helm list":                             true,
		"helm repo list":                        true,
		"helm repo add x http://x":              false,
		"kubectl get pods | grep redis | wc -l": true,
		"kubectl get svc x -o jsonpath='{.items[?(@.a>1)].b}'":  true,
		"kubectl get pod $(kubectl get pods -o name | head -1)": true,
		"kubectl get pods -w":                          false,
		"kubectl logs -f x":                            false,
		"kubectl logs x":                               true,
		"kubectl get pods > pods.txt":                  false,
		"kubectl get pods | xargs kubectl delete":      false,
		"kubectl get pods && kubectl delete pod x":     false,
		"kubectl get pod $(kubectl delete pod x)":      false,
		"helm rollback guestbook-demo 1":               false,
		"helm upgrade x y":                             false,
		"kubectl rollout status deployment/x":          true,
		"kubectl rollout undo deployment/x":            false,
		"kubectl config use-context x":                 false,
		"NS=x kubectl get pods":                        true,
		"rm -rf x":                                     false,
		"":                                             false,
		"kubectl get pods &":                           false,
		"kubectl get pods \\\n  --namespace helm-demo": true,
		"kubectl get nodes -o wide; helm status guestbook-demo -n default": true,
	} {
		if got := ReadOnly(command); got != want {
			t.Errorf("%q: %v", command, got)
		}
	}
}

func TestHeadersWithColumnsOneBlankApart(t *testing.T) {
	g := gomega.NewWithT(t)
	h := headerOf("REVISION    UPDATED                     STATUS      CHART           APP VERSION DESCRIPTION")
	g.Expect(h.titles).To(gomega.Equal([]string{"REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"}))
	g.Expect(h.at).To(gomega.Equal([]int{0, 12, 40, 52, 68, 80}))
	h = headerOf("NAME   SYNC STATUS   HEALTH STATUS", "x      Synced        Healthy")
	g.Expect(h.titles).To(gomega.Equal([]string{"NAME", "SYNC STATUS", "HEALTH STATUS"}))
	h = headerOf("NAME READY STATUS RESTARTS AGE", "x 1/1 Running 0 5m")
	g.Expect(h.titles).To(gomega.Equal([]string{"NAME", "READY", "STATUS", "RESTARTS", "AGE"}))
	g.Expect(rowOf(h, "redis 1/1 Running 0 5m")).To(gomega.Equal([]string{"redis", "1/1", "Running", "0", "5m"}))
}

func headerOf(texts ...string) *header {
	var r headerReader
	return r.read(cleanLines(strings.Join(texts, "\n")))
}

func rowOf(h *header, text string) []string {
	c := cutter{effort: mostPlaced}
	c.expect(len(h.titles))
	return c.cut(h, text)
}

// Columns may be so narrow that no blanks tell which cell is the empty one; what is in the others does.
func TestCellsOfNarrowTablesAreToldByWhatIsInThem(t *testing.T) {
	for _, c := range []struct {
		header, row string
		want        []string
	}{
		{
			"NAME READY STATUS RESTARTS AGE", "redis-1 0/1 CrashLoopBackOff 7 (2m ago) 12m",
			[]string{"redis-1", "0/1", "CrashLoopBackOff", "7 (2m ago)", "12m"},
		},
		{
			"NAME NAMESPACE REVISION UPDATED STATUS CHART APP VERSION", "demo ns 1 2020-02-24 18:08:02.01 +0000 UTC deployed guestbook-0.2.0",
			[]string{"demo", "ns", "1", "2020-02-24 18:08:02.01 +0000 UTC", "deployed", "guestbook-0.2.0", ""},
		},
		{
			"REVISION UPDATED STATUS CHART APP VERSION DESCRIPTION", "2 Mon Feb  3 18:08:02 2020 superseded guestbook-0.2.0  Upgrade complete",
			[]string{"2", "Mon Feb 3 18:08:02 2020", "superseded", "guestbook-0.2.0", "", "Upgrade complete"},
		},
		{
			"NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE", "web ExternalName <none> example.com <none> 5d",
			[]string{"web", "ExternalName", "<none>", "example.com", "<none>", "5d"},
		},
		{
			"LAST SEEN TYPE REASON OBJECT MESSAGE", "3m (x4 over 9m) Warning BackOff pod/web Back-off restarting failed container",
			[]string{"3m (x4 over 9m)", "Warning", "BackOff", "pod/web", "Back-off restarting failed container"},
		},
	} {
		if got := rowOf(headerOf(c.header, c.row), c.row); !slices.Equal(got, c.want) {
			t.Errorf("%q under %q: %q", c.row, c.header, got)
		}
	}
}

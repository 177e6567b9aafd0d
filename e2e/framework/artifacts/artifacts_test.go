package artifacts

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// fakeCluster is a fake: two of client-go's object trackers with the same content.
func fakeCluster(t *testing.T, r Request, content ...runtime.Object) (collector, *fake.Clientset, *dynamicfake.FakeDynamicClient) {
	t.Helper()
	if r.Dir == "" {
		r.Dir = t.TempDir()
	}
	kube := fake.NewClientset(content...)
	dyn := dynamicfake.NewSimpleDynamicClient(scheme.Scheme, content...)
	kinds := []objects.Kind{
		kind("ConfigMap", "configmaps", true), kind("Event", "events", true), kind("Namespace", "namespaces", false),
		kind("Node", "nodes", false), kind("Pod", "pods", true), kind("Secret", "secrets", true),
	}
	client := objects.New(dyn, testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme), kinds...)
	return collector{request: r, dir: folder(r.Dir), client: client, kube: kube}, kube, dyn
}

func kind(name, resource string, namespaced bool) objects.Kind {
	return objects.Kind{GroupVersionKind: schema.GroupVersionKind{Version: "v1", Kind: name}, Resource: resource, Namespaced: namespaced}
}

func content() []runtime.Object {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "web-x"}}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{
		{
			Name: "app", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}},
		},
		{Name: "stuck", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}}},
	}
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{
		{Name: "init", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}},
	}
	return []runtime.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "demo"}},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}},
		&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
		pod,
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "settings"}, Data: map[string]string{"colour": "blue"}},
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "other", Name: "settings"}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "key"}, Data: map[string][]byte{"password": []byte("hunter2")}},
	}
}

func workshopHistory(context.Context, string) ([]helm.Release, error) {
	at := time.Date(2026, 11, 3, 9, 5, 0, 0, time.UTC)
	return []helm.Release{
		{
			Name: "demo", Revision: 2, Status: "deployed", ChartName: "guestbook", ChartVersion: "0.2.0", Description: "Upgrade complete",
			Updated: at.Add(time.Minute), Manifest: "kind: Secret",
		},
		{Name: "demo", Revision: 1, Status: "superseded", ChartName: "guestbook", ChartVersion: "0.2.0", Description: "Install complete", Updated: at},
	}, nil
}

// tree lists the files below a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCollectAlwaysUsesTheSameNames(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	c, _, _ := fakeCluster(t, Request{Namespaces: []string{"demo"}, History: workshopHistory}, content()...)
	g.Expect(c.finish(c.run(t.Context()))).To(gomega.Succeed())
	want := []string{
		"demo/events.txt", "demo/history.json", "demo/history.txt",
		"demo/logs/web-x/app.log", "demo/logs/web-x/app.previous.log", "demo/logs/web-x/init.log",
		"demo/objects/ConfigMap/settings.yaml", "demo/objects/Namespace/demo.yaml",
		"demo/objects/Pod/web-x.yaml", "demo/objects/Secret/key.yaml",
	}
	if diff := cmp.Diff(want, tree(t, string(c.dir))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	g.Expect(read(t, string(c.dir), "demo/objects/ConfigMap/settings.yaml")).To(gomega.ContainSubstring("colour: blue"))
}

func TestCollectTellsNoSecret(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	c, _, _ := fakeCluster(t, Request{Namespaces: []string{"demo"}, History: workshopHistory}, content()...)
	g.Expect(c.finish(c.run(t.Context()))).To(gomega.Succeed())
	for _, file := range tree(t, string(c.dir)) {
		text := read(t, string(c.dir), file)
		g.Expect(text).NotTo(gomega.ContainSubstring("aHVudGVyMg"), file)
		g.Expect(text).NotTo(gomega.ContainSubstring("hunter2"), file)
	}
	g.Expect(read(t, string(c.dir), "demo/objects/Secret/key.yaml")).To(gomega.ContainSubstring("password: (redacted, 12 characters)"))
}

func TestCollectWritesTheHistory(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	c, _, _ := fakeCluster(t, Request{Namespaces: []string{"demo"}, History: workshopHistory})
	g.Expect(c.history(t.Context(), "demo")).To(gomega.Succeed())
	g.Expect(read(t, string(c.dir), "demo/history.txt")).To(gomega.Equal(
		`NAME  REVISION  UPDATED                   STATUS      CHART            APP VERSION  DESCRIPTION
demo  1         Tue Nov  3 09:05:00 2026  superseded  guestbook-0.2.0               Install complete
demo  2         Tue Nov  3 09:06:00 2026  deployed    guestbook-0.2.0               Upgrade complete
`))
	g.Expect(read(t, string(c.dir), "demo/history.json")).To(gomega.And(
		gomega.ContainSubstring(`"description": "Install complete"`), gomega.Not(gomega.ContainSubstring("kind: Secret"))))
}

func TestOneCollectorNeverStopsAnother(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	broken := errors.New("the records are unreadable")
	c, kube, dyn := fakeCluster(t, Request{
		Namespaces: []string{"demo"}, History: func(context.Context, string) ([]helm.Release, error) { return nil, broken },
	}, content()...)
	refuse := func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(corev1.Resource("things"), "", errors.New("no role"))
	}
	kube.PrependReactor("list", "events", refuse)
	dyn.PrependReactor("list", "secrets", refuse)

	err := c.finish(c.run(t.Context()))
	g.Expect(err).To(gomega.MatchError(broken))
	told := read(t, string(c.dir), "collect-errors.txt")
	g.Expect(strings.Split(strings.TrimSpace(told), "\n")).To(gomega.ConsistOf(
		`collecting history of "demo": reading: the records are unreadable`,
		`collecting events of "demo": listing: things is forbidden: no role`,
		`collecting objects of "demo": "secrets": reading: things is forbidden: no role`,
	))
	g.Expect(tree(t, string(c.dir))).To(gomega.ContainElements("demo/logs/web-x/app.log", "demo/objects/ConfigMap/settings.yaml"))
}

// The cluster may be what has failed; the history may come from elsewhere.
func TestCollectWithoutACluster(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	err := Collect(t.Context(), &rest.Config{Host: "http://127.0.0.1:1"}, Request{Dir: dir, Namespaces: []string{"demo"}, History: workshopHistory})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("connection refused")))
	g.Expect(tree(t, dir)).To(gomega.Equal([]string{"collect-errors.txt", "demo/history.json", "demo/history.txt"}))
}

func TestEventTable(t *testing.T) {
	t.Parallel()
	at := func(second int) metav1.Time {
		return metav1.NewTime(time.Date(2026, 11, 23, 12, 0, second, 0, time.UTC))
	}
	events := []corev1.Event{
		{
			Type: "Warning", Reason: "Unhealthy", Message: "Readiness probe\nfailed", Count: 3, LastTimestamp: at(9),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "web-x"},
		},
		{
			Type: "Normal", Reason: "Scheduled", Message: "Assigned", EventTime: metav1.NewMicroTime(at(1).Time),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "web-x"},
		},
		{
			Type: "Normal", Reason: "Scaled", Message: "Up", InvolvedObject: corev1.ObjectReference{Kind: "Deployment", Name: "web"},
			Series: &corev1.EventSeries{Count: 2, LastObservedTime: metav1.NewMicroTime(at(5).Time)},
		},
	}
	gomega.NewWithT(t).Expect(string(eventTable(events))).To(gomega.Equal(
		`LAST SEEN             TYPE     REASON     OBJECT          COUNT  MESSAGE
2026-11-23T12:00:01Z  Normal   Scheduled  Pod/web-x       1      Assigned
2026-11-23T12:00:05Z  Normal   Scaled     Deployment/web  2      Up
2026-11-23T12:00:09Z  Warning  Unhealthy  Pod/web-x       3      Readiness probe failed
`))
}

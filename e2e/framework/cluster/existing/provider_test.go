package existing

import (
	"encoding/json"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/runid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// theirs is a cluster of somebody's: what is in it, and what was removed from it.
type theirs struct {
	mu         sync.Mutex
	version    string
	stranger   bool // nobody is known here
	limited    bool // users may not look at nodes
	node       *corev1.Node
	namespaces map[string]*corev1.Namespace
}

func (c *theirs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var answer any = map[string]any{"kind": "List", "apiVersion": "v1", "items": []any{}}
	switch name := path.Base(r.URL.Path); {
	case c.stranger:
		w.WriteHeader(http.StatusUnauthorized)
		answer = metav1.Status{Status: metav1.StatusFailure, Code: http.StatusUnauthorized, Reason: metav1.StatusReasonUnauthorized}
	case name == "version":
		answer = map[string]string{"gitVersion": c.version}
	case name == "nodes" && c.limited:
		w.WriteHeader(http.StatusForbidden)
		answer = metav1.Status{Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden}
	case name == "nodes":
		answer = corev1.NodeList{Items: []corev1.Node{*c.node}}
	case name == "namespaces":
		answer = c.labelled()
	case r.Method == http.MethodDelete:
		delete(c.namespaces, name)
		answer = metav1.Status{Status: metav1.StatusSuccess}
	case path.Base(path.Dir(r.URL.Path)) == "namespaces":
		w.WriteHeader(http.StatusNotFound)
		answer = metav1.Status{Status: metav1.StatusFailure, Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		text = []byte(err.Error())
	}
	_, _ = w.Write(text)
}

func (c *theirs) labelled() corev1.NamespaceList {
	var list corev1.NamespaceList
	for _, namespace := range c.namespaces {
		if _, ours := namespace.Labels[cluster.RunLabel]; ours {
			list.Items = append(list.Items, *namespace)
		}
	}
	return list
}

func (c *theirs) names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for name := range c.namespaces {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// serve has namespaces of the user, of this run, of a dead one, of one on another
// machine, and of one that only looks like ours.
func serve(t *testing.T) (*theirs, *Provider) {
	t.Helper()
	g := gomega.NewWithT(t)
	temp, err := filepath.EvalSymlinks(t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Setenv("TMPDIR", temp)
	run := runid.Current().String()
	c := &theirs{version: "v1.37.2", node: node("a", "containerd://2", corev1.ConditionTrue), namespaces: map[string]*corev1.Namespace{}}
	for name, owner := range map[string]string{
		"default": "", "current": run, "dead": run[:len(run)-6] + "dead00", "elsewhere": "zzzzz" + run[5:], "odd": "not-a-run",
	} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name)}}
		if owner != "" {
			namespace.Labels = map[string]string{cluster.RunLabel: owner}
		}
		c.namespaces[name] = namespace
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	file := users(t, func(config *clientcmdapi.Config) { config.Clusters["home"].Server = server.URL })
	p, err := New(Options{Kubeconfig: file})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	return c, p
}

func left(t *testing.T) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(os.Getenv("TMPDIR"))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return entries
}

func TestAClusterIsHandedOverAndStays(t *testing.T) {
	g := gomega.NewWithT(t)
	c, p := serve(t)
	first, err := p.Create(t.Context(), cluster.Spec{KubernetesVersion: "v1.37.2"})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	second, err := p.Create(t.Context(), cluster.Spec{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(first.Name()).ToNot(gomega.Equal(second.Name()))
	g.Expect(first.Features()).To(gomega.Equal(cluster.Features{Containers: true}))
	about, err := os.Stat(first.Kubeconfig())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(about.Mode().Perm()).To(gomega.Equal(fs.FileMode(0o600)))
	g.Expect(first.CollectLogs(t.Context(), filepath.Join(t.TempDir(), "logs"))).To(gomega.Succeed())

	g.Expect(first.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(first.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(c.names()).To(gomega.HaveExactElements("dead", "default", "elsewhere", "odd"), "only what this run has made is gone")
	g.Expect(second.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(left(t)).To(gomega.BeEmpty())
}

func TestOnlyWhatDeadRunsLeftIsSwept(t *testing.T) {
	g := gomega.NewWithT(t)
	c, p := serve(t)
	g.Expect(p.Sweep(t.Context())).To(gomega.ConsistOf("namespace dead"))
	g.Expect(c.names()).To(gomega.HaveExactElements("current", "default", "elsewhere", "odd"))
	g.Expect(left(t)).To(gomega.BeEmpty())
}

func TestAClusterThatDoesNotSuitIsRefusedAndNothingIsLeft(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "image.tar")
	built, err := image.Build(image.Spec{})
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	gomega.NewWithT(t).Expect(image.WriteArchive(archive, map[string]image.Image{"localhost/seatrial/x:v1": built})).To(gomega.Succeed())
	for name, c := range map[string]struct {
		spec   cluster.Spec
		change func(*theirs, *Provider)
		says   string
	}{
		"another version": {
			cluster.Spec{KubernetesVersion: "v1.36.0"}, nil, "it is Kubernetes v1.37.2, not v1.36.0: choose another cluster, or leave KUBERNETES out",
		},
		"too few nodes": {cluster.Spec{Workers: 2}, nil, "it has 1 ready nodes of 1, and 3 are needed"},
		"no images": {
			cluster.Spec{Images: []string{archive}}, nil, "not all of them have localhost/seatrial/x:v1 (" + archive + "): load the archives with the tool that made the cluster",
		},
		"no credentials": {cluster.Spec{}, func(c *theirs, _ *Provider) { c.stranger = true }, `does not accept the credentials of user "home"`},
		"too few rights": {
			cluster.Spec{}, func(c *theirs, _ *Provider) { c.limited = true }, `user "home" lacks rights that a run needs, which looks at nodes`,
		},
		"nobody there": {cluster.Spec{}, func(_ *theirs, p *Provider) {
			p.options.Kubeconfig = users(t, func(config *clientcmdapi.Config) { config.Clusters["home"].Server = "http://127.0.0.1:1" })
		}, "is the cluster running? "},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			there, p := serve(t)
			if c.change != nil {
				c.change(there, p)
			}
			_, err := p.Create(t.Context(), c.spec)
			g.Expect(err).To(gomega.MatchError(gomega.And(
				gomega.HavePrefix(`using context "home" at http://127.0.0.1:`), gomega.ContainSubstring(c.says))))
			g.Expect(left(t)).To(gomega.BeEmpty())
		})
	}
}

func TestAServerThatTheKubeconfigDoesNotTrustIsNotTakenForOneThatIsDown(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("TMPDIR", t.TempDir())
	server := httptest.NewUnstartedServer(&theirs{})
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // It complains of the handshake.
	server.StartTLS()
	t.Cleanup(server.Close)
	p := &Provider{Options{Kubeconfig: users(t, func(config *clientcmdapi.Config) { config.Clusters["home"].Server = server.URL })}}
	_, err := p.Create(t.Context(), cluster.Spec{})
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("the kubeconfig does not trust the server's certificate"), gomega.ContainSubstring("fetch the kubeconfig again"),
		gomega.Not(gomega.ContainSubstring("is the cluster running")))))
	g.Expect(left(t)).To(gomega.BeEmpty())
}

func TestImagesAreNotNeededWhereNothingRuns(t *testing.T) {
	g := gomega.NewWithT(t)
	there, p := serve(t)
	there.node = node("a", "simulated://seatrial", corev1.ConditionTrue)
	archive := filepath.Join(t.TempDir(), "image.tar")
	built, err := image.Build(image.Spec{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(image.WriteArchive(archive, map[string]image.Image{"localhost/seatrial/x:v1": built})).To(gomega.Succeed())
	c, err := p.Create(t.Context(), cluster.Spec{Images: []string{archive}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(c.LoadImages(t.Context(), "/nowhere/image.tar")).To(gomega.MatchError(gomega.ContainSubstring("/nowhere/image.tar")))
	g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
}

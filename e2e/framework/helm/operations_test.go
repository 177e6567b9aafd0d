package helm

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestNewTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, kubeconfig := newFakeAPI(t)
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"no kubeconfig":      {Options{}, "Options.Kubeconfig is empty"},
		"a missing one":      {Options{Kubeconfig: filepath.Join("none", "there")}, "no such file or directory"},
		"an unknown driver":  {Options{Kubeconfig: kubeconfig, Driver: "memory"}, `driver "memory" is neither "secret" nor "configmap"`},
		"an unknown context": {Options{Kubeconfig: kubeconfig, Context: "other"}, `context "other" is not in the file, which has: fake`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			_, err := New(test.options)
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("creating a Helm client")))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
		})
	}
}

func TestTheNamespaceIsTheContextsUnlessGiven(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, kubeconfig := newFakeAPI(t)
	client, err := New(Options{Kubeconfig: kubeconfig})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(client.namespace).To(gomega.Equal("place"))
	client, err = New(Options{Kubeconfig: kubeconfig, Namespace: "elsewhere"})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(client.namespace).To(gomega.Equal("elsewhere"))
}

func TestOnlyTheFirstOperationReadsTheKinds(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)

	g.Expect(client.Install(t.Context(), "first", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	g.Expect(api.taken()).To(gomega.ContainElements("GET /version", "GET /api", "GET /apis", "GET /api/v1"))

	g.Expect(client.Install(t.Context(), "second", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	g.Expect(api.taken()).To(gomega.Equal([]string{
		"GET /apis",
		"GET /api/v1/namespaces/place/secrets",
		"GET /api/v1/namespaces/place/configmaps/second",
		"POST /api/v1/namespaces/place/secrets",
		"POST /api/v1/namespaces/place/configmaps",
		"PUT /api/v1/namespaces/place/secrets/sh.helm.release.v1.second.v1",
	}))
}

func TestAnUpgradeAndARollbackReadTheHistoryOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	api.taken()

	const list = "GET /api/v1/namespaces/place/secrets"
	g.Expect(client.Upgrade(t.Context(), "story", load(t, "plain"), Values{"message": "two"})).To(gomega.HaveField("Revision", 2))
	g.Expect(count(api.taken(), list)).To(gomega.Equal(1))
	g.Expect(client.Rollback(t.Context(), "story", 1)).To(gomega.HaveField("Description", "Rollback to 1"))
	g.Expect(count(api.taken(), list)).To(gomega.Equal(1))
	g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusSuperseded, StatusSuperseded, StatusDeployed}))
}

func TestAFailureStaysOneInHistory(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		http.Error(w, "not this", http.StatusForbidden)
		return true
	})
	_, err := client.Upgrade(t.Context(), "story", load(t, "plain"), Values{"message": "two"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`updating ConfigMap "story"`)))
	api.meddle(nil)
	g.Expect(client.Rollback(t.Context(), "story", 1)).To(gomega.HaveField("Revision", 3))
	g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusSuperseded, StatusFailed, StatusDeployed}))
}

// What a failed upgrade starts from, if nothing is deployed, is the first to make room.
func TestAnUpgradeDoesNotMissTheRevisionThatMadeRoomForIt(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	client.maxHistory = 1
	refuseConfigMaps(api)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().To(gomega.HaveOccurred())
	api.meddle(nil)
	g.Expect(client.Upgrade(t.Context(), "story", load(t, "plain"), nil)).To(gomega.HaveField("Revision", 2))
	g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusDeployed}))
}

func TestAnInstallationReplacesOnlyWhatFailedOrIsUninstalled(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	replacing := client.With(OperationOptions{Replace: true, KeepHistory: true})
	g.Expect(replacing.Install(t.Context(), "story", load(t, "plain"), nil)).To(gomega.HaveField("Revision", 1))
	g.Expect(replacing.Install(t.Context(), "story", load(t, "plain"), nil)).Error().To(gomega.MatchError(ErrReleaseExists))
	g.Expect(replacing.Uninstall(t.Context(), "story")).To(gomega.Succeed())
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().To(gomega.MatchError(ErrReleaseExists))

	refuseConfigMaps(api)
	g.Expect(replacing.Install(t.Context(), "story", load(t, "plain"), nil)).Error().To(gomega.And(
		gomega.MatchError(gomega.ContainSubstring("not this")), gomega.Not(gomega.MatchError(ErrReleaseExists))))
	api.meddle(nil)
	g.Expect(replacing.Install(t.Context(), "story", load(t, "plain"), nil)).To(gomega.HaveField("Revision", 3))
	g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusSuperseded, StatusFailed, StatusDeployed}))
}

func refuseConfigMaps(api *fakeAPI) {
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || isRecord(r, r.Method) {
			return false
		}
		http.Error(w, "not this", http.StatusForbidden)
		return true
	})
}

func TestANewKindIsNoticed(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	_, err := client.Status(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(ErrReleaseNotFound))
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())

	s, err := client.session(t.Context())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(s.learn()).To(gomega.Succeed())
	mapper, err := s.ToRESTMapper()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	pod := schema.GroupKind{Kind: "Pod"}
	_, err = mapper.RESTMapping(pod)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`no matches for kind "Pod"`)))
	api.addKind("pods", "Pod")
	g.Expect(mapper.RESTMapping(pod)).To(gomega.HaveField("Resource.Resource", "pods"))
}

func TestAServerThatNeverAnswersDoesNotHoldAStoppedOperation(t *testing.T) {
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	before := goleak.IgnoreCurrent()
	released := make(chan struct{})
	api.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && r.URL.Path == "/apis" {
			return false
		}
		select {
		case <-released:
		case <-r.Context().Done():
		}
		return true
	})
	ctx, stop := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errors.New("the patience of this test"))
	defer stop()
	start := time.Now()
	_, err := client.Upgrade(ctx, "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("stopped by the patience of this test")))
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", 10*time.Second), "it does not wait for an answer that never comes")
	close(released)
	goleak.VerifyNone(t, before,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
}

func TestAnOperationThatIsOverBeforeItBeginsMakesNoRequest(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := client.Install(ctx, "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(client.Uninstall(ctx, "story")).To(gomega.MatchError(context.Canceled))
	_, err = client.History(ctx, "story")
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(api.taken()).To(gomega.BeEmpty())
}

func TestWritesAreStrict(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	var lax atomic.Value
	api.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		query := r.URL.Query()
		if r.Method != http.MethodGet && (query.Get("fieldValidation") != "Strict" || query.Get("fieldManager") != "helm") {
			lax.Store(r.Method + " " + r.URL.String())
		}
		return false
	})
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	g.Expect(client.Upgrade(t.Context(), "story", load(t, "plain"), Values{"message": "two"})).Error().NotTo(gomega.HaveOccurred())
	g.Expect(lax.Load()).To(gomega.BeNil())
}

func newFakeClient(t *testing.T) (*fakeAPI, *Client) {
	t.Helper()
	api, kubeconfig := newFakeAPI(t)
	client, err := New(Options{Kubeconfig: kubeconfig})
	if err != nil {
		t.Fatal(err)
	}
	return api, client
}

func statuses(t *testing.T, client *Client) []Status {
	t.Helper()
	name := "story"
	if found, err := client.History(t.Context(), "new"); err == nil && len(found) > 0 {
		name = "new"
	}
	found, err := client.History(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]Status, 0, len(found))
	for _, revision := range found {
		all = append(all, revision.Status)
	}
	return all
}

func count(requests []string, wanted string) int {
	n := 0
	for _, request := range requests {
		if request == wanted {
			n++
		}
	}
	return n
}

func TestAnOperationTellsTheVersionsThatItWrote(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := newFakeClient(t)
	made, err := client.Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	written := gomega.And(gomega.HaveField("Kind", "ConfigMap"), gomega.HaveField("Namespace", "place"), gomega.HaveField("Name", "story"))
	g.Expect(made.Written).To(gomega.ContainElement(written))
	changed, err := client.Upgrade(t.Context(), "story", load(t, "plain"), Values{"greeting": "again"})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(changed.Written).To(gomega.ContainElement(written))
	g.Expect(client.Status(t.Context(), "story")).To(gomega.HaveField("Written", gomega.BeEmpty()))
}

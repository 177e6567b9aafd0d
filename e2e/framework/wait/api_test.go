package wait

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	"k8s.io/client-go/rest"
)

// starting is an HTTP server that says it is not ready the first times, in the words of an API server.
func starting(t *testing.T, failures int32) *rest.Config {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		if asked.Add(1) <= failures {
			http.Error(w, "[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\nreadyz check failed", http.StatusInternalServerError)
			return
		}
		_, err := w.Write([]byte("ok"))
		if err != nil {
			t.Errorf("answering: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

func TestAPIWaitsUntilItIsReady(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(API(t.Context(), starting(t, 2), patience)).To(gomega.Succeed())
}

func TestAPINamesTheChecksThatFail(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	err := API(t.Context(), starting(t, 1000), 200*time.Millisecond)
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(
		`^waiting for the API server "http://127.0.0.1:\d+" to be ready: timed out after \d+ms: ` +
			`not ready: etcd failed: reason withheld, informer-sync failed: reason withheld$`)))
}

func TestAPISaysThatNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := API(t.Context(), &rest.Config{Host: server.URL}, 100*time.Millisecond)
	gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring("connection refused")))
}

func TestAPIReturnsWithItsContext(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by hand")
	time.AfterFunc(100*time.Millisecond, func() { cancel(stopped) })
	err := API(ctx, starting(t, 1000), patience)
	g.Expect(err).To(gomega.MatchError(stopped))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("etcd failed")))
}

func TestAPILeavesNothingBehind(t *testing.T) {
	cfg := starting(t, 2)
	before := goleak.IgnoreCurrent()
	gomega.NewWithT(t).Expect(API(t.Context(), cfg, patience)).To(gomega.Succeed())
	goleak.VerifyNone(t, before)
}

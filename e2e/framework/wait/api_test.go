package wait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// brief is a time that is to run out, after the first answers.
const brief = 2 * time.Second

const notReady = "[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\nreadyz check failed"

// starting is an HTTP server that says it is not ready the first times, in the words of an API server.
func starting(t *testing.T, failures int32) *rest.Config {
	t.Helper()
	return asked(t, func(w http.ResponseWriter, times int32) {
		if times <= failures {
			http.Error(w, notReady, http.StatusInternalServerError)
			return
		}
		_, err := w.Write([]byte("ok"))
		if err != nil {
			t.Errorf("answering: %v", err)
		}
	})
}

// asked is an HTTP server whose answers depend on how often it was asked whether it is ready.
func asked(t *testing.T, answer func(w http.ResponseWriter, times int32)) *rest.Config {
	t.Helper()
	var times atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		answer(w, times.Add(1))
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
	err := API(t.Context(), starting(t, 1000), brief)
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(
		`^waiting for the API server "http://127.0.0.1:\d+" to be ready: timed out after \S+: ` +
			`not ready: etcd failed: reason withheld, informer-sync failed: reason withheld$`)))
}

func TestAPISaysThatNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := API(t.Context(), &rest.Config{Host: server.URL}, brief)
	gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring("connection refused")))
}

// Whoever asks is stopped when the first answer was read, or in the middle of the second one.
func TestAPIReturnsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, begun := range map[string]bool{"before an answer": false, "in an answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			stopped := errors.New("stopped by hand")
			ended := make(chan struct{})
			cfg := asked(t, func(w http.ResponseWriter, times int32) {
				if times == 1 {
					http.Error(w, notReady, http.StatusInternalServerError)
					return
				}
				if begun {
					w.Header().Set("Content-Length", "1000")
					w.WriteHeader(http.StatusInternalServerError)
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Errorf("answering: %v", err)
					}
				}
				// In an answer, it may still be on its way to whoever asks: that is another case of before one.
				cancel(stopped)
				<-ended
			})
			err := API(ctx, cfg, patience)
			close(ended)
			g.Expect(err).To(gomega.MatchError(stopped))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("etcd failed")))
		})
	}
}

func TestAnAnswerThatWasReadWholeTellsMoreThanItsStatus(t *testing.T) {
	t.Parallel()
	whole := apierrors.NewGenericServerResponse(http.StatusInternalServerError, "get", schema.GroupResource{}, "", notReady, 0, true)
	for heard, want := range map[string]bool{"500 Internal Server Error": true, "503 Service Unavailable": false, "connection refused": false} {
		gomega.NewWithT(t).Expect(tellsMore(fmt.Errorf("asking: %w", whole), errors.New(heard))).To(gomega.Equal(want), heard)
	}
	gomega.NewWithT(t).Expect(tellsMore(nil, errors.New("500 Internal Server Error"))).To(gomega.BeFalseBecause("nothing was read"))
}

func TestAPILeavesNothingBehind(t *testing.T) {
	cfg := starting(t, 2)
	before := goleak.IgnoreCurrent()
	gomega.NewWithT(t).Expect(API(t.Context(), cfg, patience)).To(gomega.Succeed())
	goleak.VerifyNone(t, before)
}

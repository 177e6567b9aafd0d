package helm

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/onsi/gomega"
)

func TestASuccessWhoseRecordIsLostIsRecordedAgain(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(context.Context, *testing.T, *Client) (*Release, error){
		"install": func(ctx context.Context, t *testing.T, client *Client) (*Release, error) {
			t.Helper()
			return client.Install(ctx, "new", load(t, "plain"), nil)
		},
		"upgrade": func(ctx context.Context, t *testing.T, client *Client) (*Release, error) {
			t.Helper()
			return client.Upgrade(ctx, "story", load(t, "plain"), nil)
		},
		"rollback": func(ctx context.Context, _ *testing.T, client *Client) (*Release, error) {
			return client.Rollback(ctx, "story", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			api, client := newFakeClient(t)
			g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())

			// As many writes fail as Helm makes after the last object.
			var left atomic.Int32
			left.Store(map[string]int32{"install": 1, "upgrade": 2, "rollback": 2}[name])
			api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
				if !isRecord(r, http.MethodPut) || left.Add(-1) < 0 {
					return false
				}
				http.Error(w, "not now", http.StatusInternalServerError)
				return true
			})
			g.Expect(act(t.Context(), t, client)).To(gomega.HaveField("Status", StatusDeployed))
			want := []Status{StatusSuperseded, StatusDeployed}
			if name == "install" {
				want = []Status{StatusDeployed}
			}
			g.Expect(statuses(t, client)).To(gomega.Equal(want))
		})
	}
}

func TestASuccessThatCannotBeRecordedIsNoSuccess(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if !isRecord(r, http.MethodPut) {
			return false
		}
		http.Error(w, "never", http.StatusInternalServerError)
		return true
	})
	_, err := client.Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("all is done, but recording that fails, so that revision 1 stays pending")))
}

func TestARecordWhoseCreationGotNoAnswerIsSetRight(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	api.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if !isRecord(r, http.MethodPost) {
			return false
		}
		api.meddle(nil)
		api.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // The connection breaks.
	})
	_, err := client.Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(ErrUnreachable))
	g.Expect(client.Status(t.Context(), "story")).To(gomega.And(
		gomega.HaveField("Status", StatusFailed), gomega.HaveField("Description", gomega.HavePrefix("Install failed: ")),
	))
}

func TestARecordThatWasNeverCreatedIsNotMissed(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	api.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if !isRecord(r, http.MethodPost) {
			return false
		}
		panic(http.ErrAbortHandler) // The connection breaks before the request is read.
	})
	_, err := client.Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(ErrUnreachable))
	g.Expect(err).NotTo(gomega.MatchError(gomega.ContainSubstring("pending")))
	_, err = client.Status(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(ErrReleaseNotFound))
}

func TestTheRecordOfAnotherOperationIsLeftAlone(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	api.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if !isRecord(r, http.MethodPost) {
			return false
		}
		api.meddle(nil)
		if _, err := client.Install(context.WithoutCancel(r.Context()), "story", load(t, "plain"), nil); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler) // The connection breaks.
	})
	_, err := client.Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(ErrUnreachable))
	g.Expect(client.Status(t.Context(), "story")).To(gomega.HaveField("Status", StatusDeployed))
}

func TestARecordThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	api.mu.Lock()
	api.objects["/api/v1/namespaces/place/secrets/sh.helm.release.v1.story.v1"]["data"] = map[string]any{"release": "Z2FyYmFnZQ=="}
	api.mu.Unlock()

	_, err := client.Status(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("there are records, but none that can be decoded")))
	s, err := client.session(t.Context())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	_, err = s.records.Get("sh.helm.release.v1.story.v1")
	g.Expect(err).To(gomega.MatchError(`the record "sh.helm.release.v1.story.v1" cannot be decoded`))
}

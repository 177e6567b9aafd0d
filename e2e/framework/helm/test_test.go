package helm

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/onsi/gomega"
)

// tested is a client whose release has two tests, pods that end with the phase as soon
// as they are made, and write a line.
func tested(t *testing.T, phase string) (*fakeAPI, *Client) {
	t.Helper()
	api, client := newFakeClient(t)
	api.addKind("pods", "Pod")
	gomega.NewWithT(t).Expect(client.Install(t.Context(), "story", load(t, "tested"), nil)).Error().NotTo(gomega.HaveOccurred())
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/log"):
			// The pods are still there, whatever the policy says.
			api.mu.Lock()
			_, there := api.objects[strings.TrimSuffix(r.URL.Path, "/log")]
			api.mu.Unlock()
			if !there {
				http.Error(w, "gone", http.StatusNotFound)
				return true
			}
			_, _ = io.WriteString(w, "a line of "+r.URL.Query().Get("container")+"\n") //nolint:gosec // No browser reads it.
			return true
		case r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/pods/"):
			api.mu.Lock()
			defer api.mu.Unlock()
			if pod := api.objects[r.URL.Path]; pod != nil && phase != "" {
				pod["status"] = map[string]any{"phase": phase}
			}
		}
		return false
	})
	return api, client
}

func TestTestsAreRunAndTheirLogsAreRead(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := tested(t, "Succeeded")
	report, err := client.Test(t.Context(), "story")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(report.Tests).To(gomega.HaveExactElements(
		gomega.And(
			gomega.HaveField("Name", "story-first"), gomega.HaveField("Phase", "Succeeded"), gomega.HaveField("Failure", ""),
			gomega.HaveField("Logs", gomega.Equal([]Log{
				{Pod: "story-first", Container: "setup", Phase: "Succeeded", Text: "a line of setup\n"},
				{Pod: "story-first", Container: "try", Phase: "Succeeded", Text: "a line of try\n"},
			})),
		),
		gomega.And(gomega.HaveField("Name", "story-second"), gomega.HaveField("Phase", "Succeeded")),
	))
}

func TestATestThatFailsIsToldWithItsLogAndWhatDidNotRun(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := tested(t, "Failed")
	report, err := client.Test(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(ErrTestFailed))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`testing release "story" in "place": test failed: waiting for Pod "story-first" to complete: it failed`)))
	g.Expect(report.Tests).To(gomega.HaveExactElements(
		gomega.And(
			gomega.HaveField("Name", "story-first"), gomega.HaveField("Phase", "Failed"),
			gomega.HaveField("Failure", gomega.ContainSubstring("it failed")),
			gomega.HaveField("Logs", gomega.HaveEach(gomega.HaveField("Text", gomega.HavePrefix("a line of")))),
		),
		gomega.And(gomega.HaveField("Name", "story-second"), gomega.HaveField("Phase", ""), gomega.HaveField("Logs", gomega.BeEmpty())),
	))
}

func TestATestThatCannotBeMadeIsToldToo(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := tested(t, "Succeeded")
	var refused atomic.Bool
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		refused.Store(true)
		http.Error(w, "no pods today", http.StatusForbidden)
		return true
	})
	report, err := client.Test(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(ErrTestFailed))
	g.Expect(refused.Load()).To(gomega.BeEquivalentTo(true))
	g.Expect(report.Tests[0].Failure).To(gomega.ContainSubstring("no pods today"))
}

func TestOnlyTheNamedTestsRun(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := tested(t, "Succeeded")
	report, err := client.Test(t.Context(), "story", "story-second")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(report.Tests).To(gomega.HaveExactElements(gomega.HaveField("Name", "story-second")))
}

func TestTestsOfNoReleaseAreAnError(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := newFakeClient(t)
	report, err := client.Test(t.Context(), "story")
	g.Expect(err).To(gomega.MatchError(ErrReleaseNotFound))
	g.Expect(err).NotTo(gomega.MatchError(ErrTestFailed))
	g.Expect(report.Tests).To(gomega.BeEmpty())
}

package stage_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
)

// theatre has a scenario folder, a start folder beside it, and a kubectl that writes down what it is asked.
type theatre struct {
	*gomega.WithT
	t    *testing.T
	root string
	log  string
}

func newTheatre(t *testing.T) *theatre {
	t.Helper()
	goleak.VerifyNone(t)
	root := t.TempDir()
	h := &theatre{WithT: gomega.NewWithT(t), t: t, root: root, log: filepath.Join(root, "kubectl.log")}
	h.write("charts/web/Chart.yaml", "name: web\n", 0o600)
	h.write("scenarios/web/scenario.yaml", "", 0o600)
	h.kubectl("exit 0")
	return h
}

func (h *theatre) write(name, content string, mode os.FileMode) {
	h.t.Helper()
	path := filepath.Join(h.root, filepath.FromSlash(name))
	h.Expect(os.MkdirAll(filepath.Dir(path), 0o750)).To(gomega.Succeed())
	h.Expect(os.WriteFile(path, []byte(content), mode)).To(gomega.Succeed())
}

func (h *theatre) kubectl(ending string) {
	h.t.Helper()
	h.write("bin/kubectl", "#!/bin/sh\necho \"$KUBECONFIG $*\" >> "+h.log+"\n"+ending+"\n", 0o700)
}

func (h *theatre) asked() []string {
	h.t.Helper()
	content, err := os.ReadFile(h.log)
	if os.IsNotExist(err) {
		return nil
	}
	h.Expect(err).ToNot(gomega.HaveOccurred())
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

func (h *theatre) open(s *scenario.Scenario) (*stage.Stage, error) {
	h.t.Helper()
	s.Path = filepath.Join(h.root, "scenarios", "web")
	return stage.Open(h.t.Context(), stage.Options{Scenario: s, Kubeconfig: "the-cluster", Bin: filepath.Join(h.root, "bin")})
}

func (h *theatre) types(s *stage.Stage, command string) string {
	h.t.Helper()
	result, err := s.Shell.Run(h.t.Context(), command, time.Minute)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	h.Expect(result.Exit).To(gomega.Equal(0), result.Output)
	return strings.TrimSpace(result.Output)
}

func TestTheReaderWorksInACopy(t *testing.T) {
	h := newTheatre(t)
	s, err := h.open(&scenario.Scenario{Dir: "../../charts"})
	h.Expect(err).ToNot(gomega.HaveOccurred())

	h.Expect(h.types(s, "basename $PWD; cat web/Chart.yaml")).To(gomega.Equal("charts\nname: web"))
	h.types(s, "rm -r web; touch mine")
	home := h.types(s, "echo $HOME")

	h.Expect(s.Close(t.Context())).To(gomega.Succeed())
	h.Expect(filepath.Join(h.root, "charts", "web", "Chart.yaml")).To(gomega.BeAnExistingFile())
	h.Expect(filepath.Join(h.root, "charts", "mine")).ToNot(gomega.BeAnExistingFile())
	h.Expect(home).ToNot(gomega.BeADirectory())
	h.Expect(s.Close(t.Context())).To(gomega.Succeed(), "a second time")
}

func TestAFolderOfTheReaderIsServed(t *testing.T) {
	h := newTheatre(t)
	s, err := h.open(&scenario.Scenario{Serve: &scenario.Serve{Folder: "repo", Variable: "REPO_URL"}})
	h.Expect(err).ToNot(gomega.HaveOccurred())

	address := h.types(s, `mkdir repo; echo hello > repo/index.yaml; echo "$REPO_URL"`)
	h.Expect(address).To(gomega.HavePrefix("http://127.0.0.1:"))
	h.Expect(h.get(address + "/index.yaml")).To(gomega.Equal("hello\n"))

	h.Expect(s.Close(t.Context())).To(gomega.Succeed())
}

func TestAServedFolderDoesNotLeadOutOfIt(t *testing.T) {
	h := newTheatre(t)
	h.write("secret", "canary", 0o600)
	s, err := h.open(&scenario.Scenario{Serve: &scenario.Serve{Folder: "repo", Variable: "REPO_URL"}})
	h.Expect(err).ToNot(gomega.HaveOccurred())

	address := h.types(s, `mkdir repo; echo hello > repo/real; ln -s real repo/link; ln -s `+h.root+`/secret repo/out; echo "$REPO_URL"`)
	h.Expect(h.get(address + "/link")).To(gomega.Equal("hello\n"))
	h.Expect(h.get(address + "/out")).ToNot(gomega.ContainSubstring("canary"))

	h.Expect(s.Close(t.Context())).To(gomega.Succeed())
}

func (h *theatre) get(url string) string {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, url, http.NoBody)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { h.Expect(response.Body.Close()).To(gomega.Succeed()) }()
	body, err := io.ReadAll(response.Body)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	return string(body)
}

func TestNamespacesAreAbsentBeforeAndAfter(t *testing.T) {
	h := newTheatre(t)
	s, err := h.open(&scenario.Scenario{
		Namespaces: []string{"one", "two"}, Setup: []string{"kubectl set up"}, Teardown: []string{"false", "kubectl tear down"},
	})
	h.Expect(err).ToNot(gomega.HaveOccurred())

	h.Expect(s.Close(t.Context())).To(gomega.MatchError(gomega.ContainSubstring(`running "false": exit code 1`)))

	h.Expect(h.asked()).To(gomega.Equal([]string{
		"the-cluster wait --for=delete --timeout=2m0s namespace/one namespace/two",
		"the-cluster set up",
		"the-cluster tear down",
		"the-cluster delete namespace --ignore-not-found one two",
	}))
}

func TestWhatIsSomebodyElsesStays(t *testing.T) {
	h := newTheatre(t)
	h.kubectl("echo timed out waiting; exit 1")

	_, err := h.open(&scenario.Scenario{Namespaces: []string{"one"}, Teardown: []string{"kubectl tear down"}})

	h.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.HavePrefix(`setting up scenario "web": running "kubectl wait`), gomega.ContainSubstring("timed out waiting: remove what is in the way"))))
	h.Expect(h.asked()).To(gomega.HaveLen(1), "nothing is deleted")
}

func TestAFailedSetupIsTornDown(t *testing.T) {
	h := newTheatre(t)

	_, err := h.open(&scenario.Scenario{Setup: []string{"echo no charts; exit 3"}, Teardown: []string{"kubectl tear down"}})

	h.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("exit code 3: no charts")))
	h.Expect(h.asked()).To(gomega.Equal([]string{"the-cluster tear down"}))
}

func TestAStartFolderThatIsGoneIsAnError(t *testing.T) {
	h := newTheatre(t)

	_, err := h.open(&scenario.Scenario{Dir: "../../gone"})

	h.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("gone")))
}

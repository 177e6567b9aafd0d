package resilience

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/sandbox"
)

const sandboxTimeout = 5 * time.Minute

// canary is what a document must not get hold of.
const canary = "canary-5b3e1f"

// A document that tries to carry something away: what the user has at home, and by the network.
//
//nolint:dupword // What is echoed is what is shown.
const thief = "# A workshop\n\n```console\n$ cat ~user/secret USERHOME/secret 2>/dev/null || echo nothing\nnothing\n" +
	"$ timeout 5 bash -c 'exec 3<>/dev/tcp/ADDRESS && cat <&3' 2>/dev/null || echo nobody\nnobody\n" +
	"$ kubectl get namespace default -o name\nnamespace/default\n" +
	"$ helm create mine >/dev/null && helm install mine ./mine --dry-run=server >/dev/null && echo done\ndone\n```\n"

var _ = Describe("A document that carries things away", Label("sandbox"), func() {
	It("gets them without a sandbox, and nothing in one, while it can use its cluster", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		home, place := GinkgoT().TempDir(), GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(home, "secret"), []byte(canary), 0o600)).To(Succeed())
		outside := httptest.NewServer(http.NotFoundHandler())
		DeferCleanup(outside.Close)
		host, port, err := net.SplitHostPort(outside.Listener.Addr().String())
		Expect(err).ToNot(HaveOccurred())
		text := strings.NewReplacer("USERHOME", home, "ADDRESS", host+"/"+port).Replace(thief)
		Expect(os.WriteFile(filepath.Join(place, "thief.md"), []byte(text), 0o600)).To(Succeed())
		run := func(args ...string) (string, int) {
			cmd := exec.CommandContext(ctx, seatrial, append([]string{"workshop", "thief.md", "--provider", "existing", "--kubeconfig", handle.Kubeconfig}, args...)...)
			cmd.Dir = place
			cmd.Env = append(os.Environ(), "SEATRIAL_ARTIFACTS="+filepath.Join(place, "artifacts"))
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			_ = cmd.Run() // The exit code is looked at.
			return out.String(), cmd.ProcessState.ExitCode()
		}

		open, code := run()
		Expect(code).To(Equal(2), open)
		Expect(open).To(ContainSubstring(canary), "without a sandbox, a document reads what its user can")
		Expect(os.RemoveAll(filepath.Join(place, "mine"))).To(Succeed())

		confined, code := run("--sandbox")
		if strings.Contains(confined, sandbox.ErrUnavailable.Error()) {
			Expect(confined).To(ContainSubstring("user namespaces"), "the remedy")
			Skip("this machine makes no sandboxes: " + lastLines(confined))
		}
		Expect(confined).ToNot(ContainSubstring(canary))
		Expect(code).To(Equal(0), confined)
		Expect(filepath.Join(place, "mine")).ToNot(BeADirectory(), "it works in a copy")
	}, NodeTimeout(sandboxTimeout))
})

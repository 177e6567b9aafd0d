package apt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

// policy is what "apt-cache policy podman nosuch virtual netavark" says.
const policy = `podman:
  Installed: 4.3.1+ds1-8+deb12u1+b3
  Candidate: 4.3.1+ds1-8+deb12u1+b3
  Version table:
 *** 4.3.1+ds1-8+deb12u1+b3 500
        500 http://deb.example.org/debian bookworm/main amd64 Packages
N: Unable to locate package nosuch
virtual:
  Installed: (none)
  Candidate: (none)
  Version table:
netavark:
  Installed: (none)
  Candidate: 1.4.0-3
`

func TestCandidatesAreWhatCanBeInstalled(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(cmp.Diff([]string{"podman", "netavark"}, parsePolicy(policy))).To(gomega.BeEmpty())
}

func FuzzParsePolicy(f *testing.F) {
	f.Add(policy)
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range parsePolicy(text) {
			if name == "" || !strings.Contains(text, name) {
				t.Fatalf("%q came from %q", name, text)
			}
		}
	})
}

// fakeAPT puts scripts on PATH that stand in for apt, which would change this machine; apt-get writes down its calls.
func fakeAPT(t *testing.T, policy, aptGet string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	calls := filepath.Join(dir, "calls")
	for name, script := range map[string]string{
		"apt-cache": "printf '%s' '" + policy + "'",
		"apt-get":   "echo \"$DEBIAN_FRONTEND: $*\" >>'" + calls + "'\n" + aptGet,
	} {
		//nolint:gosec // It is to be executed.
		err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700)
		gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	}
	return calls
}

func TestInstallUpdatesFirstAndShowsProgress(t *testing.T) {
	g := gomega.NewWithT(t)
	calls := fakeAPT(t, policy, "echo working on $1")
	var progress bytes.Buffer
	g.Expect(Install(t.Context(), &progress)).To(gomega.Succeed())
	g.Expect(progress.String()).To(gomega.Equal("working on update\nworking on install\n"))
	g.Expect(os.ReadFile(calls)).To(gomega.BeEquivalentTo(
		"noninteractive: update -q -o DPkg::Lock::Timeout=120\n" +
			"noninteractive: install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 podman netavark\n"))
}

func TestInstallGoesOnWithABrokenSource(t *testing.T) {
	g := gomega.NewWithT(t)
	fakeAPT(t, policy, `test "$1" = install`)
	g.Expect(Install(t.Context(), new(bytes.Buffer))).To(gomega.Succeed())
}

func TestInstallSaysThatThereIsNoPodman(t *testing.T) {
	g := gomega.NewWithT(t)
	fakeAPT(t, "", "exit 100")
	err := Install(t.Context(), new(bytes.Buffer))
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("do not have it"), gomega.ContainSubstring("apt-get update"), gomega.ContainSubstring("exit status 100"),
	)))
}

func TestInstallThatFailsSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	fakeAPT(t, policy, `test "$1" = update`)
	g.Expect(Install(t.Context(), new(bytes.Buffer))).To(gomega.MatchError(gomega.ContainSubstring("apt-get install")))
}

func TestTheCauseThatAptNamesIsInTheError(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	script := "#!/bin/sh\necho Reading package lists...\nprintf 'E: Unable to locate' >&2\necho ' package podman' >&2\nexit 100\n"
	//nolint:gosec // It is to be executed.
	g.Expect(os.WriteFile(filepath.Join(dir, "apt-get"), []byte(script), 0o700)).To(gomega.Succeed())
	t.Setenv("PATH", dir)
	var said bytes.Buffer
	err := call(t.Context(), &said, "apt-get", "update")
	g.Expect(err).To(gomega.MatchError("running \"apt-get update\": exit status 100\nE: Unable to locate package podman"))
	g.Expect(said.String()).To(gomega.ContainSubstring("Reading package lists..."))
}

package charts

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// command is seatrial as people call it, and where it keeps what it makes.
type command struct{ path, artifacts string }

// build compiles it, as "go run" would.
func build(ctx context.Context) command {
	GinkgoHelper()
	c := command{path: filepath.Join(GinkgoT().TempDir(), "seatrial"), artifacts: GinkgoT().TempDir()}
	run(exec.CommandContext(ctx, "go", "build", "-o", c.path, "seatrial/tools/seatrial"))
	return c
}

// chart tries charts on simulated nodes, and gives what was said and the exit code.
func (c command) chart(ctx context.Context, args ...string) (told string, code int) {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, c.path, append([]string{"chart", "--provider", "embedded", "--artifacts", c.artifacts, "--no-color"}, args...)...)
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		Expect(err).ToNot(HaveOccurred())
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// run runs a command that has to succeed.
func run(cmd *exec.Cmd) {
	GinkgoHelper()
	out, err := cmd.CombinedOutput()
	Expect(err).ToNot(HaveOccurred(), "%v: %s", cmd.Args, out)
}

// monorepo is a git repository with charts in it.
type monorepo struct{ root string }

func newMonorepo(ctx context.Context) monorepo {
	GinkgoHelper()
	m := monorepo{GinkgoT().TempDir()}
	m.git(ctx, "init", "--quiet", "--initial-branch", "main")
	return m
}

func (m monorepo) git(ctx context.Context, args ...string) {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"-C", m.root, "-c", "user.name=nobody", "-c", "user.email=nobody@seatrial.example", "-c", "commit.gpgSign=false",
	}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	run(cmd)
}

func (m monorepo) commit(ctx context.Context, message string) {
	GinkgoHelper()
	m.git(ctx, "add", "--all")
	m.git(ctx, "commit", "--quiet", "--message", message)
}

func (m monorepo) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

// chart writes one with a ConfigMap that tells its version; more is what else Chart.yaml has.
func (m monorepo) chart(folder, version string, more ...string) string {
	GinkgoHelper()
	name, at := filepath.Base(folder), m.path(folder)
	for file, content := range map[string]string{
		"Chart.yaml":          "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n" + strings.Join(more, ""),
		"templates/told.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\ndata:\n  version: {{ .Chart.Version | quote }}\n",
	} {
		path := filepath.Join(at, file)
		Expect(os.MkdirAll(filepath.Dir(path), 0o750)).To(Succeed())
		Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
	}
	return at
}

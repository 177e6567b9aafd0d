package chartsource

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// worktree is a git repository in a folder of its own.
type worktree struct {
	t    *testing.T
	root string
}

func newWorktree(t *testing.T) worktree {
	t.Helper()
	w := worktree{t: t, root: t.TempDir()}
	w.git("init", "--quiet", "--initial-branch", "main")
	return w
}

func (w worktree) git(args ...string) {
	w.t.Helper()
	command := exec.CommandContext(w.t.Context(), "git", append([]string{
		"-C", w.root, "-c", "user.name=nobody", "-c", "user.email=nobody@seatrial.example", "-c", "commit.gpgSign=false",
	}, args...)...)
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if output, err := command.CombinedOutput(); err != nil {
		w.t.Fatalf("git %v: %v: %s", args, err, output)
	}
}

func (w worktree) commit(message string) {
	w.t.Helper()
	w.git("add", "--all")
	w.git("commit", "--quiet", "--message", message)
}

func (w worktree) path(name string) string { return filepath.Join(w.root, filepath.FromSlash(name)) }

func (w worktree) write(name, content string) {
	w.t.Helper()
	writeFile(w.t, w.path(name), content)
}

// chart writes a chart whose one ConfigMap has its version; needs are dependencies as Chart.yaml has them.
func (w worktree) chart(folder, version, needs string) {
	w.t.Helper()
	writeChart(w.t, w.path(folder), version, needs)
}

func writeChart(t *testing.T, folder, version, needs string) {
	t.Helper()
	name := filepath.Base(folder)
	writeFile(t, filepath.Join(folder, "Chart.yaml"), "apiVersion: v2\nname: "+name+"\nversion: "+version+"\n"+needs)
	writeFile(t, filepath.Join(folder, "templates", "configmap.yaml"),
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "+name+"-{{ .Chart.Version }}\n")
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func needsFolder(name, at string) string {
	return "dependencies: [{name: " + name + ", version: \">=0.0.0\", repository: \"file://" + at + "\"}]\n"
}

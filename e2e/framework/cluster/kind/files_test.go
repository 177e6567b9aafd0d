package kind

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/runid"
)

func named(g *gomega.WithT, dir string) []string {
	entries, err := os.ReadDir(dir)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestTheNameOfAKubeconfigSaysWhoseItIs(t *testing.T) {
	run := runid.Current()
	for file, want := range map[string]kubeconfigFile{
		"seatrial-" + run.String() + ".kubeconfig":   {cluster: "seatrial-" + run.String(), owner: run, owned: true},
		"seatrial-" + run.String() + "-2.kubeconfig": {cluster: "seatrial-" + run.String() + "-2", owner: run, owned: true},
		"mine." + run.String() + ".kubeconfig":       {cluster: "mine", owner: run, owned: true},
		"mine." + run.String() + ".kubeconfig.lock":  {cluster: "mine", owner: run, owned: true},
		"seatrial-keep-dev.kubeconfig":               {cluster: "seatrial-keep-dev"},
		"seatrial-keep-dev.draft.kubeconfig":         {cluster: "seatrial-keep-dev"},
	} {
		t.Run(file, func(t *testing.T) {
			g := gomega.NewWithT(t)
			want.file = file
			got, ok := parseFile(file)
			g.Expect(ok).To(gomega.Equal(true))
			g.Expect(got).To(gomega.Equal(want))
		})
	}
	for _, file := range []string{"config", "notes.txt", "mine.other.kubeconfig", "seatrial-keep-dev.busy"} {
		_, ok := parseFile(file)
		gomega.NewWithT(t).Expect(ok).To(gomega.Equal(false), file)
	}
}

func TestANameIsReservedOnceAndItsFilesGoTogether(t *testing.T) {
	g := gomega.NewWithT(t)
	f := files{dir: filepath.Join(t.TempDir(), "new", "folder")}
	o := &order{name: "mine", chosen: true, run: runid.Current()}

	g.Expect(f.remove("mine")).To(gomega.Succeed(), "no folder yet")
	g.Expect(f.reserve(o)).To(gomega.Succeed())
	g.Expect(f.reserve(o)).To(gomega.MatchError(fs.ErrExist))
	info, err := os.Stat(f.path(o))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(info.Mode().Perm()).To(gomega.Equal(fs.FileMode(0o600)))

	g.Expect(os.WriteFile(f.path(o)+".lock", nil, 0o600)).To(gomega.Succeed())
	g.Expect(os.WriteFile(filepath.Join(f.dir, "mine-2.kubeconfig"), nil, 0o600)).To(gomega.Succeed())
	g.Expect(f.remove("mine")).To(gomega.Succeed())
	g.Expect(named(g, f.dir)).To(gomega.Equal([]string{"mine-2.kubeconfig"}))
}

func TestAKubeconfigIsReplacedInOnePiece(t *testing.T) {
	g := gomega.NewWithT(t)
	f := files{dir: t.TempDir()}

	g.Expect(f.write("seatrial-keep-dev", "old")).To(gomega.Succeed())
	g.Expect(f.write("seatrial-keep-dev", "new")).To(gomega.Succeed())

	g.Expect(named(g, f.dir)).To(gomega.Equal([]string{"seatrial-keep-dev.kubeconfig"}))
	g.Expect(os.ReadFile(filepath.Join(f.dir, "seatrial-keep-dev.kubeconfig"))).To(gomega.Equal([]byte("new")))
}

package watch_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/tools/seatrial/internal/watch"
)

// desk is a folder whose files are watched.
type desk struct {
	*gomega.WithT
	t     *testing.T
	dir   string
	files *watch.Watcher
}

func newDesk(t *testing.T, content map[string]string) *desk {
	t.Helper()
	d := &desk{WithT: gomega.NewWithT(t), t: t, dir: t.TempDir()}
	for name, text := range content {
		d.write(name, text)
	}
	files, err := watch.New()
	d.Expect(err).ToNot(gomega.HaveOccurred())
	d.files = files
	t.Cleanup(func() {
		d.Expect(files.Close()).To(gomega.Succeed())
		goleak.VerifyNone(t)
	})
	return d
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

func (d *desk) write(name, text string) {
	d.t.Helper()
	d.Expect(os.MkdirAll(filepath.Dir(d.path(name)), 0o700)).To(gomega.Succeed())
	d.Expect(os.WriteFile(d.path(name), []byte(text), 0o600)).To(gomega.Succeed())
}

func (d *desk) watches(names ...string) {
	d.t.Helper()
	var paths []string
	for _, name := range names {
		paths = append(paths, d.path(name))
	}
	d.Expect(d.files.Watch(paths...)).To(gomega.Succeed())
}

// sees waits for what is told next.
func (d *desk) sees(names ...string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	changed, err := d.files.Wait(ctx)
	d.Expect(err).ToNot(gomega.HaveOccurred())
	var paths []string
	for _, name := range names {
		paths = append(paths, d.path(name))
	}
	d.Expect(changed).To(gomega.Equal(paths))
}

// seesNothing looks once.
func (d *desk) seesNothing(why string) {
	d.t.Helper()
	d.Expect(d.files.Changed(d.t.Context())).To(gomega.BeEmpty(), why)
}

func TestAFileIsSavedInPlace(t *testing.T) {
	d := newDesk(t, map[string]string{"a.md": "one", "b.md": "one"})
	d.watches("a.md")
	d.write("b.md", "two")
	d.seesNothing("b.md is none of ours")
	d.write("a.md", "two")
	d.sees("a.md")
	d.seesNothing("it is told once")
}

func TestEditorsSaveInSeveralMoves(t *testing.T) {
	for name, save := range map[string]func(d *desk){
		"a new file takes the place of the old one": func(d *desk) {
			d.write(".a.md.new", "two")
			d.Expect(os.Rename(d.path(".a.md.new"), d.path("a.md"))).To(gomega.Succeed())
		},
		"the old one is kept beside it": func(d *desk) {
			d.Expect(os.Rename(d.path("a.md"), d.path("a.md~"))).To(gomega.Succeed())
			d.write("a.md", "two")
		},
		"it is away for a moment": func(d *desk) {
			d.Expect(os.Remove(d.path("a.md"))).To(gomega.Succeed())
			time.AfterFunc(2*watch.Quiet, func() { _ = os.WriteFile(d.path("a.md"), []byte("two"), 0o600) })
		},
		"it is emptied first": func(d *desk) {
			d.write("a.md", "")
			d.write("a.md", "two")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, map[string]string{"a.md": "one"})
			d.watches("a.md")
			save(d)
			d.sees("a.md")
			content, err := os.ReadFile(d.path("a.md"))
			d.Expect(err).ToNot(gomega.HaveOccurred())
			d.Expect(string(content)).To(gomega.Equal("two"), "it is told when it is whole")
			d.seesNothing("it is told once")
		})
	}
}

func TestTheSameContentIsNoChange(t *testing.T) {
	d := newDesk(t, map[string]string{"a.md": "one"})
	d.watches("a.md")
	d.write("a.md", "one")
	later := time.Now().Add(time.Hour)
	d.Expect(os.Chtimes(d.path("a.md"), later, later)).To(gomega.Succeed())
	d.seesNothing("nothing is another one")
}

func TestAFolderCountsWithAllThatIsInItAndComesLater(t *testing.T) {
	d := newDesk(t, map[string]string{"web/Chart.yaml": "one", "web/templates/all.yaml": "one"})
	d.watches("web")
	d.write("web/templates/all.yaml", "two")
	d.sees("web/templates/all.yaml")
	d.write("web/charts/new/Chart.yaml", "one")
	d.sees("web/charts/new/Chart.yaml")
	d.write("web/charts/new/Chart.yaml", "two")
	d.sees("web/charts/new/Chart.yaml")
	for _, name := range []string{"web/.values.yaml.swp", "web/values.yaml~", "web/4913", "web/.git/index", "web/#values.yaml#"} {
		d.write(name, "any")
	}
	d.seesNothing("editors keep such things beside the files they write")
	d.Expect(os.RemoveAll(d.path("web/templates"))).To(gomega.Succeed())
	d.sees("web/templates/all.yaml")
}

func TestAFileThatIsGoneIsSeenAndSeenAgainWhenItIsBack(t *testing.T) {
	d := newDesk(t, map[string]string{"docs/a.md": "one"})
	d.watches("docs/a.md")
	d.Expect(os.RemoveAll(d.path("docs"))).To(gomega.Succeed())
	d.sees("docs/a.md")
	d.write("docs/a.md", "one")
	d.sees("docs/a.md")
}

func TestWhatIsWatchedNewlyDoesNotHideWhatHasChanged(t *testing.T) {
	d := newDesk(t, map[string]string{"a.md": "one", "b.md": "one"})
	d.watches("a.md")
	d.write("a.md", "two")
	d.watches("a.md", "b.md")
	d.sees("a.md")
	d.watches("b.md")
	d.write("a.md", "three")
	d.seesNothing("a.md is none of ours any more")
}

func TestTheWaitEndsWithItsContext(t *testing.T) {
	d := newDesk(t, map[string]string{"a.md": "one"})
	d.watches("a.md")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(os.ErrClosed)
	_, err := d.files.Wait(ctx)
	d.Expect(err).To(gomega.MatchError(os.ErrClosed))
}

func TestCommandsNameFiles(t *testing.T) {
	d := newDesk(t, map[string]string{
		"work/web/Chart.yaml": "", "work/values.yaml": "", "work/more/lean.yaml": "", "work/setup.sh": "", "work/manifests/all.yaml": "", "work/out.txt": "",
		"common/Chart.yaml": "", "work/api/Chart.yaml": "",
	})
	dir := d.path("work")
	for command, names := range map[string][]string{
		"helm install web ./web -f values.yaml":                     {"work/values.yaml", "work/web"},
		"helm upgrade web web/ --values=values.yaml,more/lean.yaml": {"work/more/lean.yaml", "work/values.yaml", "work/web"},
		"source setup.sh; kubectl apply -f manifests":               {"work/manifests", "work/setup.sh"},
		`helm template "../common" > out.txt && cat out.txt`:        {"common"},
		"cd web && helm install web .":                              {"work/web"},
		"cd more\nhelm install x ../api -f lean.yaml":               {"work/api", "work/more/lean.yaml"},
		"ls . ..":                       nil,
		"kubectl get pods -n helm-demo": nil,
	} {
		var paths []string
		for _, name := range names {
			paths = append(paths, d.path(name))
		}
		d.Expect(watch.Named(dir, []string{command})).To(gomega.ConsistOf(paths), command)
	}
}

package chartsource

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestChangedIsWhatDiffersFromWhereTheBranchBegan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(w worktree)
		want   []string
	}{
		"nothing": {func(worktree) {}, nil},
		"a commit": {func(w worktree) {
			w.write("charts/one/values.yaml", "a: 1\n")
			w.commit("Change one")
		}, []string{"charts/one"}},
		"a file that is not committed": {func(w worktree) { w.write("charts/one/Chart.yaml", "apiVersion: v2\nname: one\nversion: 9.0.0\n") }, []string{"charts/one"}},
		"a new file":                   {func(w worktree) { w.write("charts/two/templates/new.yaml", "") }, []string{"charts/two"}},
		"an ignored file": {func(w worktree) {
			w.write(".gitignore", "*.log\n")
			w.write("charts/two/a.log", "")
		}, nil},
		"a new chart":                          {func(w worktree) { w.chart("charts/new", "0.1.0", "") }, []string{"charts/new"}},
		"a chart that another one depends on":  {func(w worktree) { w.write("library/base/values.yaml", "a: 1\n") }, []string{"charts/two"}},
		"a removed chart":                      {func(w worktree) { w.git("rm", "-r", "--quiet", "charts/one") }, nil},
		"a renamed chart":                      {func(w worktree) { w.git("mv", "charts/one", "charts/uno") }, []string{"charts/uno"}},
		"all charts removed":                   {func(w worktree) { w.git("rm", "-r", "--quiet", "charts") }, nil},
		"a library and the charts that use it": {func(w worktree) { w.write("charts/common/templates/_more.tpl", "") }, []string{"charts/former"}},
		"a folder whose name begins alike":     {func(w worktree) { w.write("charts/one-more/notes.txt", "") }, nil},
		"what the base did since": {func(w worktree) {
			w.git("checkout", "--quiet", "main")
			w.write("charts/one/values.yaml", "a: 1\n")
			w.commit("Change one on main")
			w.git("checkout", "--quiet", "work")
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			w := newWorktree(t)
			w.chart("charts/one", "0.1.0", "")
			w.chart("library/base", "0.1.0", "")
			w.chart("library/common", "0.1.0", needsFolder("base", "../base"))
			w.chart("charts/two", "0.1.0", needsFolder("common", "../../library/common"))
			w.chart("charts/common", "0.1.0", "type: library\n")
			w.write("charts/former/Chart.yaml", "apiVersion: v1\nname: former\nversion: 0.1.0\n")
			w.write("charts/former/requirements.yaml", needsFolder("common", "../common"))
			w.commit("Add charts")
			w.git("checkout", "--quiet", "-b", "work")
			test.change(w)
			want := make([]string, 0, len(test.want))
			for _, chart := range test.want {
				want = append(want, w.path(chart))
			}
			g.Expect(Changed(t.Context(), "main", w.path("charts"))).To(gomega.ConsistOf(want))
		})
	}
}

func TestChangedNeedsFoldersOfARepository(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	w := newWorktree(t)
	w.chart("charts/one", "0.1.0", "")
	w.commit("Add a chart")
	for dir, want := range map[string]string{
		"oci://registry.example.org/charts/one": "leave out --changed",
		w.path("charts/never"):                  "no such file",
	} {
		_, err := Changed(t.Context(), "main", dir)
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(want)))
	}
}

func TestChangedNeedsARevisionThatIsThere(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	w := newWorktree(t)
	w.chart("charts/one", "0.1.0", "")
	w.commit("Add a chart")
	for base, want := range map[string]string{
		"origin/main": `has no revision "origin/main": ` + "`git fetch --all --tags`",
		"":            "that is no revision",
		"--all":       "that is no revision",
	} {
		_, err := Changed(t.Context(), base, w.path("charts"))
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(want)))
	}
}

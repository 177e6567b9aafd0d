package chartsource

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/helm"
)

// versions is a repository in which the chart changed after the tag v1.
func versions(t *testing.T) worktree {
	t.Helper()
	w := newWorktree(t)
	w.chart("charts/guestbook", "0.1.0", "")
	w.commit("Add a chart")
	w.git("tag", "v1")
	w.chart("charts/guestbook", "0.2.0", "")
	w.commit("Change it")
	w.chart("charts/guestbook", "0.3.0-dirty", "")
	return w
}

func fetched(t *testing.T, text, folder string) *helm.Chart {
	t.Helper()
	g := gomega.NewWithT(t)
	source, err := Parse(text, folder)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	at, err := Fetch(t.Context(), source, t.TempDir())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	chart, err := helm.Load(at)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	return chart
}

func refused(t *testing.T, text string) error {
	t.Helper()
	g := gomega.NewWithT(t)
	source, err := Parse(text, "")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	_, err = Fetch(t.Context(), source, t.TempDir())
	g.Expect(err).To(gomega.HaveOccurred())
	return err
}

func TestAChartIsFetchedAsItWasAtARevision(t *testing.T) {
	t.Parallel()
	w := versions(t)
	folder := w.path("charts/guestbook")
	for text, version := range map[string]string{
		folder + "@v1":     "0.1.0",
		folder + "@HEAD":   "0.2.0",
		folder + "@HEAD~1": "0.1.0",
		folder + "@main":   "0.2.0",
		"git:v1":           "0.1.0",
		folder:             "0.3.0-dirty",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			gomega.NewWithT(t).Expect(fetched(t, text, folder).Version()).To(gomega.Equal(version))
		})
	}
}

func TestAChartThatWasRemovedCanStillBeFetched(t *testing.T) {
	t.Parallel()
	w := versions(t)
	w.git("rm", "-r", "--quiet", "--force", "charts")
	gomega.NewWithT(t).Expect(fetched(t, w.path("charts/guestbook")+"@v1", "").Version()).To(gomega.Equal("0.1.0"))
}

func TestAChartOfARevisionBringsTheFoldersItDependsOn(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	w := newWorktree(t)
	w.chart("library/base", "1.0.0", "")
	w.chart("library/common", "1.1.0", needsFolder("base", "../base"))
	w.chart("charts/guestbook", "0.1.0", needsFolder("common", "../../library/common"))
	w.commit("Add charts")
	w.git("tag", "v1")
	w.git("rm", "-r", "--quiet", "library")

	manifest, err := helm.Render(fetched(t, w.path("charts/guestbook")+"@v1", ""), "story", "place", nil)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(manifest).To(gomega.And(
		gomega.ContainSubstring("name: guestbook-0.1.0"), gomega.ContainSubstring("name: common-1.1.0"), gomega.ContainSubstring("name: base-1.0.0"),
	))
	g.Expect(w.path("charts/guestbook/charts")).NotTo(gomega.BeADirectory(), "the chart itself is not touched")
}

func TestAnErrorOfGitNamesSourceAndRemedy(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	w := versions(t)
	folder := w.path("charts/guestbook")
	g.Expect(refused(t, folder+"@v9")).To(gomega.MatchError(gomega.And(
		gomega.HavePrefix("fetching chart "+folder+"@v9: "), gomega.ContainSubstring(`has no revision "v9"`), gomega.ContainSubstring("git fetch --all --tags"),
	)))
	g.Expect(refused(t, w.path("charts/other")+"@v1")).To(gomega.MatchError(gomega.ContainSubstring(`revision "v1": it has no such chart: there is no folder "charts/other"; if`)))
	g.Expect(refused(t, w.path("charts")+"@v1")).To(gomega.MatchError(gomega.ContainSubstring(`there is no Chart.yaml in "charts"; if the chart had another place then, name that: FOLDER@v1`)))
	g.Expect(refused(t, filepath.Join(t.TempDir(), "chart")+"@v1")).To(gomega.MatchError(gomega.ContainSubstring("is in no git repository")))
	_, err := Parse(folder+"@--output=x", "")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no revision begins with a dash")))
}

func TestLinksOfARevisionMayNotLeadOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		target string
		want   string
	}{
		"to a file of the chart": {"Chart.yaml", ""},
		"to somewhere absolute":  {"/etc/hostname", "leads out of the chart"},
		"up and out":             {"../../../../../../../../../../etc/hostname", "leads out of the chart"},
		"to nothing":             {"missing", "leads to nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			w := versions(t)
			g.Expect(os.Symlink(test.target, w.path("charts/guestbook/link"))).To(gomega.Succeed())
			w.commit("Add a link")
			text := w.path("charts/guestbook") + "@HEAD"
			if test.want == "" {
				g.Expect(fetched(t, text, "").Name()).To(gomega.Equal("guestbook"))
				return
			}
			g.Expect(refused(t, text)).To(gomega.MatchError(gomega.Or(
				gomega.ContainSubstring(test.want), gomega.ContainSubstring("leads to nothing"))))
		})
	}
}

func TestALargeFileOfARevisionIsRefused(t *testing.T) {
	t.Parallel()
	w := versions(t)
	gomega.NewWithT(t).Expect(os.Truncate(touched(t, w.path("charts/guestbook/large")), maxFile+1)).To(gomega.Succeed())
	w.commit("Add a large file")
	gomega.NewWithT(t).Expect(refused(t, w.path("charts/guestbook")+"@HEAD")).To(
		gomega.MatchError(gomega.ContainSubstring(`extracting "charts/guestbook/large": it has more than 32 MiB`)))
}

func touched(t *testing.T, path string) string {
	t.Helper()
	writeFile(t, path, "")
	return path
}

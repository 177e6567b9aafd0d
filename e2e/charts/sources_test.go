package charts

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// publisher is somebody who publishes versions of a chart with the real helm command.
type publisher struct {
	helm string
	dir  string
}

func (p publisher) run(ctx context.Context, args ...string) {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, p.helm, args...)
	cmd.Dir = p.dir
	run(cmd)
}

// packaged gives the package of a chart.
func (p publisher) packaged(ctx context.Context, chart, version string) string {
	GinkgoHelper()
	p.run(ctx, "package", chart, "--version", version)
	return filepath.Join(p.dir, filepath.Base(chart)+"-"+version+".tgz")
}

var _ = Describe("The command", Ordered, func() {
	var seatrial command

	BeforeAll(func(ctx SpecContext) { seatrial = build(ctx) }, NodeTimeout(stepTimeout))

	It("comes from a tag, a package, a chart repository and a registry to the chart in the folder", func(ctx SpecContext) {
		repo := newMonorepo(ctx)
		web := repo.chart("charts/web", "0.1.0")
		repo.commit(ctx, "Add a chart")
		repo.git(ctx, "tag", "v0.1")
		repo.chart("charts/web", "0.5.0")
		dir := GinkgoT().TempDir()
		p := publisher{helm: handle.Assets.Helm(), dir: dir}
		packaged := p.packaged(ctx, web, "0.2.0")
		p.packaged(ctx, web, "0.3.0")
		pushed := p.packaged(ctx, web, "0.4.0")
		p.run(ctx, "repo", "index", ".")
		charts := httptest.NewServer(http.FileServer(http.Dir(dir)))
		DeferCleanup(charts.Close)
		images := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
		DeferCleanup(images.Close)
		oci := "oci://" + strings.TrimPrefix(images.URL, "http://") + "/charts"
		p.run(ctx, "push", pushed, oci, "--plain-http")

		said, code := seatrial.chart(ctx, web, "--old", "git:v0.1", "--old", packaged, "--old", charts.URL+"#web@~0.3", "--old", oci+"/web")

		Expect(code).To(Equal(0), said)
		Expect(said).To(SatisfyAll(
			ContainSubstring("upgrade 0.1.0 to 0.2.0"), ContainSubstring("upgrade 0.2.0 to 0.3.0"),
			ContainSubstring("roll back 0.4.0 to 0.3.0"), ContainSubstring("upgrade through all from 0.1.0 to 0.5.0")))
	}, SpecTimeout(stepTimeout))

	It("tries of many charts those that have changed, and what uses a library that has", func(ctx SpecContext) {
		repo := newMonorepo(ctx)
		const needs = "dependencies: [{name: common, version: \">=0.0.0\", repository: \"file://../common\"}]\n"
		repo.chart("charts/common", "0.1.0", "type: library\n")
		for _, chart := range []string{"edited", "moved", "removed", "untouched"} {
			repo.chart("charts/"+chart, "0.1.0")
		}
		repo.chart("charts/user", "0.1.0", needs)
		repo.commit(ctx, "Add charts")
		repo.git(ctx, "checkout", "--quiet", "-b", "work")
		repo.chart("charts/common", "0.2.0", "type: library\n")
		repo.chart("charts/edited", "0.2.0")
		repo.git(ctx, "mv", "charts/moved", "charts/renamed")
		repo.git(ctx, "rm", "-r", "--quiet", "charts/removed")
		repo.commit(ctx, "Change some")

		said, code := seatrial.chart(ctx, repo.path("charts"), "--changed", "--base", "main", "--old", "git:main")

		Expect(code).To(Equal(0), said)
		Expect(said).To(SatisfyAll(
			ContainSubstring("edited 0.2.0"), ContainSubstring("upgrade 0.1.0 to 0.2.0"), ContainSubstring("user 0.1.0"),
			ContainSubstring("renamed is new: there is nothing at git:main to come from"),
			Not(ContainSubstring("untouched")), Not(ContainSubstring("common 0")), Not(ContainSubstring("removed"))))
	}, SpecTimeout(stepTimeout))
})

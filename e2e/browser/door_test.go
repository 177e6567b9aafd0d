package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/browser"
)

// misbehaving is a page that does all that ours must not do.
const misbehaving = `<!DOCTYPE html><title>misbehaving</title>
<meta http-equiv="Content-Security-Policy" content="img-src 'none'">
<link rel="icon" href="data:,">
<p style="color: #777; background: #888">hard to read</p>
<p style="width: 2000px">wider than a phone</p>
<script src="missing.js"></script>
<img src="picture.png">
<script>console.warn("careful", 42); setTimeout(() => { throw new Error("broken"); });</script>`

// What is said of good pages means something only if bad ones are found out.
var _ = Describe("A page that misbehaves", func() {
	It("is heard and seen to do so", func(ctx SpecContext) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			_, err := w.Write([]byte(misbehaving))
			Expect(err).ToNot(HaveOccurred())
		}))
		DeferCleanup(server.Close)
		p := open(ctx, start(ctx))

		Expect(p.Visit(ctx, server.URL)).To(Succeed())

		Eventually(p.Messages).WithContext(ctx).WithTimeout(browser.ActionTimeout).Should(ContainElements(
			ContainSubstring(`console.warning: "careful" 42`),
			ContainSubstring("uncaught: Error: broken"),
			And(ContainSubstring("404"), ContainSubstring("missing.js")),
			ContainSubstring("Content Security Policy"),
		))
		Expect(p.Requests()).To(ContainElements("GET "+server.URL+"/", "GET "+server.URL+"/missing.js"))
		Expect(faint(ctx, p)).To(ConsistOf(ContainSubstring("hard to read")))
		Expect(p.See(ctx, phone)).To(Succeed())
		Expect(overflow(ctx, p)).To(BeNumerically(">", 1000))
	}, SpecTimeout(browser.StartTimeout))

	It("says what was waited for when it does not come", func(ctx SpecContext) {
		p := open(ctx, start(ctx))
		hurried, cancel := withTimeout(ctx, hurry)
		defer cancel()
		Expect(p.Until(hurried, "document.title === 'never'")).To(MatchError(And(
			ContainSubstring("waiting until document.title === 'never'"), ContainSubstring("deadline exceeded"))))
	}, SpecTimeout(browser.StartTimeout))
})

var _ = Describe("A browser that is closed", func() {
	It("leaves neither a process nor a profile", func(ctx SpecContext) {
		temp := GinkgoT().TempDir()
		GinkgoT().Setenv("TMPDIR", temp)
		b, err := browser.Start(ctx)
		Expect(err).ToNot(HaveOccurred())
		Expect(os.ReadDir(temp)).ToNot(BeEmpty(), "the profile is there")

		Expect(b.Close()).To(Succeed())

		Expect(filepath.Glob(filepath.Join(temp, "seatrial-*"))).To(BeEmpty())
		Expect(running(temp)).To(BeEmpty())
		Expect(b.Close()).To(Succeed(), "twice is no harm")
	}, SpecTimeout(browser.StartTimeout))
})

// running are the command lines of all processes that name a folder; nothing where the system does not show them.
func running(folder string) []string {
	GinkgoHelper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	Expect(err).ToNot(HaveOccurred())
	var all []string
	for _, file := range files {
		line, err := os.ReadFile(file) // It may have ended meanwhile.
		if err == nil && strings.Contains(string(line), folder) {
			all = append(all, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return all
}

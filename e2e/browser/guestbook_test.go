package browser

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/artifacts"
	"seatrial/e2e/framework/browser"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/workshop/story"
)

// chapterTimeout is for pods to come and go.
const chapterTimeout = 4 * time.Minute

// entry is what a visitor writes: with what a page must not take for its own.
const entry = `Ada was here <b>& "saw" it</b>`

// One visitor keeps the page open while somebody else works on the release, and another one comes afterwards.
var _ = Describe("The guestbook's page", Ordered, func() {
	var (
		world   *story.World
		address string
		visitor *browser.Page
		b       *browser.Browser
	)

	tell := func(ctx SpecContext, chapter int) {
		GinkgoHelper()
		Expect(story.Chapters()[chapter].Tell(ctx, world)).To(Succeed())
	}
	readFrom := func(where string) string {
		return `document.getElementById("source").innerText === "` + where + `" && ` + listed
	}

	BeforeAll(func(ctx SpecContext) {
		if missing := handle.Features.Missing(cluster.Features{Containers: true, PodNetwork: true}); len(missing) > 0 {
			Skip("this cluster has no " + strings.Join(missing, ", no "))
		}
		var err error
		world, err = story.Open(ctx, handle, story.Telling{Name: "in a browser", Namespace: "in-a-browser", Driver: helm.Secrets})
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(world.Close, NodeTimeout(chapterTimeout))
		DeferOnFailure(func(ctx SpecContext) error {
			AddReportEntry("artifacts", filepath.Join(handle.Artifacts, world.Namespace), ReportEntryVisibilityAlways)
			return artifacts.Collect(ctx, world.Config(), artifacts.Request{Dir: handle.Artifacts, Namespaces: []string{world.Namespace}})
		}, NodeTimeout(framework.EvidenceTimeout))
		b = start(ctx)
		visitor = open(ctx, b)
		tell(ctx, 0)
		address = forward(ctx, world)
	}, NodeTimeout(chapterTimeout))

	It("takes an entry and shows it", func(ctx SpecContext) {
		Expect(visitor.Visit(ctx, address)).To(Succeed())
		Expect(visitor.Until(ctx, `document.getElementById("status").innerText === "Connected."`)).To(Succeed())
		Expect(visitor.Window(ctx, picture("guestbook-empty"))).To(Succeed())
		Expect(read[bool](ctx, visitor, shown("#empty"))).To(BeTrueBecause("nobody has written anything yet"))

		Expect(visitor.Type(ctx, "#value", entry+browser.Enter)).To(Succeed())

		Expect(visitor.Until(ctx, `document.getElementById("status").innerText === "Your entry was added."`)).To(Succeed())
		Expect(visitor.Until(ctx, readFrom("slave"))).To(Succeed())
		Expect(visitor.Window(ctx, picture("guestbook-day"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	It("says what is wrong with an entry of nothing, and takes one by the button", func(ctx SpecContext) {
		Expect(visitor.Type(ctx, "#value", "   "+browser.Enter)).To(Succeed())
		Expect(visitor.Until(ctx, `document.querySelector("#status.alarm")?.innerText === "Write something first."`)).To(Succeed())
		Expect(visitor.Window(ctx, picture("guestbook-alarm"))).To(Succeed())
		Expect(visitor.Type(ctx, "#value", strings.Repeat("guestbook", 40))).To(Succeed())
		Expect(visitor.Click(ctx, "#form button")).To(Succeed())
		Expect(visitor.Until(ctx, `document.querySelectorAll("#entries li").length === 2`)).To(Succeed())
	}, SpecTimeout(lookTimeout))

	DescribeTable("can be read", func(ctx SpecContext, look browser.Look, name string) {
		p := open(ctx, b)
		Expect(p.See(ctx, look)).To(Succeed())
		Expect(p.Visit(ctx, address)).To(Succeed())
		Expect(p.Until(ctx, listed)).To(Succeed())
		Expect(faint(ctx, p)).To(BeEmpty())
		Expect(overflow(ctx, p)).To(BeZero())
		Expect(p.Whole(ctx, picture("guestbook-"+name))).To(Succeed())
	},
		Entry("by night", night, "night", SpecTimeout(lookTimeout)),
		Entry("on a phone", phone, "phone", SpecTimeout(lookTimeout)),
	)

	It("shows it still after the upgrade, read from the master", func(ctx SpecContext) {
		tell(ctx, 1)
		Expect(visitor.Until(ctx, readFrom("master"))).To(Succeed())
	}, SpecTimeout(chapterTimeout))

	It("shows it still after the rollback, read from a slave again, and to somebody who comes then", func(ctx SpecContext) {
		tell(ctx, 2)
		Expect(visitor.Until(ctx, readFrom("slave"))).To(Succeed())
		late := open(ctx, b)
		Expect(late.Visit(ctx, address)).To(Succeed())
		Expect(late.Until(ctx, readFrom("slave"))).To(Succeed())
		Expect(late.Window(ctx, picture("guestbook-after-rollback"))).To(Succeed())
	}, SpecTimeout(chapterTimeout))

	It("has said nothing to the console, and asked nobody else", func() {
		Expect(visitor.Messages()).To(BeEmpty())
		Expect(visitor.Requests()).To(HaveEach(ContainSubstring(address)))
	})
})

// listed tells whether the page shows the entry, to the letter.
const listed = "[...document.querySelectorAll('#entries li')].some((item) => item.innerText === `" + entry + "`)"

// forward gives the Service an address on this machine, as "kubectl proxy" does: through the API server, which any
// provider's cluster lets this machine reach.
func forward(ctx context.Context, world *story.World) (address string) {
	GinkgoHelper()
	config := world.Config()
	transport, err := rest.TransportFor(config)
	Expect(err).ToNot(HaveOccurred())
	server, _, err := rest.DefaultServerUrlFor(config)
	Expect(err).ToNot(HaveOccurred())
	server.Path = "/" + strings.TrimPrefix(server.Path, "/") // Without a first slash, none would be joined.
	service := server.JoinPath("api/v1/namespaces", world.Namespace, "services", story.Release+":3000", "proxy")
	local := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL = onto(service, r.In.URL); r.Out.Host = "" },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "asking the API server: "+err.Error(), http.StatusBadGateway)
		},
	})
	DeferCleanup(local.Close)
	Eventually(ask).WithContext(ctx).WithArguments(local.URL + "/lrange/guestbook").WithTimeout(browser.ActionTimeout).Should(HavePrefix("200 OK"))
	return local.URL
}

// ask gives the status and the text of an answer.
func ask(ctx context.Context, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(answer.Body)
	return answer.Status + " " + string(text), errors.Join(err, answer.Body.Close())
}

// onto is the address of a page below that of the Service.
func onto(service, page *url.URL) *url.URL {
	there := service.JoinPath(page.Path)
	there.RawQuery = page.RawQuery
	return there
}

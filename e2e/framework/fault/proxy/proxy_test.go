package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"seatrial/e2e/framework/fault/proxy"
)

// patience is for what takes milliseconds.
const patience = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// behind is a server that a proxy stands in front of.
type behind struct {
	served atomic.Int32
	events chan string
}

func (b *behind) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.served.Add(1)
	if r.URL.Query().Get("watch") != "true" {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "%s %s as %q", r.Method, r.URL.Path, r.Header.Get("Authorization")) //nolint:gosec // It is plain text.
		return
	}
	_ = http.NewResponseController(w).Flush()
	for {
		select {
		case text := <-b.events:
			_, _ = io.WriteString(w, text)
			_ = http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// start brings up a server, the proxy, and a transport that uses the proxy's kubeconfig.
func start(t *testing.T, plan proxy.Plan) (*behind, *proxy.Proxy, visitor) {
	t.Helper()
	g := gomega.NewWithT(t)
	b := &behind{events: make(chan string, 10)}
	server := httptest.NewTLSServer(b)
	t.Cleanup(server.Close)
	file := clientcmdapi.NewConfig()
	file.Clusters["c"] = &clientcmdapi.Cluster{Server: server.URL, InsecureSkipTLSVerify: true}
	file.AuthInfos["u"] = &clientcmdapi.AuthInfo{Username: "admin", Password: "admin"}
	file.Contexts["x"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
	file.CurrentContext = "x"
	direct := filepath.Join(t.TempDir(), "real")
	g.Expect(clientcmd.WriteToFile(*file, direct)).To(gomega.Succeed())

	p, err := proxy.Start(t.Context(), proxy.Options{Kubeconfig: direct, Dir: t.TempDir(), Plan: plan})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { g.Expect(p.Close()).To(gomega.Succeed()) })
	config, err := clientcmd.BuildConfigFromFlags("", p.Kubeconfig())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	client, err := rest.HTTPClientFor(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(client.CloseIdleConnections)
	return b, p, visitor{Client: client, host: config.Host}
}

// visitor is a client that knows where the proxy is.
type visitor struct {
	*http.Client

	host string
}

func (v visitor) ask(ctx context.Context, method, path string) (code int, text string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, v.host+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := v.Do(request)
	if err != nil {
		return 0, "", err
	}
	whole, err := io.ReadAll(response.Body)
	return response.StatusCode, string(whole), errors.Join(err, response.Body.Close())
}

func TestAProxyWithoutAPlanPassesEverythingOnWithTheRealCredentials(t *testing.T) {
	g := gomega.NewWithT(t)
	_, p, client := start(t, proxy.Plan{})
	code, text, err := client.ask(t.Context(), http.MethodPost, "/api/v1/pods")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(code).To(gomega.Equal(http.StatusOK))
	g.Expect(text).To(gomega.Equal(`POST /api/v1/pods as "Basic YWRtaW46YWRtaW4="`))
	g.Expect(p.Tally()).To(gomega.Equal(proxy.Tally{Requests: 1}))
}

func TestOnlyWhoHasItsKubeconfigGetsThrough(t *testing.T) {
	g := gomega.NewWithT(t)
	b, p, _ := start(t, proxy.Plan{})
	config, err := clientcmd.BuildConfigFromFlags("", p.Kubeconfig())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	config.BearerToken = "guessed"
	client, err := rest.HTTPClientFor(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(client.CloseIdleConnections)
	code, _, err := visitor{Client: client, host: config.Host}.ask(t.Context(), http.MethodGet, "/api")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(code).To(gomega.Equal(http.StatusUnauthorized))
	g.Expect(b.served.Load()).To(gomega.BeZero())
}

func TestEachFaultIsWhatItSays(t *testing.T) {
	for _, test := range []struct {
		fault  proxy.Fault
		code   int // 0 for no answer
		served int32
	}{
		{proxy.Throttled, http.StatusTooManyRequests, 0},
		{proxy.Failing, http.StatusInternalServerError, 0},
		{proxy.GatewayTimeout, http.StatusGatewayTimeout, 1},
		{proxy.Reset, 0, 0},
		{proxy.ResetServed, 0, 1},
		{proxy.Slow, http.StatusOK, 1},
	} {
		t.Run(string(test.fault), func(t *testing.T) {
			g := gomega.NewWithT(t)
			b, p, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: test.fault, On: proxy.Writes, Rate: 1, Delay: time.Millisecond}}})
			code, _, err := client.ask(t.Context(), http.MethodPost, "/api/v1/pods")
			g.Expect(code).To(gomega.Equal(test.code))
			g.Expect(err != nil).To(gomega.Equal(test.code == 0))
			g.Expect(b.served.Load()).To(gomega.Equal(test.served))
			g.Expect(p.Tally().Injected).To(gomega.ConsistOf(proxy.Injection{
				Fault: test.fault, Method: http.MethodPost, Path: "/api/v1/pods", Served: test.served == 1,
			}))
			code, _, err = client.ask(t.Context(), http.MethodGet, "/api/v1/pods")
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(code).To(gomega.Equal(http.StatusOK), "the rule is about writes")
		})
	}
}

func TestAnAnswerThatIsTornBeginsAndBreaksOff(t *testing.T) {
	g := gomega.NewWithT(t)
	_, _, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: proxy.Torn, On: proxy.Reads, Rate: 1}}})
	code, text, err := client.ask(t.Context(), http.MethodGet, "/api/v1/a-path-that-makes-the-answer-longer-than-what-passes-of-it")
	g.Expect(err).To(gomega.HaveOccurred())
	g.Expect(code).To(gomega.Equal(http.StatusOK))
	g.Expect(text).To(gomega.HavePrefix("GET /api/v1/a-path"))
}

func TestARequestWithoutAnAnswerEndsWithItsClientsPatience(t *testing.T) {
	g := gomega.NewWithT(t)
	b, _, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: proxy.Silent, On: proxy.Reads, Rate: 1}}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := client.ask(ctx, http.MethodGet, "/api")
	g.Expect(err).To(gomega.MatchError(context.DeadlineExceeded))
	g.Expect(b.served.Load()).To(gomega.BeZero())
}

func TestAWatchPassesEventsAsTheyCome(t *testing.T) {
	g := gomega.NewWithT(t)
	b, _, client := start(t, proxy.Plan{})
	events := watch(t, client)
	for _, event := range []string{"one", "two"} {
		b.events <- event
		g.Eventually(events).WithTimeout(patience).Should(gomega.Receive(gomega.Equal(event)))
	}
}

func TestAWatchThatIsClosedEndsProperly(t *testing.T) {
	g := gomega.NewWithT(t)
	_, _, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: proxy.WatchClosed, On: proxy.Watches, Rate: 1, Delay: 10 * time.Millisecond}}})
	g.Eventually(watch(t, client)).WithTimeout(patience).Should(gomega.Receive(gomega.Equal("end: EOF")))
}

func TestAStaleWatchHoldsItsEventsBack(t *testing.T) {
	g := gomega.NewWithT(t)
	b, _, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: proxy.WatchStale, On: proxy.Watches, Rate: 1, Delay: 300 * time.Millisecond}}})
	began := time.Now()
	events := watch(t, client)
	b.events <- "old"
	g.Eventually(events).WithTimeout(patience).Should(gomega.Receive(gomega.Equal("old")))
	g.Expect(time.Since(began)).To(gomega.BeNumerically(">=", 300*time.Millisecond))
}

// watch reads what a watch tells, and at last how it ended.
func watch(t *testing.T, client visitor) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, client.host+"/api/v1/pods?watch=true", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request) //nolint:bodyclose // By the goroutine that reads it.
	if err != nil {
		t.Fatal(err)
	}
	events, ended := make(chan string, 10), make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		defer func() { _ = response.Body.Close() }()
		buffer := make([]byte, 1000)
		for {
			n, err := response.Body.Read(buffer)
			if n > 0 {
				events <- string(buffer[:n])
			}
			if err != nil {
				events <- "end: " + err.Error()
				return
			}
		}
	}()
	return events
}

func TestTheSameSeedFailsTheSameRequests(t *testing.T) {
	pattern := func(seed uint64) (codes []int) {
		_, p, client := start(t, proxy.Plan{Seed: seed, Rules: []proxy.Rule{{Fault: proxy.Failing, On: proxy.Reads, Rate: 0.5}}})
		for range 40 {
			code, _, err := client.ask(t.Context(), http.MethodGet, "/api/v1/pods")
			gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
			codes = append(codes, code)
		}
		// Half of 40, give or take what a coin would.
		gomega.NewWithT(t).Expect(len(p.Tally().Injected)).To(gomega.And(gomega.BeNumerically(">", 8), gomega.BeNumerically("<", 32)))
		return codes
	}
	g := gomega.NewWithT(t)
	first := pattern(1)
	g.Expect(pattern(1)).To(gomega.Equal(first))
	g.Expect(pattern(2)).ToNot(gomega.Equal(first))
}

func TestARuleWithALimitHitsNoMore(t *testing.T) {
	g := gomega.NewWithT(t)
	_, p, client := start(t, proxy.Plan{Rules: []proxy.Rule{{Fault: proxy.Failing, On: proxy.Reads, Rate: 1, Limit: 2}}})
	for _, want := range []int{500, 500, 200, 200} {
		code, _, err := client.ask(t.Context(), http.MethodGet, "/api")
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(code).To(gomega.Equal(want))
	}
	p.SetPlan(proxy.Plan{})
	g.Expect(p.Tally()).To(gomega.BeZero())
}

func TestAPlanIsToldInWords(t *testing.T) {
	g := gomega.NewWithT(t)
	rule := proxy.Rule{Fault: proxy.Slow, On: proxy.Reads | proxy.Watches, Rate: 0.25, Delay: time.Second}
	g.Expect(rule.String()).To(gomega.Equal("25 % of reads and watches: slow answer (1s)"))
}

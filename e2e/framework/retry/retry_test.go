package retry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/retry"
)

// server answers with what is wrong, in order, and then properly.
func server(t *testing.T, wrong ...http.HandlerFunc) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(asked.Add(1))
		if n <= len(wrong) {
			wrong[n-1](w, r)
			return
		}
		_, _ = io.WriteString(w, "well")
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// broken ends the connection without an answer, or in the middle of one.
func broken(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		if text != "" {
			_, _ = io.WriteString(w, text)
		}
		panic(http.ErrAbortHandler)
	}
}

func ask(ctx context.Context, t *testing.T, method, url string) (string, error) {
	t.Helper()
	return askThrough(ctx, t, retry.Transport(&http.Transport{DisableKeepAlives: true}), method, url)
}

func askThrough(ctx context.Context, t *testing.T, transport http.RoundTripper, method, url string) (string, error) {
	t.Helper()
	var body io.Reader = http.NoBody
	if method == http.MethodPost {
		body = strings.NewReader("something")
	}
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(response.Body)
	return strings.TrimSpace(response.Status + " " + string(text)), errors.Join(err, response.Body.Close())
}

func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	const well = "200 OK well"
	for _, test := range []struct {
		name   string
		method string
		path   string
		wrong  []http.HandlerFunc
		want   string
		asked  int32
	}{
		{"a read that got a 500", "GET", "/api", []http.HandlerFunc{status(500), status(500)}, well, 3},
		{"a read that got a 429, a 502, a 503 and a 504", "GET", "/api", []http.HandlerFunc{status(429), status(502), status(503), status(504)}, well, 5},
		{"a read without an answer", "GET", "/api", []http.HandlerFunc{broken(""), broken("")}, well, 3},
		{"a read whose answer broke off", "GET", "/api", []http.HandlerFunc{broken("we")}, well, 2},
		{"a watch that did not begin", "GET", "/api?watch=true", []http.HandlerFunc{status(500), broken("")}, well, 3},
		{"a read no more than six times", "GET", "/api", repeated(status(500), 7), "500 Internal Server Error", 6},
		{"a write that the server has not looked at, when it says", "POST", "/api", []http.HandlerFunc{status(429, "Retry-After", "1")}, well, 2},
		{"a read when the server says", "GET", "/api", []http.HandlerFunc{status(503, "Retry-After", "1")}, well, 2},
		{"not a write that the server was too busy for", "POST", "/api", []http.HandlerFunc{status(503, "Retry-After", "1")}, "503 Service Unavailable", 1},
		{"not what is wrong for good", "GET", "/api", []http.HandlerFunc{status(403)}, "403 Forbidden", 1},
		{"not a question for the server's health", "GET", "/readyz", []http.HandlerFunc{status(500)}, "500 Internal Server Error", 1},
		{"not a write", "POST", "/api", []http.HandlerFunc{status(500)}, "500 Internal Server Error", 1},
		{"not a deletion", "DELETE", "/api", []http.HandlerFunc{status(504)}, "504 Gateway Timeout", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			address, asked := server(t, test.wrong...)
			got, err := ask(t.Context(), t, test.method, address+test.path)
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(got).To(gomega.Equal(test.want))
			g.Expect(asked.Load()).To(gomega.Equal(test.asked))
		})
	}
}

func repeated(one http.HandlerFunc, times int) []http.HandlerFunc {
	all := make([]http.HandlerFunc, times)
	for i := range all {
		all[i] = one
	}
	return all
}

func TestAWriteWithoutAnAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	address, asked := server(t, broken(""))
	g.Expect(ask(t.Context(), t, http.MethodPost, address)).Error().To(gomega.HaveOccurred())
	g.Expect(asked.Load()).To(gomega.Equal(int32(1)))
}

func TestTheErrorTellsHowOftenItWasTried(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	address, _ := server(t, repeated(broken(""), 10)...)
	g.Expect(ask(t.Context(), t, http.MethodGet, address)).Error().To(gomega.And(
		gomega.MatchError(io.EOF), gomega.MatchError(gomega.ContainSubstring("(tried 6 times within ")),
	))
}

func TestAPauseEndsWithTheContextAndTellsWhy(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	address, _ := server(t, func(http.ResponseWriter, *http.Request) {
		cancel(errors.New("enough"))
		panic(http.ErrAbortHandler)
	})
	g.Expect(ask(ctx, t, http.MethodGet, address)).Error().To(gomega.HaveOccurred())
}

func TestWhoeverWantsHearsOfEachAttempt(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var heard []string
	ctx := retry.Tell(t.Context(), func(err error) { heard = append(heard, fmt.Sprint(err)) })
	address, _ := server(t, status(500), status(429, "Retry-After", "1"), broken(""))
	g.Expect(ask(ctx, t, http.MethodGet, address)).To(gomega.Equal("200 OK well"))
	g.Expect(heard).To(gomega.HaveExactElements("500 Internal Server Error", "429 Too Many Requests", "EOF", "<nil>"))
}

func TestTheEndOfAPauseTellsWhatItWasFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		busy := retry.Transport(answering{StatusCode: http.StatusTooManyRequests, Status: "429 Too Many Requests", Header: http.Header{"Retry-After": {"20"}}, Body: http.NoBody})
		g.Expect(askThrough(ctx, t, busy, http.MethodPost, "http://server")).Error().To(gomega.MatchError(gomega.MatchRegexp(
			`^context deadline exceeded \(tried 1 times within 1s; before: 429 Too Many Requests\)$`)))
	})
}

// answering is a server that always gives the same answer, which has no body.
type answering http.Response

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	response := http.Response(a)
	return &response, nil
}

func TestAServerThatNeverWasIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	start := time.Now()
	g.Expect(ask(t.Context(), t, http.MethodGet, "http://"+unused(t))).Error().To(gomega.HaveOccurred())
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", retry.Patience))
}

// unused is an address at which nobody listens.
func unused(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func TestAServerThatIsRestartedIsWaitedForAlsoByWrites(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			there := restartable{inner: &http.Transport{DisableKeepAlives: true}}
			transport := retry.Transport(&there)
			address, _ := server(t)
			g.Expect(askThrough(t.Context(), t, transport, method, address)).To(gomega.Equal("200 OK well"))
			there.refusals.Store(3)
			g.Expect(askThrough(t.Context(), t, transport, method, address)).To(gomega.Equal("200 OK well"))
			g.Expect(there.refusals.Load()).To(gomega.BeNumerically("<=", 0))
		})
	}
}

func TestAServerThatWasRestartedIsNotBelievedAtOnceWhatItForbids(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	there := restartable{inner: &http.Transport{DisableKeepAlives: true}}
	transport := retry.Transport(&there)
	forbidden := status(http.StatusForbidden)
	address, asked := server(t, append([]http.HandlerFunc{forbidden, status(200)}, repeated(forbidden, 2)...)...)
	g.Expect(askThrough(t.Context(), t, transport, http.MethodPost, address)).To(gomega.HavePrefix("403"), "it was there all along")
	g.Expect(askThrough(t.Context(), t, transport, http.MethodPost, address)).To(gomega.HavePrefix("200"))
	there.refusals.Store(1)
	g.Expect(askThrough(t.Context(), t, transport, http.MethodPost, address)).To(gomega.Equal("200 OK well"))
	g.Expect(asked.Load()).To(gomega.Equal(int32(5)))
}

// restartable refuses some connections.
type restartable struct {
	inner    http.RoundTripper
	refusals atomic.Int32
}

func (r *restartable) RoundTrip(request *http.Request) (*http.Response, error) {
	if r.refusals.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	return r.inner.RoundTrip(request)
}

func TestTwoTransportsRepeatNoMoreThanOne(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	address, asked := server(t, repeated(status(500), 20)...)
	config := &rest.Config{Host: address}
	retry.Wrap(config)
	retry.Wrap(config)
	transport, err := rest.TransportFor(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(askThrough(t.Context(), t, transport, http.MethodGet, address)).To(gomega.HavePrefix("500"))
	g.Expect(asked.Load()).To(gomega.Equal(int32(retry.Attempts)))
}

func TestTheConnectionsBelowCanBeFound(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	below := &http.Transport{}
	wrapper, ok := retry.Transport(below).(interface{ WrappedRoundTripper() http.RoundTripper })
	g.Expect(ok).To(gomega.BeTrueBecause("client-go closes idle connections through it"))
	g.Expect(wrapper.WrappedRoundTripper()).To(gomega.BeIdenticalTo(http.RoundTripper(below)))
}

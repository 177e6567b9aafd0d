package helm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"
)

// deaf is a server that accepts requests and never answers.
type deaf struct{ requests int }

func (d *deaf) RoundTrip(request *http.Request) (*http.Response, error) {
	d.requests++
	<-request.Context().Done()
	return nil, errors.New("the transport's own words")
}

// dripping is a server whose answer never ends.
type dripping struct{}

func (dripping) RoundTrip(request *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	context.AfterFunc(request.Context(), func() { _ = writer.CloseWithError(errors.New("the transport's own words")) })
	return &http.Response{StatusCode: http.StatusOK, Body: reader}, nil
}

func TestARequestIsGivenUpAfterItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		l := &link{ctx: t.Context(), next: &deaf{}}
		start := time.Now()
		err := send(l, get(t, "/api"))
		g.Expect(err).To(gomega.MatchError(errNoAnswer))
		g.Expect(time.Since(start)).To(gomega.Equal(RequestTimeout))
		g.Expect(l.unreachable()).To(gomega.MatchError(errNoAnswer))
	})
}

func TestAWatchIsNotGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		patience := errors.New("the patience of this test")
		ctx, stop := context.WithTimeoutCause(t.Context(), time.Hour, patience)
		defer stop()
		l := &link{ctx: ctx, next: dripping{}}
		response, err := l.RoundTrip(get(t, "/api?watch=true"))
		g.Expect(err).NotTo(gomega.HaveOccurred())
		start := time.Now()
		_, err = io.ReadAll(response.Body)
		g.Expect(err).To(gomega.MatchError(patience))
		g.Expect(time.Since(start)).To(gomega.Equal(time.Hour))
		g.Expect(response.Body.Close()).To(gomega.Succeed())
	})
}

func TestARequestEndsWithTheOperation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		over := errors.New("the operation is over")
		ctx, stop := context.WithCancelCause(t.Context())
		server := &deaf{}
		l := &link{ctx: ctx, next: server}
		time.AfterFunc(time.Second, func() { stop(over) })
		start := time.Now()
		err := send(l, get(t, "/api"))
		g.Expect(err).To(gomega.MatchError(over))
		g.Expect(time.Since(start)).To(gomega.Equal(time.Second))

		err = send(l, get(t, "/api"))
		g.Expect(err).To(gomega.MatchError(over))
		g.Expect(server.requests).To(gomega.Equal(1))
	})
}

func TestAnAnswerMakesTheServerReachable(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	refused := errors.New("connection refused")
	answers := []error{refused, nil}
	l := &link{ctx: t.Context(), next: roundTripper(func(*http.Request) (*http.Response, error) {
		err := answers[0]
		answers = answers[1:]
		if err != nil {
			return nil, err
		}
		return &http.Response{Body: io.NopCloser(strings.NewReader("answer"))}, nil
	})}
	err := send(l, get(t, "/api"))
	g.Expect(err).To(gomega.MatchError(refused))
	g.Expect(l.unreachable()).To(gomega.MatchError(refused))
	response, err := l.RoundTrip(get(t, "/api"))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(l.unreachable()).To(gomega.Succeed())
	g.Expect(io.ReadAll(response.Body)).To(gomega.BeEquivalentTo("answer"))
	g.Expect(response.Body.Close()).To(gomega.Succeed())
}

// send makes a request that is expected to fail.
func send(l *link, request *http.Request) error {
	response, err := l.RoundTrip(request)
	if err == nil {
		err = response.Body.Close()
	}
	return err
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func get(t *testing.T, path string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://server"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

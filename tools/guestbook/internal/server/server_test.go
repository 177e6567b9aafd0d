package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/tools/guestbook/internal/server"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// blocking is a handler that holds its request until it is let go.
type blocking struct{ arrived, letGo chan struct{} }

func (b blocking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	close(b.arrived)
	select {
	case <-b.letGo:
	case <-r.Context().Done():
	}
	_, _ = io.WriteString(w, "finished")
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// get sends a request on a connection of its own.
func get(ctx context.Context, addr string) (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

type answer struct {
	Body string
	Err  error
}

func TestARequestUnderWayIsFinished(t *testing.T) {
	g := gomega.NewWithT(t)
	handler := blocking{make(chan struct{}), make(chan struct{})}
	listener := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- server.Server{Handler: handler, Grace: patience, Log: slog.New(slog.DiscardHandler)}.Serve(ctx, listener)
	}()
	answers := make(chan answer, 1)
	go func() {
		body, err := get(t.Context(), listener.Addr().String())
		answers <- answer{body, err}
	}()
	g.Eventually(handler.arrived).WithTimeout(patience).Should(gomega.BeClosed())

	stop()
	g.Eventually(func() error {
		_, err := get(t.Context(), listener.Addr().String())
		return err
	}).WithTimeout(patience).Should(gomega.MatchError(gomega.ContainSubstring("refused")), "new requests are not accepted")
	g.Expect(served).NotTo(gomega.Receive())

	close(handler.letGo)
	g.Eventually(answers).WithTimeout(patience).Should(gomega.Receive(gomega.Equal(answer{Body: "finished"})))
	g.Eventually(served).WithTimeout(patience).Should(gomega.Receive(gomega.BeNil()))
}

func TestRequestsAreServedWhileDraining(t *testing.T) {
	g := gomega.NewWithT(t)
	listener := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	drained := make(chan string, 1)
	draining := server.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }),
		OnDrain: func() {
			body, err := get(t.Context(), listener.Addr().String())
			g.Expect(err).NotTo(gomega.HaveOccurred())
			drained <- body
		},
		Drain: time.Millisecond,
		Grace: patience,
		Log:   slog.New(slog.DiscardHandler),
	}
	stop()
	g.Expect(draining.Serve(ctx, listener)).To(gomega.Succeed())
	g.Expect(drained).To(gomega.Receive(gomega.Equal("hello")))
}

func TestARequestThatNeverEndsIsCutOff(t *testing.T) {
	g := gomega.NewWithT(t)
	handler := blocking{make(chan struct{}), make(chan struct{})}
	listener := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	answers := make(chan answer, 1)
	go func() {
		body, err := get(t.Context(), listener.Addr().String())
		answers <- answer{body, err}
		close(handler.letGo)
	}()
	go func() {
		<-handler.arrived
		stop()
	}()
	err := server.Server{Handler: handler, Grace: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}.Serve(ctx, listener)
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("waiting 50ms for requests under way: ")))
	g.Eventually(answers).WithTimeout(patience).Should(gomega.Receive(gomega.HaveField("Err", gomega.HaveOccurred())))
}

func TestAListenerThatIsClosedIsAnError(t *testing.T) {
	g := gomega.NewWithT(t)
	listener := listen(t)
	g.Expect(listener.Close()).To(gomega.Succeed())
	err := server.Server{Handler: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)}.Serve(t.Context(), listener)
	g.Expect(err).To(gomega.MatchError(net.ErrClosed))
}

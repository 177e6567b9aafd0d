package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/tools/guestbook/internal/redistest"
	"seatrial/tools/guestbook/internal/web"
)

const (
	patience = 20 * time.Second
	interval = 50 * time.Millisecond
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guestbook is the whole application under test.
type guestbook struct {
	url  string
	stop context.CancelFunc
	done chan error
	log  *safeBuffer
}

type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := env[name]
		return value, set
	}
}

// launch runs the application until the test ends, or stops it.
func launch(t *testing.T, env map[string]string) *guestbook {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	app := &guestbook{stop: stop, done: make(chan error, 1), log: &safeBuffer{}}
	bound := make(chan net.Addr, 1)
	go func() {
		app.done <- run(ctx, process{
			args:      []string{"-addr", "127.0.0.1:0", "-drain", "0s"},
			lookup:    lookup(env),
			output:    app.log,
			listening: func(addr net.Addr) { bound <- addr },
		})
		close(app.done)
	}()
	t.Cleanup(func() {
		stop()
		// Closed after its one value, which a test may have taken.
		for err := range app.done {
			if err != nil {
				t.Error(err)
			}
		}
	})
	select {
	case addr := <-bound:
		app.url = "http://" + addr.String()
	case err := <-app.done:
		t.Fatal(err)
	}
	return app
}

type reply struct {
	Status  int
	From    string
	Entries []string
}

// ask sends a request on a connection of its own and returns what the guestbook answered.
func (a *guestbook) ask(ctx context.Context, method, path string) (reply, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, http.NoBody)
	if err != nil {
		return reply{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{Status: response.StatusCode, From: response.Header.Get(web.ReadFromHeader)}
	if got.From != "" {
		err = json.Unmarshal(body, &got.Entries)
	}
	return got, err
}

func startRedis(t *testing.T, options redistest.Options) *redistest.Server {
	t.Helper()
	options.Dir = t.TempDir()
	server, err := redistest.Start(t.Context(), options)
	if errors.Is(err, redistest.ErrLeftOut) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func redisEnv(master, slave string) map[string]string {
	masterHost, masterPort, _ := net.SplitHostPort(master)
	slaveHost, slavePort, _ := net.SplitHostPort(slave)
	return map[string]string{
		"HOSTNAME":          "guestbook-demo-1",
		"REDIS_MASTER_HOST": masterHost, "REDIS_MASTER_PORT": masterPort,
		"REDIS_SLAVE_HOST": slaveHost, "REDIS_SLAVE_PORT": slavePort,
	}
}

// TestTheWorkshopsStory follows the exercises: slaves are there, are removed by an upgrade, and come back with the
// rollback; entries survive all of it, and only the loss of the master is an error.
func TestTheWorkshopsStory(t *testing.T) {
	g := gomega.NewWithT(t)
	master := startRedis(t, redistest.Options{})
	slave := startRedis(t, redistest.Options{ReplicaOf: master.Addr})
	app := launch(t, redisEnv(master.Addr, slave.Addr))
	list := func() (reply, error) { return app.ask(t.Context(), "GET", "/lrange/guestbook") }
	want := func(from string, entries ...string) reply { return reply{http.StatusOK, from, entries} }

	g.Expect(app.ask(t.Context(), "GET", "/readyz")).To(gomega.HaveField("Status", http.StatusOK))
	g.Expect(app.ask(t.Context(), "GET", "/rpush/guestbook/Ada")).To(gomega.Equal(want("master", "Ada")))
	g.Eventually(list).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(want("slave", "Ada")))

	slave.Stop()
	g.Expect(list()).To(gomega.Equal(want("master", "Ada")))
	g.Expect(app.ask(t.Context(), "POST", "/rpush/guestbook/Grace")).To(gomega.Equal(want("master", "Ada", "Grace")))

	startRedis(t, redistest.Options{Addr: slave.Addr, ReplicaOf: master.Addr})
	g.Eventually(list).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(want("slave", "Ada", "Grace")))

	master.Stop()
	g.Eventually(list).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(reply{Status: http.StatusBadGateway}))
	g.Expect(app.ask(t.Context(), "GET", "/rpush/guestbook/Lost")).To(gomega.Equal(reply{Status: http.StatusBadGateway}))
	g.Expect(app.ask(t.Context(), "GET", "/readyz")).To(gomega.HaveField("Status", http.StatusServiceUnavailable))
	g.Expect(app.ask(t.Context(), "GET", "/healthz")).To(gomega.HaveField("Status", http.StatusOK))

	app.stop()
	g.Eventually(app.done).WithTimeout(patience).Should(gomega.Receive(gomega.BeNil()))
	g.Expect(app.log.String()).To(gomega.ContainSubstring(`"msg":"reading from the slave"`))
	g.Expect(app.log.String()).To(gomega.ContainSubstring(`"msg":"reading from the master"`))
}

func TestWithoutRedisEntriesAreKeptInMemory(t *testing.T) {
	g := gomega.NewWithT(t)
	app := launch(t, nil)
	g.Expect(app.ask(t.Context(), "GET", "/rpush/guestbook/Ada")).
		To(gomega.Equal(reply{http.StatusOK, "memory", []string{"Ada"}}))
	g.Expect(app.ask(t.Context(), "GET", "/readyz")).To(gomega.HaveField("Status", http.StatusOK))
}

func TestAGuestbookStartsBeforeItsDatabase(t *testing.T) {
	g := gomega.NewWithT(t)
	master := startRedis(t, redistest.Options{})
	master.Stop()
	app := launch(t, redisEnv(master.Addr, ""))
	g.Expect(app.ask(t.Context(), "GET", "/healthz")).To(gomega.HaveField("Status", http.StatusOK))
	g.Expect(app.ask(t.Context(), "GET", "/readyz")).To(gomega.HaveField("Status", http.StatusServiceUnavailable))

	startRedis(t, redistest.Options{Addr: master.Addr})
	g.Eventually(func() (reply, error) { return app.ask(t.Context(), "GET", "/readyz") }).
		WithTimeout(patience).WithPolling(interval).Should(gomega.HaveField("Status", http.StatusOK))
}

func TestNoRequestIsLostWhenTheGuestbookStops(t *testing.T) {
	g := gomega.NewWithT(t)
	const visitors = 16
	master := startRedis(t, redistest.Options{})
	app := launch(t, redisEnv(master.Addr, ""))
	acknowledged := make(chan string, visitors)
	var group sync.WaitGroup
	for visitor := range visitors {
		group.Go(func() {
			name := fmt.Sprintf("visitor-%d", visitor)
			if got, err := app.ask(t.Context(), "GET", "/rpush/guestbook/"+name); err == nil {
				g.Expect(got.Status).To(gomega.Equal(http.StatusOK))
				acknowledged <- name
			}
			app.stop()
		})
	}
	group.Wait()
	close(acknowledged)
	g.Eventually(app.done).WithTimeout(patience).Should(gomega.Receive(gomega.BeNil()))

	again := launch(t, redisEnv(master.Addr, ""))
	kept, err := again.ask(t.Context(), "GET", "/lrange/guestbook")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(kept.Entries).NotTo(gomega.BeEmpty())
	for name := range acknowledged {
		g.Expect(kept.Entries).To(gomega.ContainElement(name))
	}
}

func TestBadSettingsAreReported(t *testing.T) {
	g := gomega.NewWithT(t)
	err := run(t.Context(), process{lookup: lookup(map[string]string{"PORT": "no"}), output: io.Discard})
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading PORT: ")))
	err = run(t.Context(), process{args: []string{"-addr", "127.0.0.1:-1"}, lookup: lookup(nil), output: io.Discard})
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`listening on "127.0.0.1:-1": `)))
}

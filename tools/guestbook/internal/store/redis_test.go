package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"seatrial/tools/guestbook/internal/redistest"
	"seatrial/tools/guestbook/internal/store"
)

const (
	// patience covers a slave that has to notice, connect and synchronise on a busy machine.
	patience = 20 * time.Second
	interval = 50 * time.Millisecond
	// reads are so many that they would take several times as long if each waited for a server that does not answer.
	reads = 200
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a server that ends with the test.
func start(t *testing.T, options redistest.Options) *redistest.Server {
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

func open(t *testing.T, master, slave string) *store.RedisStore {
	t.Helper()
	opened := store.OpenRedis(t.Context(), store.RedisOptions{
		Master: master, Slave: slave, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// source returns a function that reads the list and tells where it came from.
func source(ctx context.Context, opened *store.RedisStore) func() (store.Source, error) {
	return func() (store.Source, error) {
		listing, err := opened.List(ctx, "guestbook")
		return listing.From, err
	}
}

func mustAppend(t *testing.T, opened *store.RedisStore, values ...string) {
	t.Helper()
	for _, value := range values {
		if _, err := opened.Append(t.Context(), "guestbook", value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEntriesAreWrittenAndReadOnAMasterAlone(t *testing.T) {
	g := gomega.NewWithT(t)
	opened := open(t, start(t, redistest.Options{}).Addr, "")

	g.Expect(opened.Ready(t.Context())).To(gomega.Succeed())
	listing, err := opened.List(t.Context(), "guestbook")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing.Entries).To(gomega.BeEmpty())

	mustAppend(t, opened, "Ada", "")
	listing, err = opened.Append(t.Context(), "guestbook", "Grace\n<b>")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing).To(gomega.Equal(store.Listing{Entries: []string{"Ada", "", "Grace\n<b>"}, From: store.Master}))
	g.Expect(opened.List(t.Context(), "guestbook")).To(gomega.Equal(listing))
	g.Expect(opened.Info(t.Context())).To(gomega.ContainSubstring("role:master"))
}

func TestReadsFollowTheSlaveAsItComesAndGoes(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	slave := start(t, redistest.Options{ReplicaOf: master.Addr})
	opened := open(t, master.Addr, slave.Addr)
	mustAppend(t, opened, "Ada")

	g.Eventually(source(t.Context(), opened)).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(store.Slave))
	g.Eventually(func() ([]string, error) {
		listing, err := opened.List(t.Context(), "guestbook")
		return listing.Entries, err
	}).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal([]string{"Ada"}))

	slave.Stop()
	started := time.Now()
	for range reads {
		listing, err := opened.List(t.Context(), "guestbook")
		g.Expect(err).NotTo(gomega.HaveOccurred())
		g.Expect(listing).To(gomega.Equal(store.Listing{Entries: []string{"Ada"}, From: store.Master}))
	}
	g.Expect(time.Since(started)).To(gomega.BeNumerically("<", patience))

	mustAppend(t, opened, "Grace")
	start(t, redistest.Options{Addr: slave.Addr, ReplicaOf: master.Addr})
	g.Eventually(source(t.Context(), opened)).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(store.Slave))
	listing, err := opened.List(t.Context(), "guestbook")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing).To(gomega.Equal(store.Listing{Entries: []string{"Ada", "Grace"}, From: store.Slave}))
}

func TestASlaveThatNeverSynchronisedIsNotRead(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	gone := start(t, redistest.Options{})
	gone.Stop()

	for name, stale := range map[string]string{"refuses stale reads": "no", "answers stale reads": "yes"} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			slave := start(t, redistest.Options{
				ReplicaOf: gone.Addr, Args: []string{"--replica-serve-stale-data", stale},
			})
			opened := open(t, master.Addr, slave.Addr)
			mustAppend(t, opened, "Ada")
			g.Consistently(source(t.Context(), opened)).WithTimeout(3 * time.Second).WithPolling(interval).
				Should(gomega.Equal(store.Master))
		})
	}
	lonely := start(t, redistest.Options{})
	opened := open(t, master.Addr, lonely.Addr)
	g.Consistently(source(t.Context(), opened)).WithTimeout(1500*time.Millisecond).WithPolling(interval).
		Should(gomega.Equal(store.Master), "a server that follows nobody is no slave")
}

func TestASlaveThatHangsCostsOneShortWait(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	slave := start(t, redistest.Options{ReplicaOf: master.Addr})
	opened := open(t, master.Addr, slave.Addr)
	g.Eventually(source(t.Context(), opened)).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(store.Slave))

	g.Expect(slave.Signal(syscall.SIGSTOP)).To(gomega.Succeed())
	started := time.Now()
	for range reads {
		g.Expect(source(t.Context(), opened)()).To(gomega.Equal(store.Master))
	}
	g.Expect(time.Since(started)).To(gomega.BeNumerically("<", patience))

	g.Expect(slave.Signal(syscall.SIGCONT)).To(gomega.Succeed())
	g.Eventually(source(t.Context(), opened)).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(store.Slave))
}

func TestAMissingSlaveDoesNotSlowReads(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	// A name that cannot exist, and a listener whose handshake never gets an answer.
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	t.Cleanup(func() { _ = silent.Close() })

	for name, slave := range map[string]string{"no such name": "redis-slave.invalid:6379", "silent": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			opened := open(t, master.Addr, slave)
			started := time.Now()
			for range reads {
				g.Expect(source(t.Context(), opened)()).To(gomega.Equal(store.Master))
			}
			g.Expect(time.Since(started)).To(gomega.BeNumerically("<", patience))
		})
	}
}

func TestAMasterThatIsDownIsAnErrorUntilItIsBack(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	opened := open(t, master.Addr, "")
	mustAppend(t, opened, "Ada")
	master.Stop()

	_, err := opened.List(t.Context(), "guestbook")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`reading list "guestbook" from the Redis master: `)))
	_, err = opened.Append(t.Context(), "guestbook", "Grace")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`appending to list "guestbook" on the Redis master: `)))
	_, err = opened.Info(t.Context())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("asking the Redis master")))
	g.Expect(opened.Ready(t.Context())).To(gomega.MatchError(gomega.ContainSubstring("pinging the Redis master")))

	start(t, redistest.Options{Addr: master.Addr})
	g.Eventually(opened.Ready).WithContext(t.Context()).WithTimeout(patience).WithPolling(interval).Should(gomega.Succeed())
}

// TestWhoeverAsksWhileTheMasterComesUpIsToldAtOnce asks once, before there is a master. On a slow machine that question
// can end before the master is up; then the next round tries again.
func TestWhoeverAsksWhileTheMasterComesUpIsToldAtOnce(t *testing.T) {
	master := start(t, redistest.Options{})
	const rounds = 20
	for range rounds {
		master.Stop()
		opened := open(t, master.Addr, "")
		asked := make(chan error, 1)
		go func() { asked <- opened.Ready(t.Context()) }()
		<-time.After(interval)
		master = start(t, redistest.Options{Addr: master.Addr})
		if <-asked == nil {
			return
		}
	}
	t.Fatalf("nobody who asked before the master was there has seen it come up, in %d rounds", rounds)
}

func TestAMasterThatHangsIsReportedInTimeForAProbe(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	opened := open(t, master.Addr, "")
	g.Expect(opened.Ready(t.Context())).To(gomega.Succeed())
	g.Expect(master.Signal(syscall.SIGSTOP)).To(gomega.Succeed())
	t.Cleanup(func() { _ = master.Signal(syscall.SIGCONT) })

	// A busy machine may add to the time of one question, but not to that of each.
	const rounds = 20
	for range rounds {
		started := time.Now()
		g.Expect(opened.Ready(t.Context())).NotTo(gomega.Succeed())
		if time.Since(started) < time.Second {
			return
		}
	}
	t.Fatalf("in %d rounds, nobody was told within a second", rounds)
}

// mute is a master that answers what the first visitor says with an error, and nobody else.
func mute(t *testing.T, reply string) (addr string) {
	t.Helper()
	g := gomega.NewWithT(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	var group sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	group.Go(func() {
		visitor, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = visitor.Close() }()
		for said := make([]byte, 1000); err == nil; {
			if _, err = visitor.Read(said); err == nil {
				_, err = visitor.Write([]byte(reply))
			}
		}
	})
	return listener.Addr().String()
}

func TestWhatTheMasterAnsweredIsToldWhenTheTimeEndsWhileItIsAskedAgain(t *testing.T) {
	g := gomega.NewWithT(t)
	opened := open(t, mute(t, "-WRONGPASS that is not it\r\n"), "")
	g.Expect(opened.Ready(t.Context())).To(gomega.MatchError("pinging the Redis master: WRONGPASS that is not it"))
}

func TestAnEntryIsNeverWrittenTwice(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{})
	opened := open(t, master.Addr, "")
	g.Expect(opened.Ready(t.Context())).To(gomega.Succeed())
	g.Expect(master.Signal(syscall.SIGSTOP)).To(gomega.Succeed())

	// The suspended server will find the command in its socket when it wakes up.
	_, err := opened.Append(t.Context(), "guestbook", "Ada")
	g.Expect(err).To(gomega.HaveOccurred())
	g.Expect(master.Signal(syscall.SIGCONT)).To(gomega.Succeed())
	g.Eventually(func() ([]string, error) {
		listing, err := opened.List(t.Context(), "guestbook")
		return listing.Entries, err
	}).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal([]string{"Ada"}))
	g.Expect(opened.Append(t.Context(), "guestbook", "Grace")).To(gomega.Equal(
		store.Listing{Entries: []string{"Ada", "Grace"}, From: store.Master}))
}

func TestManyRequestsShareFewConnectionsAndCloseGivesThemBack(t *testing.T) {
	g := gomega.NewWithT(t)
	const readers, each, pool = 32, 40, 8
	master := start(t, redistest.Options{})
	slave := start(t, redistest.Options{ReplicaOf: master.Addr})
	opened := store.OpenRedis(t.Context(), store.RedisOptions{
		Master: master.Addr, Slave: slave.Addr, Log: slog.New(slog.DiscardHandler),
	})
	g.Eventually(source(t.Context(), opened)).WithTimeout(patience).WithPolling(interval).Should(gomega.Equal(store.Slave))

	var (
		group        sync.WaitGroup
		acknowledged atomic.Int32
	)
	for reader := range readers {
		group.Go(func() {
			for i := range each {
				_, err := opened.Append(t.Context(), "guestbook", fmt.Sprint(reader, i))
				g.Expect(err).To(gomega.Or(gomega.BeNil(), gomega.Satisfy(isLate)))
				if err == nil {
					acknowledged.Add(1)
				}
				_, err = opened.List(t.Context(), "guestbook")
				g.Expect(err).To(gomega.Or(gomega.BeNil(), gomega.Satisfy(isLate)))
			}
		})
	}
	group.Wait()
	g.Expect(acknowledged.Load()).To(gomega.BeNumerically(">", readers))
	listing, err := opened.Append(t.Context(), "guestbook", "last")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(len(listing.Entries)).To(gomega.And(gomega.BeNumerically(">", acknowledged.Load()), gomega.BeNumerically("<=", readers*each+1)))

	for _, server := range []*redistest.Server{master, slave} {
		g.Expect(guestbookConnections(t, server.Addr)()).To(gomega.BeNumerically("<=", pool))
		g.Expect(guestbookConnections(t, server.Addr)()).To(gomega.BeNumerically(">", 0))
	}
	g.Expect(opened.Close()).To(gomega.Succeed())
	for _, server := range []*redistest.Server{master, slave} {
		g.Eventually(guestbookConnections(t, server.Addr)).WithTimeout(patience).WithPolling(interval).Should(gomega.BeZero())
	}
}

// isLate tells whether a request was given up because the machine is busy: nobody waits long for Redis.
func isLate(err error) bool {
	if err == nil {
		return false
	}
	var network net.Error
	return strings.HasSuffix(err.Error(), "redis: connection pool timeout") || errors.As(err, &network) && network.Timeout()
}

// guestbookConnections returns a function that counts the connections a server has with the store.
func guestbookConnections(t *testing.T, addr string) func() (int, error) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { _ = client.Close() })
	return func() (int, error) {
		clients, err := client.ClientList(t.Context()).Result()
		return strings.Count(clients, "name=guestbook "), err
	}
}

func TestAPasswordIsSent(t *testing.T) {
	g := gomega.NewWithT(t)
	master := start(t, redistest.Options{Password: "open sesame"})
	for password, matcher := range map[string]gomega.OmegaMatcher{
		"open sesame": gomega.Succeed(),
		"wrong":       gomega.MatchError(gomega.ContainSubstring("WRONGPASS")),
	} {
		opened := store.OpenRedis(t.Context(), store.RedisOptions{
			Master: master.Addr, Password: password, Log: slog.New(slog.DiscardHandler),
		})
		g.Expect(opened.Ready(t.Context())).To(matcher)
		g.Expect(opened.Close()).To(gomega.Succeed())
	}
}

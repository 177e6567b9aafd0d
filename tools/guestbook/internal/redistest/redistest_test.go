package redistest_test

import (
	"errors"
	"net"
	"testing"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/tools/guestbook/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAServerAnswersUntilItIsStopped(t *testing.T) {
	g := gomega.NewWithT(t)
	server, err := redistest.Start(t.Context(), redistest.Options{Dir: t.TempDir()})
	if errors.Is(err, redistest.ErrLeftOut) {
		t.Skip(err)
	}
	g.Expect(err).NotTo(gomega.HaveOccurred())

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Addr)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(conn.Close()).To(gomega.Succeed())

	server.Stop()
	server.Stop()
	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", server.Addr)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("refused")))
}

func TestAServerThatCannotStartShowsWhatItSaid(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := redistest.Start(t.Context(), redistest.Options{
		Dir: t.TempDir(), Addr: "127.0.0.1:0", Args: []string{"--no-such-option", "1"},
	})
	if errors.Is(err, redistest.ErrLeftOut) {
		t.Skip(err)
	}
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no-such-option")))
}

func TestAMissingServerNamesTheRemedy(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	_, err := redistest.Start(t.Context(), redistest.Options{Dir: t.TempDir()})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("make prepare")))
	g.Expect(err).ToNot(gomega.MatchError(redistest.ErrLeftOut), "nobody has said yet that it cannot be had")
}

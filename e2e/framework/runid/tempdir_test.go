package runid

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestSweepTempRemovesWhatAKilledRunLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	root := t.TempDir()
	t.Setenv("TMPDIR", root)

	ours, err := TempDir("logs")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	_, left, kill := child(t)
	g.Expect(os.WriteFile(filepath.Join(left, "file"), nil, 0o600)).To(gomega.Succeed())

	// While its owner lives, a folder is left alone.
	removed, err := SweepTemp()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(removed).To(gomega.BeEmpty())

	kill()
	removed, err = SweepTemp()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(removed).To(gomega.ConsistOf(left))
	g.Expect(left).ToNot(gomega.BeADirectory())
	g.Expect(ours).To(gomega.BeADirectory())
}

func TestSweepTempLeavesWhatIsNotOurs(t *testing.T) {
	g := gomega.NewWithT(t)
	root := t.TempDir()
	t.Setenv("TMPDIR", root)

	dead := Current()
	dead.start = digest(startDigits, "an earlier start")
	foreign := Current()
	foreign.host = digest(hostDigits, "another machine")

	for _, name := range []string{
		"seatrial", "seatrial-notes", "seatrial-logs-" + dead.String(), "other-logs-" + dead.String() + "-1",
		"seatrial-logs-" + foreign.String() + "-1",
	} {
		g.Expect(os.Mkdir(filepath.Join(root, name), 0o700)).To(gomega.Succeed())
	}
	target := t.TempDir()
	g.Expect(os.Symlink(target, filepath.Join(root, "seatrial-link-"+dead.String()+"-1"))).To(gomega.Succeed())
	g.Expect(os.WriteFile(filepath.Join(root, "seatrial-file-"+dead.String()+"-1"), nil, 0o600)).To(gomega.Succeed())

	removed, err := SweepTemp()

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(removed).To(gomega.BeEmpty())
	g.Expect(target).To(gomega.BeADirectory())
}

func TestTempOwnerIsFoundBehindAnyPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := anyID().Draw(t, "id")
		prefix := rapid.StringMatching(`[a-z0-9]+(-[a-z0-9]+){0,4}`).Draw(t, "prefix")
		random := rapid.StringMatching(`[0-9]{1,10}`).Draw(t, "random")

		owner, ok := tempOwner(tempPrefix + prefix + "-" + id.String() + "-" + random)
		if !ok || owner != id {
			t.Fatalf("owner is %+v, %v; want %+v", owner, ok, id)
		}
	})
}

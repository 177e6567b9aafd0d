package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diary collects what a store tells.
type diary struct {
	mutex   sync.Mutex
	lines   []string
	planned int // parts more
}

func (d *diary) Say(sentence string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.lines = append(d.lines, sentence)
}

func (d *diary) Try(name string, do func() error) error {
	d.Say(name + " begins")
	err := do()
	if err != nil {
		d.Say(name + " is given up")
		return err
	}
	d.Say(name + " ends")
	return nil
}

func (d *diary) PlanPhases(more int) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.planned += more
}

func (d *diary) read() []string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return slices.Clone(d.lines)
}

// interrupting interrupts as soon as it is told something.
type interrupting context.CancelFunc

func (i interrupting) Say(string) { i() }

func (i interrupting) Try(_ string, do func() error) error { return do() }

func (i interrupting) PlanPhases(int) {}

// open opens a store that is released when the test ends.
func open(t *testing.T, dir string) (*Store, *diary) {
	t.Helper()
	d := &diary{}
	store, release, err := Open(t.Context(), dir, d)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { _ = release() })
	return store, d
}

// writing fills a part with one file, and counts how often.
func writing(text string, times *int) func(context.Context, string) error {
	return func(_ context.Context, dir string) error {
		*times++
		return os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o600)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

func TestAPartIsMadeOnceForTheSameInputs(t *testing.T) {
	g := gomega.NewWithT(t)
	store, told := open(t, filepath.Join(t.TempDir(), "new", "parts"))
	made := 0

	first, err := store.Make(t.Context(), "helm", "aaaaaaaaaaaa", writing("one", &made))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	again, err := store.Make(t.Context(), "helm", "aaaaaaaaaaaa", writing("two", &made))
	g.Expect(err).ToNot(gomega.HaveOccurred())

	g.Expect(made).To(gomega.Equal(1))
	g.Expect(again).To(gomega.Equal(first))
	g.Expect(os.ReadFile(filepath.Join(first, "file"))).To(gomega.BeEquivalentTo("one"))
	g.Expect(told.read()).To(gomega.HaveExactElements("helm begins", "helm ends"))

	other, err := store.Make(t.Context(), "helm", "bbbbbbbbbbbb", writing("three", &made))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(made).To(gomega.Equal(2))
	g.Expect(other).ToNot(gomega.Equal(first))
	g.Expect(os.ReadFile(filepath.Join(other, "file"))).To(gomega.BeEquivalentTo("three"))
}

func TestAnInterruptedPartLeavesNothingAndIsMadeNextTime(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	store, _ := open(t, dir)
	made := 0
	ctx, interrupt := context.WithCancel(t.Context())

	_, err := store.Make(ctx, "node", "aaaaaaaaaaaa", func(ctx context.Context, dir string) error {
		g.Expect(writing("half", &made)(ctx, dir)).To(gomega.Succeed())
		interrupt()
		return context.Cause(ctx)
	})

	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("making node: ")))
	g.Expect(names(t, dir)).To(gomega.BeEmpty())

	part, err := store.Make(t.Context(), "node", "aaaaaaaaaaaa", writing("whole", &made))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(os.ReadFile(filepath.Join(part, "file"))).To(gomega.BeEquivalentTo("whole"))
	g.Expect(names(t, part)).To(gomega.ConsistOf("file"))
}

func TestAPartCanFailWithoutHarmToItsOtherVersions(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	store, _ := open(t, dir)
	made := 0
	good, err := store.Make(t.Context(), "node", "aaaaaaaaaaaa", writing("good", &made))
	g.Expect(err).ToNot(gomega.HaveOccurred())

	broken := errors.New("the compiler says no")
	_, err = store.Make(t.Context(), "node", "bbbbbbbbbbbb", func(context.Context, string) error { return broken })

	g.Expect(err).To(gomega.MatchError(broken))
	g.Expect(names(t, dir)).To(gomega.ConsistOf(filepath.Base(good)))
}

func TestOpeningRemovesWhatAKilledBuildLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	// A folder whose name is a pattern to some.
	dir := filepath.Join(t.TempDir(), "parts [1]*")
	left := filepath.Join(dir, "node-aaaaaaaaaaaa.unfinished", "deep")
	g.Expect(os.MkdirAll(left, 0o750)).To(gomega.Succeed())
	whole := filepath.Join(dir, "node-bbbbbbbbbbbb")
	g.Expect(os.MkdirAll(whole, 0o750)).To(gomega.Succeed())

	open(t, dir)

	g.Expect(names(t, dir)).To(gomega.ConsistOf(filepath.Base(whole)))
}

func TestTwoBuildsWaitForEachOther(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	_, release, err := Open(t.Context(), dir, &diary{})
	g.Expect(err).ToNot(gomega.HaveOccurred())

	told := &diary{}
	opened := make(chan error, 1)
	go func() {
		_, releaseSecond, err := Open(t.Context(), dir, told)
		if err == nil {
			err = releaseSecond()
		}
		opened <- err
	}()

	g.Eventually(told.read).WithContext(t.Context()).WithTimeout(10 * time.Second).Should(gomega.ConsistOf(
		gomega.And(gomega.HavePrefix("another build is running"), gomega.ContainSubstring(dir+".lock"))))
	g.Consistently(opened).WithTimeout(500 * time.Millisecond).ShouldNot(gomega.Receive())
	g.Expect(release()).To(gomega.Succeed())
	g.Eventually(opened).WithContext(t.Context()).WithTimeout(10 * time.Second).Should(gomega.Receive(gomega.Succeed()))
	g.Expect(told.read()).To(gomega.HaveLen(1), "it says once that it waits")
}

func TestWhoWaitedForAPartDoesNotMakeItAgain(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := filepath.Join(t.TempDir(), "new", "parts")
	const builders = 4
	made := 0 // Under the store's own lock: the race detector watches.
	found := make([]string, builders)
	group, ctx := errgroup.WithContext(t.Context())
	for i := range builders {
		group.Go(func() error {
			store, release, err := Open(ctx, dir, &diary{})
			if err != nil {
				return err
			}
			found[i], err = store.Make(ctx, "embedded", "aaaaaaaaaaaa", writing("program", &made))
			return errors.Join(err, release())
		})
	}
	g.Expect(group.Wait()).To(gomega.Succeed())
	g.Expect(made).To(gomega.Equal(1))
	g.Expect(found).To(gomega.HaveEach(found[0]))
	g.Expect(names(t, dir)).To(gomega.ConsistOf(filepath.Base(found[0])), "and nothing half made is left")
}

func TestAWaitingBuildCanBeInterrupted(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	open(t, dir)
	ctx, interrupt := context.WithCancel(t.Context())

	_, _, err := Open(ctx, dir, interrupting(interrupt))

	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("waiting for the lock on %q", dir+".lock")))
}

func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	file := filepath.Join(t.TempDir(), "file")
	g.Expect(os.WriteFile(file, nil, 0o600)).To(gomega.Succeed())
	_, _, err := Open(t.Context(), file, &diary{})
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("making the folder of build parts: mkdir " + file)))
	g.Expect(file + ".lock").ToNot(gomega.BeAnExistingFile())
}

func TestAPartThatIsAskedForAgainIsNotTheNextToGo(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	store, _ := open(t, dir)
	made := 0
	ask := func(hash string) string {
		part, err := store.Make(t.Context(), "node", hash, writing(hash, &made))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		return part
	}
	old, newer := ask("aaaaaaaaaaaa"), ask("bbbbbbbbbbbb")
	for i, part := range []string{old, newer} {
		long := time.Now().Add(time.Duration(i-100) * time.Hour)
		g.Expect(os.Chtimes(part, long, long)).To(gomega.Succeed())
	}

	ask("aaaaaaaaaaaa")
	ask("cccccccccccc")

	g.Expect(old).To(gomega.BeADirectory())
	g.Expect(newer).ToNot(gomega.BeADirectory())
	g.Expect(made).To(gomega.Equal(3))
}

// Of each part, the last two versions that were asked for stay, whatever else there is.
func TestTheVersionsUsedLastStay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		dir := t.TempDir()
		store, release, err := Open(t.Context(), dir, &diary{})
		g.Expect(err).ToNot(gomega.HaveOccurred())
		defer func() { _ = release() }()
		used := map[string][]string{} // Versions by part, the last one last.
		clock := time.Now().Add(-time.Hour)
		for range rapid.IntRange(1, 12).Draw(rt, "times") {
			part := rapid.SampledFrom([]string{"debian", "debian-node", "bin"}).Draw(rt, "part")
			hash := fmt.Sprintf("%012d", rapid.IntRange(1, 4).Draw(rt, "hash"))
			at, err := store.Make(t.Context(), part, hash, func(context.Context, string) error { return nil })
			g.Expect(err).ToNot(gomega.HaveOccurred())
			clock = clock.Add(time.Minute)
			g.Expect(os.Chtimes(at, clock, clock)).To(gomega.Succeed())
			others := slices.DeleteFunc(used[part], func(other string) bool { return other == hash })
			used[part] = append(others, hash)
			used[part] = used[part][max(0, len(used[part])-kept):]
			g.Expect(at).To(gomega.BeADirectory())
		}
		var want []string
		for part, hashes := range used {
			for _, hash := range hashes {
				want = append(want, part+"-"+hash)
			}
		}
		g.Expect(names(t, dir)).To(gomega.ConsistOf(want), strings.Join(names(t, dir), " "))
	})
}

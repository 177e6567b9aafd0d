package filelock_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/filelock"
)

func TestOneAtATimeHasTheLock(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "new", "folder", "lock")

	first, err := filelock.Try(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(first).ToNot(gomega.BeNil())
	second, err := filelock.Try(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(second).To(gomega.BeNil(), "the first one has it")

	g.Expect(first()).To(gomega.Succeed())
	g.Expect(path).ToNot(gomega.BeAnExistingFile())
	second, err = filelock.Try(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(second()).To(gomega.Succeed())
}

func TestManyTakeTurns(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "lock")
	var inside, most, waited atomic.Int32
	var group sync.WaitGroup
	errs := make(chan error, 10)
	for range cap(errs) {
		group.Go(func() {
			release, err := filelock.Take(t.Context(), path, func() { waited.Add(1) })
			if err != nil {
				errs <- err
				return
			}
			most.Store(max(most.Load(), inside.Add(1)))
			inside.Add(-1)
			errs <- release()
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}
	g.Expect(most.Load()).To(gomega.Equal(int32(1)))
	g.Expect(waited.Load()).To(gomega.BeNumerically("<", 10), "the first one does not wait")
}

func TestWaitingEndsWithTheContextAndSaysForWhat(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "lock")
	release, err := filelock.Take(t.Context(), path, nil)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { g.Expect(release()).To(gomega.Succeed()) }()

	late := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, late)
	defer cancel()
	_, err = filelock.Take(ctx, path, nil)
	g.Expect(err).To(gomega.MatchError(late))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(path)))
}

// Whoever cleans up removes the folder and the lock in it while others wait for it.
func TestALockWhoseFolderWasRemovedIsTakenAnew(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "parts", "lock")
	first, err := filelock.Take(t.Context(), path, nil)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(os.RemoveAll(filepath.Dir(path))).To(gomega.Succeed())

	second, err := filelock.Take(t.Context(), path, nil)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(path).To(gomega.BeARegularFile())
	g.Expect(first()).To(gomega.Succeed())
	g.Expect(path).To(gomega.BeARegularFile(), "it is the second one's")
	g.Expect(second()).To(gomega.Succeed())
}

func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	file := filepath.Join(t.TempDir(), "file")
	g.Expect(os.WriteFile(file, nil, 0o600)).To(gomega.Succeed())
	_, err := filelock.Take(t.Context(), filepath.Join(file, "lock"), nil)
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("making the folder of a lock: ")))
}

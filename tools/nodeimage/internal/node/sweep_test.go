package node

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

func TestTheOldestNodeImagesGoUnlessTheyAreInUse(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	const made = Repository + ":v1-new"
	f.image(t, Repository+":v1-old", 1*time.Hour, unused)
	f.image(t, Repository+":v1-older-but-used", 0, used)
	f.image(t, made, 3*time.Hour, unused)
	f.image(t, Repository+":v1-last", 2*time.Hour, unused)
	f.image(t, "localhost/seatrial/node-of-others:v1", 0, unused)
	f.image(t, "docker.io/kindest/node:v1", 0, unused)
	f.image(t, "localhost/seatrial/redis:7", 0, unused)

	g.Expect(prune(t.Context(), f.Engine, made)).To(gomega.Succeed())

	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(
		made, Repository+":v1-last", Repository+":v1-older-but-used",
		"localhost/seatrial/node-of-others:v1", "docker.io/kindest/node:v1", "localhost/seatrial/redis:7"))
	calls, err := os.ReadFile(filepath.Join(f.dir, "calls"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(calls)).To(gomega.HaveSuffix("image prune --force --filter label=" + Label + "\n"))
	g.Expect(string(calls)).ToNot(gomega.ContainSubstring("image rm --force"))
}

func TestAnImageThatCannotBeRemovedIsNamedAndTheOthersStillGo(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	for i, state := range []os.FileMode{unused, burning, unused, unused} {
		f.image(t, fmt.Sprint(Repository, ":v", i), time.Duration(i)*time.Hour, state)
	}

	err := prune(t.Context(), f.Engine, Repository+":v3")

	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("removing the old node image %q", Repository+":v1"), gomega.ContainSubstring("the disk is on fire"))))
	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(Repository+":v1", Repository+":v2", Repository+":v3"))
}

func TestTheImageJustMadeStaysWhateverTheClockSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		created := map[string]time.Time{}
		for _, name := range rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,4}`), rapid.ID[string]).Draw(rt, "names") {
			created[name] = time.Unix(rapid.Int64Range(0, 3).Draw(rt, "created"), 0)
		}
		sorted := newestFirst(created)
		g.Expect(sorted).To(gomega.HaveLen(len(created)))
		g.Expect(slices.IsSortedFunc(sorted, func(a, b string) int { return created[b].Compare(created[a]) })).
			To(gomega.BeTrueBecause("%v has the newest first", sorted))
	})
	g := gomega.NewWithT(t)
	f := newFake(t)
	f.image(t, Repository+":made", -24*time.Hour, unused)
	f.image(t, Repository+":one", 0, unused)
	f.image(t, Repository+":two", time.Hour, unused)
	g.Expect(prune(t.Context(), f.Engine, Repository+":made")).To(gomega.Succeed())
	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(Repository+":made", Repository+":two"))
}

// dead is the id of a process that had our number before us.
func dead(t *testing.T) runid.ID {
	t.Helper()
	g := gomega.NewWithT(t)
	parts := strings.Split(runid.Current().String(), "-")
	id, err := runid.Parse(strings.Join([]string{parts[0], parts[1], "000000"}, "-"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(id.Dead()).To(gomega.BeTrueBecause("it began at another time"))
	return id
}

func TestSweepingRemovesWhatDeadBuildsLeftAndNoMore(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	gone, living := dead(t).String(), runid.Current().String()
	for _, name := range []string{buildPrefix + gone, buildPrefix + living, buildPrefix + "by-hand"} {
		f.container(t, name)
	}
	for _, name := range []string{basePrefix + gone, basePrefix + living, basePrefix + "by-hand", Repository + ":v1"} {
		f.image(t, name, 0, unused)
	}

	g.Expect(Sweep(t.Context(), f.Engine)).To(gomega.Succeed())

	g.Expect(f.left(t, "containers")).To(gomega.ConsistOf(buildPrefix+living, buildPrefix+"by-hand"))
	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(basePrefix+living, basePrefix+"by-hand", Repository+":v1"))

	g.Expect(removeBases(t.Context(), f.Engine, runid.Current())).To(gomega.Succeed(), "our own, when we are done")
	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(basePrefix+"by-hand", Repository+":v1"))
	g.Expect(removeContainer(t.Context(), f.Engine, "never-was")).To(gomega.Succeed())
}

func TestAnEngineThatDoesNotAnswerIsAnError(t *testing.T) {
	g := gomega.NewWithT(t)
	none := &engine.Engine{Name: "podman", Path: filepath.Join(t.TempDir(), "podman")}
	g.Expect(Sweep(t.Context(), none)).To(gomega.MatchError(gomega.ContainSubstring("looking for containers of killed builds")))
	g.Expect(prune(t.Context(), none, "any")).To(gomega.MatchError(gomega.ContainSubstring("listing the images of podman")))
}

// The answers of real engines, by which a refusal is told from a failure.
func TestEnginesAnswersAreUnderstood(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, said := range []string{
		"Error: image used by 546c04995ff3: image is in use by a container: consider listing external containers and force-removing image",
		"Error response from daemon: conflict: unable to remove repository reference \"a:1\" (must force) - container 12 is using its referenced image 34",
		"conflict: unable to delete 12 (must be forced) - image is being used by running container 34",
	} {
		g.Expect(inUse().MatchString(said)).To(gomega.BeTrueBecause("%s", said))
		g.Expect(absent().MatchString(said)).To(gomega.BeFalseBecause("%s", said))
	}
	for _, said := range []string{
		"Error: no such container seatrial-build-x", "Error: localhost/a:1: image not known",
		"Error response from daemon: No such image: a:1", "no such container: x",
	} {
		g.Expect(absent().MatchString(said)).To(gomega.BeTrueBecause("%s", said))
		g.Expect(inUse().MatchString(said)).To(gomega.BeFalseBecause("%s", said))
	}
}

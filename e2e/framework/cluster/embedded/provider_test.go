package embedded

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

// zero is the signal that only asks whether somebody is there.
const zero = syscall.Signal(0)

// hangs is how long a deletion takes at least that waits for somebody who does not answer, on however loaded a machine.
const hangs = 10 * time.Second

// tooLong is how long one is waited for that never comes up: a busy machine may need some of it to start the process at all.
const tooLong = 5 * time.Second

func TestAClusterIsThereUntilItIsDeleted(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{KubernetesVersion: "v1.37.2", Workers: 2})

	g.Expect(c.Name()).To(gomega.HavePrefix("seatrial-embedded-"))
	g.Expect(c.Features()).To(gomega.Equal(cluster.Features{Volumes: true}))
	about, err := os.Stat(c.Kubeconfig())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(about.Mode().Perm()).To(gomega.Equal(fs.FileMode(0o600)))
	g.Expect(holders(c.dir)).To(gomega.ConsistOf(c.child.pid))
	g.Expect(h.said).To(gomega.HaveExactElements(
		"starting the embedded control plane", gomega.MatchRegexp(`^ready after \d+\.\d s: Kubernetes v1\.37\.2 at http://127\.0\.0\.1:\d+$`)))

	start := time.Now()
	g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", hangs))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
	g.Expect(alive(c.child.pid)).To(gomega.Equal(false))
	g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
}

func TestSeveralAtOnceDoNotMeet(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	made := make([]cluster.Cluster, 4)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() { made[i], _ = h.Create(t.Context(), cluster.Spec{}) })
	}
	group.Wait()
	names := map[string]bool{}
	for _, c := range made {
		g.Expect(c).ToNot(gomega.BeNil())
		names[c.Name()], names[c.Kubeconfig()] = true, true
	}
	g.Expect(names).To(gomega.HaveLen(2 * len(made)))
	for _, c := range made {
		g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	}
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestANameIsGivenOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	first := h.create(t, cluster.Spec{Name: "mine"})
	g.Expect(first.Name()).To(gomega.Equal("mine"))
	_, err := h.Create(t.Context(), cluster.Spec{Name: "mine"})
	g.Expect(err).To(gomega.MatchError(`creating embedded cluster "mine": the name is taken by a cluster that is there: choose another`))
	g.Expect(first.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(h.create(t, cluster.Spec{Name: "mine"}).Name()).To(gomega.Equal("mine"))
}

func TestWhatGoesWrongIsSaidAndNothingIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		mode   string
		change func(h *home, s *cluster.Spec)
		says   string
		saved  bool
	}{
		"it ends with an error": {"fails", nil, `its control plane has ended \(exit status 1\): embedded: starting etcd in "[^"]+": permission denied`, true},
		"it crashes":            {"crashes", nil, `\(exit status 2\): panic: no route to nowhere\n(.*\n)*…`, true},
		"it ends without a word": {
			"vanishes", nil, `\(exit status 3\) without a word; the last line of its log is "starting etcd"`, true,
		},
		"it runs out of memory": {
			"starves", nil, `ended \(exit status 2\): there is too little memory: .*free some, raise the limit .*it said "fatal error: runtime: out of memory"`, true,
		},
		"the kernel kills it": {
			"killed", nil, `ended \(signal: killed\): somebody has killed it, and if it was the kernel: there is too little memory: .*free some`, true,
		},
		"it hangs": {
			"hangs", func(_ *home, s *cluster.Spec) { s.ReadyTimeout = tooLong },
			`not ready within 5s: the last line of its log is "starting etcd"`, true,
		},
		"it says something else": {"babbles", nil, `it printed "I0101 00:00:00 starting" instead of its ready line`, true},
		"it prints without end":  {"floods", nil, `it prints something else than a ready line`, true},
		"it closes its output": {
			"mute", func(_ *home, s *cluster.Spec) { s.ReadyTimeout = tooLong },
			`it closed its output without a ready line: (not ready within 5s|still running)`, true,
		},
		"it is another version": {
			"", func(_ *home, s *cluster.Spec) { s.KubernetesVersion = "v1.99.0" },
			`is Kubernetes v1.37.2, not v1.99.0: it is from another version of the source: run .make prepare.`, false,
		},
		"it is not there": {
			"", func(h *home, _ *cluster.Spec) { h.options.Binary = "/nowhere/embedded" },
			`the control plane "/nowhere/embedded" is not there: run .make prepare.`, false,
		},
		"it is no program": {
			"", func(h *home, _ *cluster.Spec) { h.options.Binary = filepath.Join("testdata", "fake", "main.go") },
			`starting the control plane "testdata/fake/main.go": .*permission denied`, false,
		},
		"an archive is missing": {
			"", func(_ *home, s *cluster.Spec) { s.Images = []string{"/nowhere/image.tar"} }, `/nowhere/image.tar: no such file`, false,
		},
		"a number is wrong": {"", func(_ *home, s *cluster.Spec) { s.Workers = -1 }, `creating an embedded cluster: -1 workers`, false},
		"a name is one of ours": {
			"", func(_ *home, s *cluster.Spec) { s.Name = "seatrial-embedded-abc" }, `name "seatrial-embedded-abc": those that begin with`, false,
		},
		"a name is none": {"", func(_ *home, s *cluster.Spec) { s.Name = "Mine!" }, `name "Mine!": `, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			h := newHome(t, c.mode)
			spec := cluster.Spec{ReadyTimeout: patience}
			if c.change != nil {
				c.change(h, &spec)
			}
			_, err := h.Create(t.Context(), spec)
			g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(c.says)))
			g.Expect(h.remains(t)).To(gomega.BeEmpty())
			saved, err := filepath.Glob(filepath.Join(h.artifacts, "*", logFile))
			g.Expect(err).ToNot(gomega.HaveOccurred())
			if c.saved {
				g.Expect(saved).To(gomega.HaveLen(1), "the log outlives the cluster")
			} else {
				g.Expect(saved).To(gomega.BeEmpty())
			}
		})
	}
}

func TestACancelledCreationLeavesNothing(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "hangs")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	spec := cluster.Spec{Name: "cancelled", Progress: func(string) { time.AfterFunc(50*time.Millisecond, cancel) }}
	_, err := h.Create(ctx, spec)
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
	g.Expect(os.ReadDir(h.artifacts)).To(gomega.BeEmpty(), "whoever cancels does not want to know")
}

func TestAControlPlaneThatWasKilledIsReported(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{})
	g.Expect(c.child.kill()).To(gomega.Succeed())
	g.Eventually(c.running).WithTimeout(patience).Should(gomega.MatchError(errEnded))

	logs := t.TempDir()
	g.Expect(c.CollectLogs(t.Context(), logs)).To(gomega.MatchError(gomega.ContainSubstring("its control plane has ended (signal: killed)")))
	g.Expect(filepath.Join(logs, logFile)).To(gomega.BeARegularFile())
	g.Expect(c.LoadImages(t.Context())).To(gomega.MatchError(errEnded))
	g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestAControlPlaneThatHangsIsDeletedAllTheSame(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{})
	halt(t, c.child.pid)
	start := time.Now()
	g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", hangs))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestLogsAndObjectsAreCollected(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{})
	logs := filepath.Join(t.TempDir(), "new", "logs")
	g.Expect(c.CollectLogs(t.Context(), logs)).To(gomega.Succeed())
	for _, name := range []string{logFile, stderrFile, "objects/nodes.yaml", "objects/events.yaml"} {
		g.Expect(filepath.Join(logs, filepath.FromSlash(name))).To(gomega.BeARegularFile())
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	g.Expect(c.CollectLogs(canceled, logs)).To(gomega.MatchError(context.Canceled))
}

func TestTheLastLineOfALogIsFound(t *testing.T) {
	g := gomega.NewWithT(t)
	file := filepath.Join(t.TempDir(), "log")
	g.Expect(lastLine(file)).To(gomega.BeEmpty())
	g.Expect(os.WriteFile(file, []byte("one\ntwo\n\n"), 0o600)).To(gomega.Succeed())
	g.Expect(lastLine(file)).To(gomega.Equal("two"))
	g.Expect(os.WriteFile(file, append(make([]byte, 3*tailSize), "\nthe end\n"...), 0o600)).To(gomega.Succeed())
	g.Expect(lastLine(file)).To(gomega.Equal("the end"))
}

func TestAReadyLineIsReadOrRefused(t *testing.T) {
	g := gomega.NewWithT(t)
	ready, err := parseReady(`{"ready":true,"server":"https://127.0.0.1:1","kubernetes":"v1.37.2","pid":7,"more":[1]}` + "\n")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(ready).To(gomega.Equal(announcement{Ready: true, Server: "https://127.0.0.1:1", Kubernetes: "v1.37.2", PID: 7}))
	for _, line := range []string{"", "ready\n", `{"ready":false}`, `{}`, `[true]`, "{\"ready\":true\n"} {
		_, err := parseReady(line)
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("instead of its ready line")), line)
	}
}

func FuzzAReadyLine(f *testing.F) {
	f.Add(`{"ready":true}`)
	f.Fuzz(func(t *testing.T, line string) {
		if ready, err := parseReady(line); err == nil && !ready.Ready {
			t.Errorf("%q is taken for a ready line", line)
		}
	})
}

func TestACauseIsNotLost(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "hangs")
	why := errors.New("the machine is needed for something else")
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, why)
	defer cancel()
	_, err := h.Create(ctx, cluster.Spec{})
	g.Expect(err).To(gomega.MatchError(why))
}

package engine

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/onsi/gomega"
)

// witness is a log handler that notes the probe's steps and the names it used, and can act at a step.
type witness struct {
	slog.Handler
	mu    sync.Mutex
	steps []string
	act   func(step string)
}

func (w *witness) Enabled(context.Context, slog.Level) bool { return true }

func (w *witness) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(attr slog.Attr) bool {
		if attr.Key != "step" {
			return true
		}
		w.mu.Lock()
		w.steps = append(w.steps, attr.Value.String())
		w.mu.Unlock()
		if w.act != nil {
			w.act(attr.Value.String())
		}
		return true
	})
	return nil
}

// names returns what the probe has used for its containers, networks and volumes.
func (w *witness) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := regexp.MustCompile(probePrefix+`\d+-[0-9a-f]{8}`).FindAllString(strings.Join(w.steps, " "), -1)
	slices.Sort(names)
	return slices.Compact(names)
}

// realEngine finds an engine of this machine, or skips the test where there is none and says why.
func realEngine(t *testing.T) *Engine {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a container engine")
	}
	e, err := Find(t.Context(), Options{Dir: t.TempDir()})
	if errors.As(err, new(*NotUsableError)) {
		t.Skipf("needs a container engine: %v", err)
	}
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return e
}

// expectNothingLeft looks for containers, networks and volumes of these names.
func expectNothingLeft(t *testing.T, e *Engine, names []string) {
	t.Helper()
	g := gomega.NewWithT(t)
	var there []string
	for _, args := range [][]string{
		{"ps", "--all", "--format", "{{.Names}}"},
		{"volume", "ls", "--format", "{{.Name}}"},
		{"network", "ls", "--format", "{{.Name}}"},
	} {
		list, err := e.Run(t.Context(), args...)
		g.Expect(err).NotTo(gomega.HaveOccurred())
		there = append(there, strings.Fields(list)...)
	}
	for _, name := range names {
		g.Expect(there).NotTo(gomega.ContainElement(name))
	}
}

func TestRealFindProvesAnEngineOrExplainsItself(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a container engine")
	}
	g := gomega.NewWithT(t)
	seen := &witness{Handler: slog.DiscardHandler}
	options := Options{Dir: t.TempDir(), Log: slog.New(seen)}
	e, err := Find(t.Context(), options)
	if unusable, ok := errors.AsType[*NotUsableError](err); ok {
		g.Expect(unusable.Rejections).To(gomega.HaveLen(len(Names())))
		for _, rejection := range unusable.Rejections {
			g.Expect(rejection.Tried).NotTo(gomega.BeEmpty())
			g.Expect(rejection.Cause).NotTo(gomega.BeEmpty())
			g.Expect(rejection.Remedy).NotTo(gomega.BeEmpty())
		}
		g.Expect(err).To(gomega.MatchError(gomega.HaveSuffix("where it cannot")))
		return
	}
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(seen.names()).NotTo(gomega.BeEmpty())
	expectNothingLeft(t, e, seen.names())

	steps := len(seen.steps)
	start := time.Now()
	again, err := Find(t.Context(), options)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(again).To(gomega.Equal(e))
	g.Expect(seen.steps).To(gomega.HaveLen(steps), "the proof is recalled")
	t.Logf("found %s, and again within %s", e, time.Since(start))
}

func TestRealCancelLeavesNothing(t *testing.T) {
	e := realEngine(t)
	for _, moment := range []struct {
		step  string
		after time.Duration
	}{
		{step: "network create", after: 10 * time.Millisecond},
		{step: "run", after: 0},
		{step: "run", after: 100 * time.Millisecond},
		{step: "run", after: 300 * time.Millisecond},
		{step: "wait", after: 10 * time.Millisecond},
	} {
		t.Run(moment.step+" after "+moment.after.String(), func(t *testing.T) {
			g := gomega.NewWithT(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			seen := &witness{Handler: slog.DiscardHandler, act: func(step string) {
				if strings.HasPrefix(step, moment.step+" ") {
					time.AfterFunc(moment.after, cancel)
				}
			}}
			_, err := Find(ctx, Options{Dir: t.TempDir(), Want: e.Name, Log: slog.New(seen)})
			g.Expect(err).To(gomega.MatchError(context.Canceled))
			g.Expect(seen.names()).NotTo(gomega.BeEmpty())
			expectNothingLeft(t, e, seen.names())
		})
	}
}

func TestRealFindRemovesWhatAKilledProbeLeft(t *testing.T) {
	e := realEngine(t)
	g := gomega.NewWithT(t)
	left, err := probeName(time.Now().Add(-2 * staleAfter))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	_, err = e.Run(t.Context(), networkArgs(left, "")...)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	image, err := newProbeImage(runtime.GOARCH)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	_, err = e.Run(t.Context(), runArgs(e, left, image.tag.String())...)
	g.Expect(err).NotTo(gomega.HaveOccurred())

	_, err = Find(t.Context(), Options{Dir: t.TempDir(), Want: e.Name})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	expectNothingLeft(t, e, []string{left})
}

// A cluster of several nodes needs this, and it shows that DNS and IPv6 of the engine mean what they say.
func TestRealContainersFindEachOtherByName(t *testing.T) {
	e := realEngine(t)
	if !e.DNS {
		t.Skipf("%s has no names on its networks here", e)
	}
	g := gomega.NewWithT(t)
	network, err := probeName(time.Now())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	image := peerImage(t, e)
	families, subnet := []string{"tcp4"}, ""
	if e.IPv6 {
		families = append(families, "tcp6")
		subnet, err = randomSubnet()
		g.Expect(err).NotTo(gomega.HaveOccurred())
	}
	t.Cleanup(func() {
		p := &probe{engine: e, log: slog.New(slog.DiscardHandler)}
		g.Expect(p.remove(context.WithoutCancel(t.Context()), network)).To(gomega.Succeed())
	})
	_, err = e.Run(t.Context(), networkArgs(network, subnet)...)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	_, err = e.Run(t.Context(), runArgs(e, network, image)...)
	g.Expect(err).NotTo(gomega.HaveOccurred())

	ask := append([]string{"run", "--rm", "--net", network, image, network}, families...)
	g.Expect(e.Run(t.Context(), ask...)).To(gomega.Equal(strings.Join(families, " hello\n") + " hello"))
}

// peerImage builds the program that looks for its like, and hands it to the engine as an image for this test.
func peerImage(t *testing.T, e *Engine) string {
	t.Helper()
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "peer")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./testdata/peer")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	output, err := build.CombinedOutput()
	g.Expect(err).NotTo(gomega.HaveOccurred(), string(output))
	program, err := os.ReadFile(path)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	image, err := singleFileImage(program, runtime.GOARCH)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	tag, err := name.NewTag("localhost/seatrial/probe-peer:test")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	archive, err := (&probeImage{tag: tag, image: image}).archive()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	t.Cleanup(func() {
		_, err := e.Run(context.WithoutCancel(t.Context()), "rmi", "--force", tag.String())
		g.Expect(err).NotTo(gomega.HaveOccurred())
	})
	g.Expect(e.Stream(t.Context(), archive, nil, "load")).To(gomega.Succeed())
	return tag.String()
}

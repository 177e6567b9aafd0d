package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

func TestFindTakesTheFirstEngineThatWorks(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, but(answer{call: "run", stderr: crunHybrid, code: 126})...)
	stand.add(t, docker,
		answer{call: "--version", stdout: "Docker version 28.2.2, build e6534b4"},
		answer{call: "info", stdout: `{"SecurityOptions":["name=seccomp,profile=builtin"],"CgroupVersion":"2"}`},
		answer{call: "wait", stdout: "0"}, answer{call: "logs", stdout: probeWord},
	)
	f := finderOn(t, limitedHost())
	e, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(*e).To(gomega.Equal(Engine{
		Name: docker, Path: filepath.Join(stand.dir, docker), Version: "28.2.2", DNS: true, IPv6: true, Host: limitedHost(),
	}))
}

func TestFindKeepsToTheEngineThatIsWanted(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, willing()...)
	_, err := Find(t.Context(), Options{Want: docker, Dir: t.TempDir()})
	g.Expect(as[*NotUsableError](t, err).Rejections).To(gomega.HaveLen(1))
	g.Expect(stand.calls(t)).To(gomega.BeEmpty())
}

func TestFindRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, err := Find(t.Context(), Options{Want: "rkt", Dir: t.TempDir()})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`"podman" "docker" "nerdctl"`)))
	_, err = Find(t.Context(), Options{})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no folder")))
}

func TestDockerThatIsPodmanIsNotDocker(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, docker, answer{
		call: "--version", stdout: "podman version 4.3.1", stderr: "Emulate Docker CLI using podman.",
	})
	_, err := finderOn(t, freeHost()).find(t.Context(), []string{docker})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`this "docker" is podman under another name`)))
}

func TestNetworkWithoutIPv6IsTriedWhereThereIsNone(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, but(answer{
		call: "network create --driver=bridge --ipv6", code: 125, stderr: "Error: is ipv6 enabled in the kernel?",
	})...)
	e, err := finderOn(t, freeHost()).find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.IPv6).To(gomega.BeFalseBecause("there is none"))
	g.Expect(e.DNS).To(gomega.BeTrueBecause("names have nothing to do with it"))
}

func TestNamesDoNotWorkWithoutAardvark(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, but(answer{
		call: "run", stderr: `level=warning msg="aardvark-dns binary not found, container dns will not be enabled"`,
	})...)
	e, err := finderOn(t, freeHost()).find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(e.DNS).To(gomega.BeFalseBecause("podman warned of it"))
}

func TestEngineThatCannotCleanUpIsRejected(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, but(answer{call: "network rm", stderr: "Error: the network is haunted", code: 2})...)
	_, err := finderOn(t, freeHost()).find(t.Context(), []string{podman})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("the network is haunted")))
}

func TestWhatIsAbsentNeedNotBeRemoved(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for words, want := range map[string]bool{
		`Error: no container with name or ID "probe-1" found: no such container`:                    true,
		`Error: no volume with name "probe-1" found: no such volume`:                                true,
		`Error: unable to find network with name or ID probe-1: network not found`:                  true,
		`Error response from daemon: network probe-1 not found`:                                     true,
		`Error: volume probe-1 is being used by the following container(s): 0a1b: volume is in use`: false,
		`Error: default OCI runtime "runc" not found: invalid argument`:                             false,
	} {
		err := fmt.Errorf("wrapped: %w", &RunError{Stderr: words, Err: errors.New("exit status 1")})
		g.Expect(isAbsent(err, "probe-1")).To(gomega.Equal(want), words)
	}
	g.Expect(isAbsent(errors.New("probe-1 not found"), "probe-1")).To(gomega.BeFalseBecause("no engine said that"))
}

func TestFindThatIsCancelledSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := finderOn(t, freeHost()).find(ctx, Names())
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(err).NotTo(gomega.BeAssignableToTypeOf(new(NotUsableError)))
}

func TestProofIsRecalledWithOneCall(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, willing()...)
	f := finderOn(t, limitedHost())
	first, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(len(stand.calls(t))).To(gomega.BeNumerically(">", 5))

	second, err := f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(second).To(gomega.Equal(first))
	g.Expect(stand.calls(t)).To(gomega.Equal([]string{"image inspect " + f.image.tag.String()}))
}

func TestProofIsWorthlessAfterAChange(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, f *finder, stand fakes){
		"of the machine": func(_ *testing.T, f *finder, _ fakes) { f.host.NoFile = 1024 },
		"of the engine": func(t *testing.T, _ *finder, stand fakes) {
			t.Helper()
			later := time.Now().Add(time.Hour)
			err := os.Chtimes(filepath.Join(stand.dir, podman), later, later)
			gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
		},
		"of the parts": func(_ *testing.T, f *finder, _ fakes) { f.parts.runc = "" },
		"of its own text": func(t *testing.T, f *finder, _ fakes) {
			t.Helper()
			gomega.NewWithT(t).Expect(replaceFile(f.proofPath(podman), "{")).To(gomega.Succeed())
		},
		"of the probe image": func(_ *testing.T, f *finder, _ fakes) {
			f.image = &probeImage{tag: f.image.tag.Tag("other"), image: f.image.image}
		},
		"of where podman is": func(t *testing.T, _ *finder, _ fakes) {
			t.Helper()
			t.Setenv("CONTAINER_HOST", "tcp://elsewhere")
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			t.Setenv("CONTAINER_HOST", "")
			stand := onlyFakes(t)
			stand.add(t, podman, willing()...)
			f := finderOn(t, limitedHost())
			_, err := f.find(t.Context(), Names())
			g.Expect(err).NotTo(gomega.HaveOccurred())
			change(t, f, stand)
			stand.calls(t)
			_, err = f.find(t.Context(), Names())
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(stand.calls(t)).To(gomega.ContainElement(gomega.HavePrefix("run ")))
		})
	}
}

func TestProofIsWorthlessWhenTheEngineNoLongerAnswers(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, willing()...)
	path := filepath.Join(stand.dir, podman)
	before, err := os.Stat(path)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	f := finderOn(t, limitedHost())
	_, err = f.find(t.Context(), Names())
	g.Expect(err).NotTo(gomega.HaveOccurred())

	// The same script to all appearances, but its daemon is gone.
	text := read(t, path)
	stand.add(t, podman, answer{stderr: "Error: gone", code: 125})
	g.Expect(os.Truncate(path, int64(len(text)))).To(gomega.Succeed())
	g.Expect(os.Chtimes(path, before.ModTime(), before.ModTime())).To(gomega.Succeed())
	_, err = f.find(t.Context(), []string{podman})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("gone")))
}

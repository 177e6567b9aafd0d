package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

// surveyed is what is found out on a machine that has only these fakes.
func surveyed(t *testing.T, dir string) map[string]Finding {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	all, _, err := Survey(t.Context(), Options{Dir: dir})
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	byName := map[string]Finding{}
	for _, one := range all {
		byName[one.Name] = one
	}
	return byName
}

func TestASurveySaysOfEachEngineWhatItIsGoodFor(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, willing()...)
	stand.add(t, docker, answer{call: "--version", stdout: "Docker version 28.2.2"},
		answer{call: "info", stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", code: 1})
	found := surveyed(t, t.TempDir())
	g.Expect(found[podman].Rejection).To(gomega.BeNil())
	g.Expect(found[podman].Engine.Version).To(gomega.Equal("4.3.1"))
	g.Expect(found[docker].Rejection.Remedy).To(gomega.HavePrefix("start the docker service"))
	g.Expect(found[nerdctl].Rejection.Cause).To(gomega.Equal("not installed"))
}

func TestASurveyLeavesNothing(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, but(answer{call: "image inspect", code: 1})...)
	dir := t.TempDir()
	found := surveyed(t, filepath.Join(dir, "engine"))
	g.Expect(found[podman].Recalled).To(gomega.Equal(false))
	g.Expect(os.ReadDir(dir)).To(gomega.BeEmpty())
	g.Expect(os.ReadDir(os.Getenv("TMPDIR"))).To(gomega.BeEmpty())
	calls := stand.calls(t)
	g.Expect(calls).To(gomega.ContainElement(gomega.HavePrefix("load")))
	g.Expect(calls[len(calls)-1]).To(gomega.HavePrefix("rmi "), "its image was not there before")
}

func TestASurveyRecallsAProof(t *testing.T) {
	g := gomega.NewWithT(t)
	stand := onlyFakes(t)
	stand.add(t, podman, willing()...)
	dir := t.TempDir()
	_, err := Find(t.Context(), Options{Dir: dir})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	stand.calls(t)
	before, err := os.ReadDir(dir)
	g.Expect(err).NotTo(gomega.HaveOccurred())

	g.Expect(surveyed(t, dir)[podman].Recalled).To(gomega.Equal(true))
	g.Expect(stand.calls(t)).To(gomega.HaveLen(1))
	g.Expect(os.ReadDir(dir)).To(gomega.HaveLen(len(before)))
}

func TestASurveyThatIsCancelledSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	onlyFakes(t).add(t, podman, willing()...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := Survey(ctx, Options{Dir: t.TempDir()})
	g.Expect(err).To(gomega.MatchError(context.Canceled))
}

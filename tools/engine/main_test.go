package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/telling"
)

// to is a telling of which only the answer is kept.
func to(out *bytes.Buffer) telling.Telling {
	return telling.Telling{Stream: &report.Stream{}, Out: out}
}

func TestUnknownEngineIsRefused(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	err := run(t.Context(), []string{"-want", "rkt", "-dir", t.TempDir()}, to(&out))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`unknown container engine "rkt"`)))
}

func TestWhereNothingCanBeInstalledTheAdviceComesLast(t *testing.T) {
	g := gomega.NewWithT(t)
	// With nothing on PATH there is no docker, which is not installed from here.
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	err := run(t.Context(), []string{"-provider", "kind", "-want", "docker", "-dir", t.TempDir()}, to(&out))
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.HavePrefix("no container engine here can run a Kubernetes node\n  docker: not installed\n"),
		gomega.HaveSuffix("\nonly podman can be installed from here: ask for it, or for any engine (-want auto)"),
	)))
}

func TestWithoutAnEngineTheEmbeddedControlPlaneIsUsed(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("SEATRIAL_PROVIDER", "")
	var out bytes.Buffer
	g.Expect(run(t.Context(), []string{"-want", "docker", "-dir", t.TempDir()}, to(&out))).To(gomega.Succeed())
	g.Expect(strings.ReplaceAll(out.String(), "\n", " ")).To(gomega.HavePrefix(
		"no container engine here can run a Kubernetes node (docker: not installed): the embedded control plane is used"))
	g.Expect(out.String()).To(gomega.HaveSuffix("\n"))
}

func TestNobodyLooksForAnEngineThatIsNotNeeded(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, provider := range []string{"embedded", "existing"} {
		t.Setenv("SEATRIAL_PROVIDER", provider)
		var out bytes.Buffer
		dir := filepath.Join(t.TempDir(), "engine")
		g.Expect(run(t.Context(), []string{"-want", "docker", "-dir", dir}, to(&out))).To(gomega.Succeed())
		g.Expect(out.String()).To(gomega.BeEmpty())
		g.Expect(dir).ToNot(gomega.BeAnExistingFile())
	}
	t.Setenv("SEATRIAL_PROVIDER", "minikube")
	var out bytes.Buffer
	g.Expect(run(t.Context(), nil, to(&out))).To(gomega.MatchError(gomega.ContainSubstring(`SEATRIAL_PROVIDER="minikube": there is no such provider`)))
}

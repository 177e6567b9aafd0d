package main

import (
	"bytes"
	"testing"

	"github.com/onsi/gomega"
)

func TestUnknownEngineIsRefused(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	err := run(t.Context(), []string{"-want", "rkt", "-dir", t.TempDir()}, &out, &out)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`unknown container engine "rkt"`)))
}

func TestWhereNothingCanBeInstalledTheAdviceComesLast(t *testing.T) {
	g := gomega.NewWithT(t)
	// With nothing on PATH there is no docker, which is not installed from here.
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	err := run(t.Context(), []string{"-want", "docker", "-dir", t.TempDir()}, &out, &out)
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.HavePrefix("no container engine here can run a Kubernetes node\n  docker: not installed\n"),
		gomega.HaveSuffix("\nonly podman can be installed from here: ask for it, or for any engine (-want auto)"),
	)))
}

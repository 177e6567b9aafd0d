package kind

import (
	"log/slog"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

func TestStepsOfKindBecomeProgress(t *testing.T) {
	g := gomega.NewWithT(t)
	var lines []string
	s := newStatus(slog.New(slog.DiscardHandler), cluster.Spec{Progress: func(line string) { lines = append(lines, line) }}.Say())
	g.Expect(s.current()).To(gomega.Equal("starting kind"))

	s.Warn("enabling experimental podman provider")
	s.V(0).Infof("Creating cluster %q ...\n", "x")
	s.V(0).Infof(" • %s  ...\n", "Preparing nodes 📦 📦 ")
	s.V(0).Infof(" ✓ %s\n", "Preparing nodes 📦 📦 ")
	s.V(0).Infof(" • %s  ...\n", "Starting control-plane 🕹️")
	s.V(3).Info(" • all of kubeadm")

	g.Expect(lines).To(gomega.Equal([]string{"preparing nodes", "starting control-plane"}))
	g.Expect(s.current()).To(gomega.Equal("starting control-plane"))
}

func TestAnnouncedLeavesOtherLinesAlone(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, line := range []string{"", "•", " • 📦 ...", "Deleted nodes: [x]", " ✗ Preparing nodes"} {
		step, ok := announced(line)
		g.Expect(ok).To(gomega.Equal(false), "%q became %q", line, step)
	}
}

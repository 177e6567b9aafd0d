package kind

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

// pair is a cluster of two nodes.
func (f *scriptedProvider) pair() *order {
	o, err := newOrder(cluster.Spec{Name: "x", NodeImage: someImage, Workers: 1})
	f.g.Expect(err).ToNot(gomega.HaveOccurred())
	f.write("ids", "1234\n")
	f.write("nodes.json", podmanNodes)
	return o
}

func TestWorkersAreToldWhereTheControlPlaneIs(t *testing.T) {
	f := newFake(t)
	f.g.Expect(f.introduce(t.Context(), f.pair())).To(gomega.Succeed())
	f.g.Expect(f.calls()).To(gomega.ContainElement(gomega.HaveSuffix(" sh /etc/hosts 10.89.0.2 x-control-plane")))
	f.g.Expect(f.calls()).To(gomega.ContainElement(gomega.HavePrefix("exec x-worker sh -c ")))
	f.g.Expect(f.calls()).ToNot(gomega.ContainElement(gomega.HavePrefix("exec x-control-plane")))
}

func TestANodeThatCannotBeToldIsNamed(t *testing.T) {
	f := newFake(t)
	o := f.pair()
	f.write("deaf", "")
	f.g.Expect(f.introduce(t.Context(), o)).To(gomega.MatchError(
		`telling "x-worker" where "x-control-plane" is: calling the engine: ` +
			"Error: can only create exec sessions on running containers: container state improper"))

	f.node("x", "kind")
	f.g.Expect(f.introduce(t.Context(), o)).To(gomega.MatchError(
		`telling the workers where "x-control-plane" is: the engine knows no address of it on network "seatrial"`))
}

func TestANameIsWrittenOnceAndLeavesOthersAlone(t *testing.T) {
	g := gomega.NewWithT(t)
	file := filepath.Join(t.TempDir(), "hosts")
	g.Expect(os.WriteFile(file, []byte("127.0.0.1 localhost\n10.89.0.9 x-control-plane2 x.control.plane\n"), 0o600)).To(gomega.Succeed())
	for _, address := range []string{"10.89.0.2", "10.89.0.3"} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", writeName, "sh", file, address, "x-control-plane").CombinedOutput()
		g.Expect(err).ToNot(gomega.HaveOccurred(), string(out))
	}
	written, err := os.ReadFile(file)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(written)).To(gomega.Equal("127.0.0.1 localhost\n10.89.0.9 x-control-plane2 x.control.plane\n10.89.0.3 x-control-plane\n"))
}

package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
)

// doomedVariable holds, for a child of a spec, the cluster it shall make.
const doomedVariable = "SEATRIAL_HARNESS_DOOMED"

// doomed is what a child is told.
type doomed struct {
	Engine string `json:"engine"`
	Dir    string `json:"dir"`
	Name   string `json:"name"`
	Image  string `json:"image"`
}

// TestDoomed is not a test but the child that a spec starts, in order to kill it
// while it makes a cluster. Its lines tell how far it is.
func TestDoomed(t *testing.T) {
	text := os.Getenv(doomedVariable)
	if text == "" {
		return
	}
	var d doomed
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	found, err := assets.FindEngine(t.Context(), engine.Options{Want: d.Engine})
	if err != nil {
		t.Fatal(err)
	}
	provider, err := kind.New(found, kind.Options{Dir: d.Dir})
	if err != nil {
		t.Fatal(err)
	}
	spec := cluster.Spec{Name: d.Name, NodeImage: d.Image, Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }}
	c, err := provider.Create(context.WithoutCancel(t.Context()), spec)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(os.Stderr, "made", c.Name())
	<-t.Context().Done()
}

var _ = Describe("A kind cluster whose run was killed", Label("kind", "slow"), func() {
	DescribeTable("is swept by the next, but not before:",
		func(ctx SpecContext, name, step string) {
			home := newKindHome(ctx)
			kill := home.startDoomed(ctx, name, step)
			Expect(home.doomedNames()).To(HaveLen(1))
			full := home.doomedNames()[0]
			Expect(home.provider.Sweep(ctx)).ToNot(ContainElement(full))

			kill()

			Expect(home.provider.Sweep(ctx)).To(ContainElement(full))
			Expect(home.remains(ctx, full)).To(BeEmpty())
		},
		Entry("while it made the nodes", "", "preparing nodes", SpecTimeout(kindTimeout)),
		Entry("while the control plane started", "", "starting control-plane", SpecTimeout(kindTimeout)),
		Entry("when the cluster was there, with a name of its choice", "doomed", "made", SpecTimeout(kindTimeout)),
	)
})

// startDoomed starts a child and returns, once it is at the step, what kills it.
func (h *kindHome) startDoomed(ctx SpecContext, name, step string) (kill func()) {
	GinkgoHelper()
	text, err := json.Marshal(doomed{Engine: h.engine.Name, Dir: h.dir, Name: name, Image: nodeImage()})
	Expect(err).ToNot(HaveOccurred())
	program, err := os.Executable()
	Expect(err).ToNot(HaveOccurred())
	child := exec.CommandContext(ctx, program, "-test.run=^TestDoomed$", "-test.timeout="+kindTimeout.String())
	child.Env = append(os.Environ(), doomedVariable+"="+string(text))
	output, err := child.StderrPipe()
	Expect(err).ToNot(HaveOccurred())
	Expect(child.Start()).To(Succeed())
	kill = func() {
		GinkgoHelper()
		Expect(child.Process.Kill()).To(Succeed())
		_ = child.Wait()
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		GinkgoWriter.Println("doomed:", lines.Text())
		if strings.HasPrefix(lines.Text(), step) {
			return kill
		}
	}
	kill()
	Fail(fmt.Sprintf("the child ended before %q", step))
	return nil
}

// doomedNames are the clusters that the kubeconfig files of a home are for.
func (h *kindHome) doomedNames() []string {
	GinkgoHelper()
	entries, err := os.ReadDir(h.dir)
	Expect(err).ToNot(HaveOccurred())
	var names []string
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		names = append(names, name)
	}
	return names
}

package kind

import (
	"os/exec"
	"testing"

	"github.com/onsi/gomega"
)

func TestChildrenAreFoundByAnArgumentThatNamesANode(t *testing.T) {
	g := gomega.NewWithT(t)
	names := []string{"x-control-plane", "x-worker"}
	start := func(argument string) (end func()) {
		// The argument is a parameter of the shell, which waits for its input to end.
		command := exec.CommandContext(t.Context(), "sh", "-c", "read line; exit", "sh", argument)
		input, err := command.StdinPipe()
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(command.Start()).To(gomega.Succeed())
		return func() {
			g.Expect(input.Close()).To(gomega.Succeed())
			_ = command.Wait()
		}
	}

	endOther := start("x-2-control-plane")
	defer endOther()
	g.Expect(childrenNaming(names)).To(gomega.BeEmpty())

	end := start("x-worker=true")
	g.Eventually(childrenNaming).WithContext(t.Context()).WithTimeout(patience).WithArguments(names).Should(
		gomega.ConsistOf("sh -c read line; exit sh x-worker=true"))
	end()
	g.Expect(childrenNaming(names)).To(gomega.BeEmpty())
}

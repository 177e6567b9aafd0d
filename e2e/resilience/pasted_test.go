package resilience

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/lifecycle"
	"seatrial/e2e/framework/lifecycle/walk"
)

// A finding is told as commands. That these show what was found, also where a client died, is tried with real ones.
var _ = Describe("A walk that is pasted into a terminal", Label("helm", "lifecycle"), func() {
	for _, story := range walk.Stories() {
		if !story.Walk.Cut() {
			continue
		}
		It("leaves the same: "+story.Name, func(ctx SpecContext) {
			folder := GinkgoT().TempDir()
			chart, err := lifecycle.WriteChart(folder)
			Expect(err).ToNot(HaveOccurred())
			live, err := walk.NewLive(walk.Place{Kubeconfig: handle.Kubeconfig, Namespace: walkingPlace(ctx), Chart: chart, Driver: helm.Secrets})
			Expect(err).ToNot(HaveOccurred())
			DeferCleanup(live.Close)
			steps, found, err := walk.Take(ctx, story.Walk, lifecycle.Model{Settles: true}.Apply, live)
			Expect(err).ToNot(HaveOccurred())
			Expect(found).To(BeNil())

			pasted := walkingPlace(ctx)
			script, _, _ := strings.Cut((&walk.Finding{Steps: steps}).Script(), "kubectl delete namespace")
			Expect(paste(ctx, script, folder, pasted)).To(ContainSubstring("STATUS"), "helm history")
			there, err := walk.NewLive(walk.Place{Kubeconfig: handle.Kubeconfig, Namespace: pasted, Chart: chart, Driver: helm.Secrets})
			Expect(err).ToNot(HaveOccurred())
			DeferCleanup(there.Close)
			state, err := there.Look(ctx)
			Expect(err).ToNot(HaveOccurred())
			Expect(steps[len(steps)-1].Seen.State.Differences(state)).To(BeEmpty())
		}, NodeTimeout(walkTimeout))
	}
})

// paste runs a script in a folder as a user would, and returns what the terminal shows. That single commands of it fail is
// part of the story.
func paste(ctx context.Context, script, folder, namespace string) (string, error) {
	bash := exec.CommandContext(ctx, "bash", "--noprofile", "--norc")
	bash.Dir = folder
	bash.Stdin = strings.NewReader(script)
	bash.Env = []string{
		"PATH=" + filepath.Dir(handle.Assets.Helm()) + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + folder,
		"KUBECONFIG=" + handle.Kubeconfig, "HELM_NAMESPACE=" + namespace,
	}
	out, err := bash.CombinedOutput()
	fmt.Fprintf(GinkgoWriter, "%s\n", out)
	return string(out), err
}

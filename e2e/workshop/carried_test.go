package workshop

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
)

// item is as much of an inventory as is looked at here.
type item struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Digest string `json:"digest"`
	State  string `json:"state"`
	Bytes  int64  `json:"bytes"`
}

// What has to be carried is a node image of hundreds of megabytes, from the store of a real engine and back into it. The
// machines are two cache folders; they share the store.
var _ = Describe("What one machine has prepared", Label("images"), func() {
	It("is carried to another with the node image from the engine's store", func(ctx SpecContext) {
		if handle.Assets.NodeImage == "" {
			Skip("there is no node image: " + handle.Assets.WithoutNodes)
		}
		program, err := gexec.Build("seatrial/tools/seatrial")
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(gexec.CleanupBuildArtifacts)
		here, away := GinkgoT().TempDir(), GinkgoT().TempDir()
		archive := filepath.Join(here, "seatrial.tar")
		root, err := assets.Root()
		Expect(err).ToNot(HaveOccurred())
		inventory := func(dir, cache string) []item {
			GinkgoHelper()
			cmd := exec.CommandContext(ctx, program, "images", "list", "--provider", "kind", "--output", "json")
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "SEATRIAL_CACHE="+cache)
			said, err := cmd.Output()
			Expect(err).ToNot(HaveOccurred())
			var list struct {
				Items []item `json:"items"`
			}
			Expect(json.Unmarshal(said, &list)).To(Succeed())
			var current []item
			for _, one := range list.Items {
				if one.State == "current" {
					current = append(current, one)
				}
			}
			return current
		}
		prepared, err := assets.Cache()
		Expect(err).ToNot(HaveOccurred())

		output(ctx, root, program, "images", "save", archive, "--provider", "kind")
		output(ctx, away, "tar", "-xf", archive, "seatrial")
		output(ctx, away, "env", "SEATRIAL_CACHE="+away, "./seatrial", "images", "load", archive, "--provider", "kind")
		Expect(inventory(away, away)).To(And(Equal(inventory(root, prepared)), ContainElement(And(
			HaveField("Kind", "node image"), HaveField("Name", handle.Assets.NodeImage), HaveField("Bytes", BeNumerically(">", 100_000_000))))))
	}, SpecTimeout(framework.OpenTimeout))
})

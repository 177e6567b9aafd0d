package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/embedded"
)

// starvedTimeout is for a control plane that ends by itself, mostly at once.
const starvedTimeout = 2 * time.Minute

// A control plane that gets less memory than it needs dies in another way for each amount: in
// the runtime of Go before main, in the middle of a start, or in its store.
var _ = Describe("An embedded control plane without enough memory", Label("embedded"), func() {
	for _, megabytes := range []int{300, 900, 1500} {
		It(fmt.Sprintf("says so, and what to do, with %d MB of addresses", megabytes), func(ctx SpecContext) {
			const kilo = 1024
			starving := filepath.Join(GinkgoT().TempDir(), "embedded")
			script := fmt.Sprintf("#!/bin/sh\nulimit -v %d\nexec %q \"$@\"\n", megabytes*kilo, handle.Assets.Embedded())
			//nolint:gosec // It is a program.
			Expect(os.WriteFile(starving, []byte(script), 0o700)).To(Succeed())
			provider, err := embedded.New(embedded.Options{Binary: starving, Dir: GinkgoT().TempDir(), Artifacts: GinkgoT().TempDir()})
			Expect(err).ToNot(HaveOccurred())
			before, err := foldersOf(provider.Name())
			Expect(err).ToNot(HaveOccurred())

			_, err = provider.Create(ctx, cluster.Spec{})

			Expect(err).To(MatchError(And(
				ContainSubstring("its control plane has ended"),
				ContainSubstring("there is too little memory"),
				ContainSubstring("`ulimit -v`"),
			)))
			Expect(foldersOf(provider.Name())).To(ConsistOf(before))
		}, SpecTimeout(starvedTimeout))
	}
})

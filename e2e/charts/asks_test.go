package charts

import (
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What a chart renders to may be decided by the cluster. Without one it can only be rendered as far as that goes.
var _ = Describe("A chart whose templates ask the cluster", Ordered, ContinueOnFailure, func() {
	var seatrial command

	BeforeAll(func(ctx SpecContext) { seatrial = build(ctx) }, NodeTimeout(stepTimeout))

	It("is tried where it would fail without one", func(ctx SpecContext) {
		said, code := seatrial.chart(ctx, filepath.Join("testdata", "asks-the-cluster-right"))

		Expect(code).To(Equal(0), said)
		Expect(said).To(ContainSubstring("PASSED: 17 of 17 steps passed"))
	}, SpecTimeout(stepTimeout))

	It("is refused before any path where it fails on the cluster, too", func(ctx SpecContext) {
		said, code := seatrial.chart(ctx, filepath.Join("testdata", "asks-in-vain"))

		Expect(code).To(Equal(1), said)
		Expect(unwrapped(said)).To(SatisfyAll(
			ContainSubstring("install the definitions of absent.seatrial.example first"), ContainSubstring("--provider existing"),
			Not(ContainSubstring("install defaults"))))
	}, SpecTimeout(stepTimeout))

	It("is ended at its limits", func(ctx SpecContext) {
		said, code := seatrial.chart(ctx, filepath.Join("testdata", "asks-without-end"))

		Expect(code).To(Equal(1), said)
		Expect(unwrapped(said)).To(SatisfyAll(ContainSubstring("loop, or make far too much"), Not(ContainSubstring("install defaults"))))
	}, SpecTimeout(stepTimeout))
})

// unwrapped is what was said without the lines that it was broken into.
func unwrapped(said string) string { return strings.Join(strings.Fields(said), " ") }

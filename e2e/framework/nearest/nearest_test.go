package nearest_test

import (
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/nearest"
)

func TestAMistypedWordFindsTheOneThatWasMeant(t *testing.T) {
	known := []string{"documents", "providers", "setup", "teardown"}
	for typed, meant := range map[string]string{
		"documets": "documents", "docuemnts": "documents", "Providers": "providers", "setups": "setup", "tear-down": "teardown",
		"banana": "", "": "", "a sentence that is longer than any word that anybody knows": "",
	} {
		t.Run(typed, func(t *testing.T) {
			gomega.NewWithT(t).Expect(nearest.Word(typed, known)).To(gomega.Equal(meant))
		})
	}
	gomega.NewWithT(t).Expect(nearest.Word("setup", nil)).To(gomega.BeEmpty())
}

func TestDistanceIsTheSameBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringN(0, 12, -1).Draw(t, "a"), rapid.StringN(0, 12, -1).Draw(t, "b")
		there, back := nearest.Distance(a, b), nearest.Distance(b, a)
		if there != back || there == 0 != (a == b) {
			t.Fatalf("from %q to %q it is %d, and back %d", a, b, there, back)
		}
	})
}

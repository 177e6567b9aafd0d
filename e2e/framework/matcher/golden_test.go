package matcher

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// updateGolden is the environment variable that makes tests write testdata instead of comparing with it.
const updateGolden = "UPDATE_GOLDEN"

// matches holds what a person reads if a matcher that matches is negated, and the message it would have otherwise,
// against testdata/<name>.golden.
func matches(t *testing.T, name string, m types.GomegaMatcher, actual any) {
	t.Helper()
	golden(t, name, m, actual)
	if !verdict(t, m, actual) {
		t.Errorf("%s: does not match", name)
	}
}

// differs does the same for a matcher that does not match.
func differs(t *testing.T, name string, m types.GomegaMatcher, actual any) {
	t.Helper()
	golden(t, name, m, actual)
	if verdict(t, m, actual) {
		t.Errorf("%s: matches", name)
	}
}

// refuses is for values that a matcher cannot judge.
func refuses(t *testing.T, m types.GomegaMatcher, actual any, want string) {
	t.Helper()
	g := gomega.NewWithT(t)
	_, err := m.Match(actual)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(want)))
	g.Expect(m.FailureMessage(actual)).NotTo(gomega.BeEmpty())
	g.Expect(m.NegatedFailureMessage(actual)).NotTo(gomega.BeEmpty())
}

func verdict(t *testing.T, m types.GomegaMatcher, actual any) bool {
	t.Helper()
	matched, err := m.Match(actual)
	if err != nil {
		t.Fatalf("matching: %v", err)
	}
	return matched
}

func golden(t *testing.T, name string, m types.GomegaMatcher, actual any) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	got := fmt.Sprintf("%s\n\n%s\n", m.FailureMessage(actual), m.NegatedFailureMessage(actual))
	if os.Getenv(updateGolden) != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("reading what is expected (set %s to write it): %v", updateGolden, err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("messages differ from %s (-want +got):\n%s", file, diff)
	}
}

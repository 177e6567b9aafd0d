package shell

import (
	"strconv"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestAnAbandonedShellLeavesNothingRunning(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	session, err := strconv.Atoi(strings.TrimSpace(run(t, s, "sleep 600 & echo $$").Output))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(members(session)).To(gomega.HaveLen(2), "bash, and what it has left in the background")
	Abandon()
	g.Eventually(func() []int { return members(session) }).WithTimeout(long).Should(gomega.BeEmpty())
}

func TestAnyCommandNameCanStandInTheListOfProcesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z() 0-9]{1,15}`).Draw(t, "name")
		p, alive := parseStat("42 (" + name + ") S 7 42 40 0 -1")
		if !alive || p != (entry{pid: 42, parent: 7, session: 40, command: name}) {
			t.Fatalf("%q: %+v", name, p)
		}
	})
	for _, text := range []string{"", "42", "42 (a", "42 (a) Z 1 2 3", "x (a) S 1 2 3", "42 (a) S 1"} {
		if _, alive := parseStat(text); alive {
			t.Fatalf("%q is no living process", text)
		}
	}
}

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"go.yaml.in/yaml/v3"
)

// ofAction reads a file of the action for GitHub.
func ofAction(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", ".github", "actions", "seatrial", name))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return string(content)
}

// What a job compiles is kept under the hash of its sources. A folder that is left out would let an old command run.
func TestTheActionHashesAllThatTheCommandIsCompiledFrom(t *testing.T) {
	g := gomega.NewWithT(t)
	found := regexp.MustCompile(`command=\$go-\$\(digest ([^)]+)\)`).FindStringSubmatch(ofAction(t, "parts.sh"))
	g.Expect(found).To(gomega.HaveLen(2))
	hashed := strings.Fields(found[1])
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	for name := range strings.FieldsSeq(string(out)) {
		folder, ours := strings.CutPrefix(name, "seatrial/")
		covered := slices.ContainsFunc(hashed, func(h string) bool { return folder == h || strings.HasPrefix(folder, h+"/") })
		g.Expect(!ours || covered).To(gomega.BeTrueBecause("%s is compiled in, and parts.sh hashes only %v", folder, hashed))
	}
}

func TestEachInputAndOutputOfTheActionIsDocumented(t *testing.T) {
	g := gomega.NewWithT(t)
	var action struct {
		Inputs, Outputs map[string]struct{ Description string }
	}
	g.Expect(yaml.Unmarshal([]byte(ofAction(t, "action.yml")), &action)).To(gomega.Succeed())
	g.Expect(action.Inputs).ToNot(gomega.BeEmpty())
	readme := ofAction(t, "README.md")
	for name, input := range action.Inputs {
		g.Expect(input.Description).ToNot(gomega.BeEmpty(), name)
		g.Expect(readme).To(gomega.ContainSubstring("| `"+name+"` |"), name)
	}
	for name := range action.Outputs {
		g.Expect(readme).To(gomega.ContainSubstring("`"+name+"`"), name)
	}
	for _, code := range []string{"exit code 2", "(1)"} {
		g.Expect(readme).To(gomega.ContainSubstring(code), "exit codes are documented")
	}
}

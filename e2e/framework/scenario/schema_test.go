package scenario_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/scenario"
)

var update = flag.Bool("update", false, "write the schema instead of comparing it")

func TestTheSchemaIsCurrent(t *testing.T) {
	g := gomega.NewWithT(t)
	file := filepath.Join("..", "..", "..", "scenarios", "schema.json")
	want, err := scenario.Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	if *update {
		g.Expect(os.WriteFile(file, want, 0o600)).To(gomega.Succeed())
	}

	got, err := os.ReadFile(file)

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(cmp.Diff(string(want), string(got))).To(gomega.BeEmpty(), "run `go generate ./e2e/framework/scenario`")
}

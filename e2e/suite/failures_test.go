package suite

import (
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func TestAFailureIsNotedUntilTheNextRun(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := filepath.Join(t.TempDir(), "workshop")
	g.Expect(forget(dir)).To(gomega.Succeed(), "the first run finds nothing")
	g.Expect(noted(dir)).To(gomega.BeEmpty())

	g.Expect(note(dir, "the upgrade keeps the pods")).To(gomega.Succeed())
	g.Expect(note(dir, "the rollback brings the slaves back")).To(gomega.Succeed())

	g.Expect(noted(dir)).To(gomega.Equal([]string{"the upgrade keeps the pods", "the rollback brings the slaves back"}))
	g.Expect(forget(dir)).To(gomega.Succeed())
	g.Expect(noted(dir)).To(gomega.BeEmpty())
}

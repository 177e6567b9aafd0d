package embedded

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestADiskThatIsFullIsNamed(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for said, want := range map[string]string{
		"panic: write /x/wal: no space left on device\ngoroutine 1": `": no space left on device: make room, or`,
		"failed to create WAL: file too large":                      `": file too large: make room, or`,
	} {
		g.Expect(crowded(t.TempDir(), said)).To(gomega.MatchError(gomega.And(
			gomega.HavePrefix("it could not write to "), gomega.ContainSubstring(want))))
	}
	g.Expect(crowded(t.TempDir(), "panic: something else")).To(gomega.Succeed())
	g.Expect(crowded("/no/such/folder", "")).To(gomega.Succeed())
}

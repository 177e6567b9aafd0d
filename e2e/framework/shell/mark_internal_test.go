package shell

import (
	"bytes"
	"testing"

	"github.com/onsi/gomega"
)

// Whoever ends a step cannot know whether it has ended by itself just now.
func TestAStepThatIsEndedWhileItEndsShowsNoMark(t *testing.T) {
	g := gomega.NewWithT(t)
	s, err := Start(Options{Dir: t.TempDir(), Home: t.TempDir()})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { g.Expect(s.Close()).To(gomega.Succeed()) })

	result, err := s.interrupt(bytes.NewBufferString("what came\n\x00" + s.token + " 0\x00"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(result.TimedOut).To(gomega.BeTrueBecause("it was ended"))
	g.Expect(result.Output).To(gomega.Equal("what came\n"))
}

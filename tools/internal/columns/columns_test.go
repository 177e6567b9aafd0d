package columns

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestACommandIsNotBroken(t *testing.T) {
	g := gomega.NewWithT(t)
	text := "no node image was prepared, and without one there are no nodes to be had: run `make prepare PROVIDER=kind`"
	g.Expect(Wrap(text, 2)).To(gomega.Equal("no node image was prepared, and without one there are no nodes to be had: run\n  `make prepare PROVIDER=kind`"))
}

func TestWhatFollowsABreakKeepsTheIndentOfItsLine(t *testing.T) {
	g := gomega.NewWithT(t)
	text := "first\n    tried:  " + strings.Repeat("word ", 20)
	for line := range strings.Lines(Wrap(text, 2)) {
		g.Expect(line).To(gomega.Or(gomega.Equal("first\n"), gomega.HavePrefix("    ")))
	}
}

func TestNoLineIsTooLongUnlessAWordIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.StringMatching("[a-zäß`世]{1,20}")).Draw(t, "words")
		text := strings.Join(parts, " ")
		wrapped := Wrap(text, 2)
		if got := strings.Join(strings.Fields(wrapped), " "); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		for line := range strings.SplitSeq(wrapped, "\n") {
			if runewidth.StringWidth(line) > Width && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, "`") {
				t.Fatalf("%q is too long", line)
			}
		}
	})
}

func TestOnANarrowTerminalLinesAreNarrower(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(WrapTo(20, "seatrial: the documents do not show it", 2)).To(gomega.Equal("seatrial: the\n  documents do not\n  show it"))
}

package artifacts

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestTailKeepsAShortLog(t *testing.T) {
	t.Parallel()
	kept := tail{limit: 10}
	_, err := kept.Write([]byte("0123456789"))
	g := gomega.NewWithT(t)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(string(kept.bytes())).To(gomega.Equal("0123456789"))
}

// However a log comes in, its end is kept, and what is not kept is counted.
func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		parts := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 50)).Draw(t, "parts")
		kept := tail{limit: limit}
		for _, p := range parts {
			if n, err := kept.Write(p); n != len(p) || err != nil {
				t.Fatalf("writing: %d, %v", n, err)
			}
		}
		all := bytes.Join(parts, nil)
		want := all
		if more := len(all) - limit; more > 0 {
			want = append(fmt.Appendf(nil, "[%d bytes before this left out]\n", more), all[more:]...)
		}
		if got := kept.bytes(); !bytes.Equal(got, want) {
			t.Fatalf("kept %q, want %q", got, want)
		}
	})
}

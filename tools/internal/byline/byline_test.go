package byline

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLinesComeWholeInWhateverPiecesTheyAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`([ -~ä]{0,9}\n){0,5}[ -~ä]{0,9}`).Draw(r, "text")
		var heard []string
		w := Writer{Hear: func(line string) { heard = append(heard, line) }}
		for rest := text; rest != ""; {
			size := rapid.IntRange(1, len(rest)).Draw(r, "size")
			if written, err := w.Write([]byte(rest[:size])); err != nil || written != size {
				r.Fatalf("%d of %d bytes were written: %v", written, size, err)
			}
			rest = rest[size:]
		}
		if got := strings.Join(append(heard, w.Begun()), "\n"); got != text {
			r.Errorf("%q came as %q", text, got)
		}
	})
}

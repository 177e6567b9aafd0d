package embedded

import (
	"fmt"
	"strings"
)

// enoughSpace is less than what a control plane writes when it starts.
const enoughSpace = 1 << 20

// crowded tells whether a control plane has ended because it could not write, from what it has said or, where that could not
// be written either, from the disk.
func crowded(dir, said string) error {
	const remedy = "make room, or name a folder on another disk with TMPDIR"
	for _, sign := range []string{"no space left on device", "file too large", "disk quota exceeded"} {
		if strings.Contains(said, sign) {
			return fmt.Errorf("it could not write to %q: %s: %s", dir, sign, remedy)
		}
	}
	if left, known := free(dir); known && left < enoughSpace {
		return fmt.Errorf("it could not write to %q: no space left on device, but for %d KiB: %s", dir, left>>10, remedy)
	}
	return nil
}

package collector

import (
	"bytes"
	"fmt"
	"os"
)

// Where the caches hold nearly as much as the limit, the collector goes round without a pause: that of the start was reached
// by a hundred namespaces with a release each.
const (
	leastLimit = startLimit
	mostLimit  = 4 << 30
	share      = 2 // of so many that the control plane may take of what is available
)

// limit is what the collector may let grow after the start, in bytes, with so many available; 0 if nobody says.
func limit(available int64) int64 {
	if available == 0 {
		return mostLimit
	}
	return min(max(available/share, leastLimit), mostLimit)
}

// available is what new programs can have without anything being swapped out, in bytes, as Linux reckons it; 0 elsewhere.
func available() int64 {
	content, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	return availableIn(content)
}

// availableIn reads the line "MemAvailable:   23456 kB" (https://docs.kernel.org/filesystems/proc.html#meminfo).
func availableIn(meminfo []byte) int64 {
	for line := range bytes.Lines(meminfo) {
		var kilobytes int64
		if found, err := fmt.Sscanf(string(line), "MemAvailable: %d kB", &kilobytes); err == nil && found == 1 {
			return kilobytes << 10
		}
	}
	return 0
}

package garbage

import (
	"runtime/debug"
	"testing"
)

// Not parallel: there is one collector.
func TestTheUserDecidesHowOftenGarbageIsCollected(t *testing.T) {
	before := current()
	limited := debug.SetMemoryLimit(-1)
	t.Cleanup(func() {
		debug.SetGCPercent(before)
		debug.SetMemoryLimit(limited)
	})
	CollectRarely(func(string) string { return "30" })
	if now := current(); now != before {
		t.Errorf("with GOGC=30 in the environment: %d %%, was %d %%", now, before)
	}
	if now := debug.SetMemoryLimit(-1); now != limited {
		t.Errorf("with GOMEMLIMIT=30 in the environment: %d bytes, was %d", now, limited)
	}
	CollectRarely(func(string) string { return "" })
	if now := current(); now != percent {
		t.Errorf("without GOGC: %d %%, want %d %%", now, percent)
	}
	if now := debug.SetMemoryLimit(-1); now != limit {
		t.Errorf("without GOMEMLIMIT: %d bytes, want %d", now, limit)
	}
}

func current() int {
	now := debug.SetGCPercent(-1)
	debug.SetGCPercent(now)
	return now
}

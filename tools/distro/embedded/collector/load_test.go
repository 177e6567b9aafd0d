package collector

import "testing"

func TestLoadIsOverOnlyAfterSeveralQuietLooks(t *testing.T) {
	const much, little = busyRate, 1 << 20
	var l load
	look := 0
	expect := func(want change, bytes ...uint64) {
		t.Helper()
		for _, b := range bytes {
			look++
			if got := l.next(b); got != want {
				t.Fatalf("look %d, %d bytes: got %d, want %d", look, b, got, want)
			}
		}
	}
	quiet := make([]uint64, quietLooks-1)
	expect(stays, little)
	expect(grows, much)
	expect(stays, much)
	expect(stays, quiet...)
	expect(stays, much) // It went on.
	expect(stays, quiet...)
	expect(ends, little)
	expect(stays, little, little)
	expect(grows, much)
}

func TestAllocatedGrows(t *testing.T) {
	const size = 4 << 20
	before := allocated()
	kept := make([]byte, size)
	if now := allocated(); now < before+uint64(len(kept)) {
		t.Fatalf("%d bytes after %d and %d more", now, before, len(kept))
	}
}

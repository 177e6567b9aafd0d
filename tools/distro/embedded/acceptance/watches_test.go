//go:build linux

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Each one that is left makes the end longer, because the kernel waits for it.
func TestNoFileIsWatchedForLong(t *testing.T) {
	p := launch(t)
	deadline := time.After(patience)
	for {
		left := watches(t, p.PID)
		if left == 0 {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("%d watches on files are left", left)
		case <-time.After(50 * time.Millisecond):
		}
	}
	// What has lost its watches still serves, and ends in peace.
	if err := p.client(t).CoreV1().RESTClient().Get().AbsPath("/readyz").Do(t.Context()).Error(); err != nil {
		t.Error(err)
	}
	p.end(t)
}

// watches counts the open ones of a process.
func watches(t *testing.T, pid int) (count int) {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if target, err := os.Readlink(filepath.Join(folder, entry.Name())); err == nil && target == "anon_inode:inotify" {
			count++
		}
	}
	return count
}

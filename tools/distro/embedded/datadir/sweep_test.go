package datadir

import (
	"os"
	"path/filepath"
	"testing"
)

func TestASweepRemovesWhatNobodyHoldsAnyMore(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	held := mustOpen(t, "")
	killed := mustOpen(t, "")
	// The kernel does this when a process is killed.
	if err := killed.lock.Close(); err != nil {
		t.Fatal(err)
	}
	beginning := filepath.Join(temporary, prefix+"beginning")
	if err := os.Mkdir(beginning, private); err != nil {
		t.Fatal(err)
	}
	others := filepath.Join(temporary, "others")
	if err := os.Mkdir(others, private); err != nil {
		t.Fatal(err)
	}

	if err := Sweep(); err != nil {
		t.Error(err)
	}

	for folder, stays := range map[string]bool{held.Path: true, killed.Path: false, beginning: true, others: true} {
		if _, err := os.Stat(folder); (err == nil) != stays {
			t.Errorf("%s: %v, is to stay: %v", folder, err, stays)
		}
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}
}

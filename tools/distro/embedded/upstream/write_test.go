package upstream

import (
	"os"
	"path/filepath"
	"testing"
)

// write makes a folder with one Go file.
func write(t *testing.T, source string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "p.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

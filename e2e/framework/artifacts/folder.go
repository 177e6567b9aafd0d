package artifacts

import (
	"fmt"
	"os"
	"path/filepath"
)

// folder is where files are written to. It and its parents are made by the first file.
type folder string

func (f folder) write(data []byte, path ...string) error {
	name := filepath.Join(append([]string{string(f)}, path...)...)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return fmt.Errorf("making the folder of %q: %w", name, err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	return nil
}

package embedded

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// holders are the processes that have the folder as their data, whoever started them. A
// number in a file would not do: it is not there when the one who writes it was killed,
// and after a while it is somebody else's.
func holders(dir string) ([]int, error) {
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	wanted := []byte("\x00--data\x00" + dir + "\x00")
	var found []int
	for _, file := range processes {
		arguments, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(arguments, wanted) {
			continue // It has ended, or is no such process.
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil {
			found = append(found, pid)
		}
	}
	return found, nil
}

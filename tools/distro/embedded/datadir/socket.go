package datadir

import (
	"fmt"
	"os"
	"strconv"
)

// longestSocket is how long the path of a unix socket can be on every system.
const longestSocket = 100

// Sockets names a folder for unix sockets: the data folder, or, where its path is longer
// than the path of a socket may be, a short alias of it that only this process has.
func (f *Folder) Sockets() (string, error) {
	if len(f.Join("12345678.sock")) <= longestSocket {
		return f.Path, nil
	}
	folder, err := os.Open(f.Path)
	if err != nil {
		return "", fmt.Errorf("opening data folder %q: %w", f.Path, err)
	}
	f.alias = folder
	short := "/proc/self/fd/" + strconv.FormatUint(uint64(folder.Fd()), 10)
	if _, err := os.Stat(short); err != nil {
		return "", fmt.Errorf("the path of data folder %q is too long for sockets in it: name a folder of at most %d characters", f.Path, longestSocket-len("/12345678.sock"))
	}
	return short, nil
}

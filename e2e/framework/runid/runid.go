// Package runid names a run of the harness so that a later run can tell from
// the name alone whether its owner still lives.
//
// Whatever a run leaves outside its own process (containers, folders) carries
// the id in its name. No state file is needed: the id is made of the machine,
// the process id and the moment the process started, and all three can be
// looked up again.
package runid

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const (
	base = 36

	hostDigits  = 5
	startDigits = 6

	// unknownStart stands where the platform cannot tell when a process began.
	unknownStart = "0"
)

// ID names one run. The zero value names none.
type ID struct {
	host  string
	pid   int
	start string
}

// Current returns the id of this process.
func Current() ID {
	pid := os.Getpid()
	return ID{host: hostDigest(), pid: pid, start: startDigest(pid)}
}

// Parse reads what [ID.String] wrote.
func Parse(s string) (ID, error) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return ID{}, fmt.Errorf("parsing run id %q: want three parts, host-process-start", s)
	}

	pid, err := strconv.ParseInt(parts[1], base, 32)
	if err != nil {
		return ID{}, fmt.Errorf("parsing run id %q: %w", s, err)
	}

	id := ID{host: parts[0], pid: int(pid), start: parts[2]}
	if !digits(id.host, hostDigits) || id.pid <= 0 || id.start != unknownStart && !digits(id.start, startDigits) || id.String() != s {
		return ID{}, fmt.Errorf("parsing run id %q: not one that this program writes", s)
	}

	return id, nil
}

// String returns the id as a DNS label of at most 19 characters.
func (id ID) String() string {
	return id.host + "-" + strconv.FormatInt(int64(id.pid), base) + "-" + id.start
}

// Ours reports whether the run belongs to this machine and this process-id
// namespace, which is where [ID.Alive] can judge.
func (id ID) Ours() bool {
	return id.host == hostDigest()
}

// Alive reports whether the owner still runs. A run that is not ours counts as
// alive, because nothing here can prove the opposite.
func (id ID) Alive() bool {
	if !id.Ours() {
		return true
	}
	if !exists(id.pid) {
		return false
	}

	start := startDigest(id.pid)
	return start == id.start || start == unknownStart || id.start == unknownStart
}

// Dead reports whether the run is ours and over, so that what it left may go.
func (id ID) Dead() bool {
	return id.Ours() && !id.Alive()
}

// exists asks the kernel by signal 0, which also sees processes of other users
// that /proc may hide.
func exists(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}

	err = process.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) && !zombie(pid)
}

// digest folds its parts into exactly n base-36 digits.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	room := uint64(math.Pow(base, float64(n)))
	text := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])%room, base)
	return strings.Repeat("0", n-len(text)) + text
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

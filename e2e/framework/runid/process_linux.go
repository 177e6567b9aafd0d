package runid

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Fields of /proc/<pid>/stat, counted from the one after the command name.
const (
	stateField = 0
	startField = 19
)

// hostDigest tells machines apart, and containers on one machine: a process id
// means nothing outside its namespace. Machine id and host name are both in it,
// since cloned machines share the first and containers may share the second.
func hostDigest() string {
	machine, err := os.ReadFile("/etc/machine-id")
	if err != nil {
		machine = nil
	}
	name, err := os.Hostname()
	if err != nil {
		name = ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		namespace = ""
	}
	return digest(hostDigits, strings.TrimSpace(string(machine)), name, namespace)
}

// startDigest includes the boot, because start times are counted from there and
// process ids come again after it.
func startDigest(pid int) string {
	fields := stat(pid)
	if len(fields) <= startField {
		return unknownStart
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return unknownStart
	}
	return digest(startDigits, strings.TrimSpace(string(boot)), fields[startField])
}

// zombie reports whether the process has ended and only waits to be reaped.
func zombie(pid int) bool {
	fields := stat(pid)
	return len(fields) > stateField && (fields[stateField] == "Z" || fields[stateField] == "X")
}

// stat returns the fields after the command name, which may itself hold spaces
// and brackets, or nothing when the process cannot be seen.
func stat(pid int) []string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	text := string(raw)
	return strings.Fields(text[strings.LastIndex(text, ")")+1:])
}

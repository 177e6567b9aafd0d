package engine

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// cgroupRoot is where every engine looks for the cgroup tree.
const cgroupRoot = "/sys/fs/cgroup"

// capabilities lists the names of the kernel's capabilities by their numbers.
func capabilities() []string {
	return []string{
		"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
		"CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
		"CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
		"CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
		"CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
		"CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
		"CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
	}
}

// parseBounding reads the capability bounding set from /proc/self/status.
func parseBounding(status string) (uint64, error) {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "CapBnd:"); ok {
			return strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
	}
	return 0, fmt.Errorf("no %q line", "CapBnd:")
}

// missingCapabilities names what a bounding set lacks of the capabilities up to the kernel's last one.
func missingCapabilities(bounding uint64, last int) []string {
	var missing []string
	for number, name := range capabilities() {
		if number <= last && bounding>>number&1 == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// parseHardLimit reads one hard limit, e.g. "Max open files", from /proc/self/limits; unlimited is the largest number.
func parseHardLimit(limits, name string) (uint64, error) {
	for line := range strings.Lines(limits) {
		rest, ok := strings.CutPrefix(line, name+" ")
		if !ok {
			continue
		}
		fields := strings.Fields(rest)
		if len(fields) < 2 {
			return 0, fmt.Errorf("reading %q: no hard limit in %q", name, strings.TrimSpace(line))
		}
		if fields[1] == "unlimited" {
			return math.MaxUint64, nil
		}
		return strconv.ParseUint(fields[1], 10, 64)
	}
	return 0, fmt.Errorf("no %q line", name)
}

// cgroupLayout is what /proc/self/cgroup shows of the cgroup hierarchies: both present is the hybrid layout.
type cgroupLayout struct {
	legacy  bool
	unified bool
}

// parseCgroups reads /proc/self/cgroup, whose lines are "number:controllers:path".
func parseCgroups(cgroups string) cgroupLayout {
	var layout cgroupLayout
	for line := range strings.Lines(cgroups) {
		number, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		if number == "0" && strings.HasPrefix(rest, ":") {
			layout.unified = true
		} else {
			layout.legacy = true
		}
	}
	return layout
}

// mountedType returns the file system type of what is mounted at a path last, or "", from /proc/self/mountinfo.
func mountedType(mountinfo, path string) string {
	found := ""
	for line := range strings.Lines(mountinfo) {
		fields := strings.Fields(line)
		separator := slices.Index(fields, "-")
		if separator < 5 || separator+1 >= len(fields) || fields[4] != path {
			continue
		}
		found = fields[separator+1]
	}
	return found
}

// cgroupVersion tells the version as engines see it: 2 only if the unified hierarchy itself is at the usual place.
func cgroupVersion(mountinfo string, layout cgroupLayout) int {
	switch mountedType(mountinfo, cgroupRoot) {
	case "cgroup2":
		return 2
	case "":
		if layout.unified && !layout.legacy {
			return 2
		}
	}
	return 1
}

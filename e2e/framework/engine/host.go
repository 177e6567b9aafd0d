package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Host is what matters to nodes about the machine, or rather about what this process may do on it.
type Host struct {
	// CgroupVersion is 2 for the unified hierarchy, 1 for the legacy and the hybrid layout, 0 if unknown.
	CgroupVersion int
	// Hybrid says that cgroup version 1 is in use with the unified hierarchy beside it.
	Hybrid bool
	// MissingCapabilities names what the bounding set lacks, e.g. CAP_SYS_RESOURCE: nothing started here can have it.
	MissingCapabilities []string
	// NoFile and NProc are the hard limits of open files and of processes.
	NoFile, NProc uint64
	// PIDMax is the kernel's highest process number.
	PIDMax uint64
	// KernelModules says that /lib/modules is there.
	KernelModules bool
	// Systemd and Journald say that these two run.
	Systemd, Journald bool
	// Root says that this process is root.
	Root bool
}

// Has tells whether a capability, e.g. "CAP_SYS_RESOURCE", can be had here.
func (h Host) Has(capability string) bool {
	return !slices.Contains(h.MissingCapabilities, capability)
}

// String sums the machine up for people.
func (h Host) String() string {
	parts := []string{"not root"}
	if h.Root {
		parts[0] = "root"
	}
	if h.CgroupVersion > 0 {
		version := "cgroup v" + strconv.Itoa(h.CgroupVersion)
		if h.Hybrid {
			version += " (hybrid)"
		}
		parts = append(parts, version)
	}
	if len(h.MissingCapabilities) > 0 {
		parts = append(parts, "without "+strings.Join(h.MissingCapabilities, ", "))
	}
	parts = append(parts, "at most "+count(h.NoFile)+" open files and "+count(h.NProc)+" processes")
	if !h.Systemd {
		parts = append(parts, "no systemd")
	}
	if !h.KernelModules {
		parts = append(parts, "no "+modulesDir)
	}
	return strings.Join(parts, ", ")
}

// count spells a limit.
func count(limit uint64) string {
	if limit == math.MaxUint64 || limit == 0 {
		return "any number of"
	}
	return strconv.FormatUint(limit, 10)
}

// readHost reads the facts from a root file system. Only Linux has them: elsewhere engines run nodes in a virtual
// machine of their own, of which nothing can be seen from here.
func readHost(root fs.FS, euid int) (Host, error) {
	host := Host{Root: euid == 0}
	files := hostFiles{root: root}
	bounding := parsed(&files, "proc/self/status", parseBounding)
	last := parsed(&files, "proc/sys/kernel/cap_last_cap", parseNumber)
	host.MissingCapabilities = missingCapabilities(bounding, int(min(last, math.MaxInt32)))
	host.PIDMax = parsed(&files, "proc/sys/kernel/pid_max", parseNumber)
	host.NoFile = parsed(&files, "proc/self/limits", func(text string) (uint64, error) {
		return parseHardLimit(text, "Max open files")
	})
	host.NProc = parsed(&files, "proc/self/limits", func(text string) (uint64, error) {
		return parseHardLimit(text, "Max processes")
	})
	layout := parsed(&files, "proc/self/cgroup", func(text string) (cgroupLayout, error) {
		return parseCgroups(text), nil
	})
	host.CgroupVersion = parsed(&files, "proc/self/mountinfo", func(text string) (int, error) {
		return cgroupVersion(text, layout), nil
	})
	host.Hybrid = host.CgroupVersion == 1 && layout.legacy && layout.unified
	host.KernelModules = files.exists(strings.TrimPrefix(modulesDir, "/"))
	host.Systemd = files.exists("run/systemd/system")
	host.Journald = files.exists("run/systemd/journal/socket")
	return host, errors.Join(files.failures...)
}

// parseNumber reads a file that holds a single number.
func parseNumber(text string) (uint64, error) {
	return strconv.ParseUint(strings.TrimSpace(text), 10, 64)
}

// hostFiles reads facts from files and collects what went wrong.
type hostFiles struct {
	root     fs.FS
	failures []error
}

// parsed reads one fact; a failure is collected and leaves the zero value.
func parsed[T any](files *hostFiles, name string, parse func(string) (T, error)) T {
	text, err := fs.ReadFile(files.root, name)
	if err == nil {
		var fact T
		if fact, err = parse(string(text)); err == nil {
			return fact
		}
	}
	files.failures = append(files.failures, fmt.Errorf("reading %q: %w", "/"+name, err))
	var none T
	return none
}

// exists tells whether a file is there.
func (f *hostFiles) exists(name string) bool {
	_, err := fs.Stat(f.root, name)
	return err == nil
}

// thisHost reads the facts of the machine we are on.
func thisHost() (Host, error) {
	if runtime.GOOS != "linux" {
		return Host{Root: os.Geteuid() == 0, KernelModules: true}, nil
	}
	return readHost(os.DirFS("/"), os.Geteuid())
}

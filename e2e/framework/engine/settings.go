package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// settingsVariable points podman at a settings file that stands in for all others.
const settingsVariable = "CONTAINERS_CONF"

// netavarkMajor is the one major version of podman that chooses between netavark and CNI: older ones know only CNI,
// newer ones only netavark.
const netavarkMajor = 4

// parts are the programs and settings beside podman that decide what its own settings must say.
type parts struct {
	runc, netavark string
	cniNetworks    bool
}

// findParts looks where podman itself looks.
func findParts() parts {
	networks, _ := filepath.Glob("/etc/cni/net.d/*.conflist") // The only error is a bad pattern.
	return parts{
		runc:        findProgram("runc"),
		netavark:    findProgram("netavark"),
		cniNetworks: len(networks) > 0,
	}
}

// findProgram looks on PATH and in the folders that distributions use for podman's own programs; "" if it is nowhere.
func findProgram(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{
		"/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman",
	} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// renderSettings writes what podman must be told on this machine, or "" where its own choices are right.
func renderSettings(host Host, found parts, version string) string {
	sections := []section{
		{name: "containers", lines: limitLines(host)},
		{name: "engine", lines: engineLines(host, found)},
		{name: "network", lines: networkLines(found, version)},
	}
	var text strings.Builder
	for _, section := range sections {
		if len(section.lines) > 0 {
			fmt.Fprintf(&text, "\n[%s]\n%s\n", section.name, strings.Join(section.lines, "\n"))
		}
	}
	if text.Len() == 0 {
		return ""
	}
	return "# Written by seatrial: what podman must be told on this machine. Changes are overwritten;\n" +
		"# to use a file of your own, set " + settingsVariable + " to it.\n" + text.String()
}

// section is one table of containers.conf.
type section struct {
	name  string
	lines []string
}

// limitLines keeps the limits of root's containers to what can be had: podman asks for 1048576 files and processes,
// which only CAP_SYS_RESOURCE may grant. Podman also lowers its own limit of processes to the kernel's highest process
// number, above which its children cannot go either.
func limitLines(host Host) []string {
	if !host.Root || host.Has("CAP_SYS_RESOURCE") {
		return nil
	}
	files, processes := host.NoFile, host.NProc
	if host.PIDMax > 0 {
		processes = min(processes, host.PIDMax)
	}
	return []string{
		"# No CAP_SYS_RESOURCE: nobody here can go above the present hard limits.",
		fmt.Sprintf("default_ulimits = [\"nofile=%[1]d:%[1]d\", \"nproc=%[2]d:%[2]d\"]", files, processes),
	}
}

// engineLines chooses the runtime and what manages cgroups and events.
func engineLines(host Host, found parts) []string {
	var lines []string
	if host.CgroupVersion == 1 && found.runc != "" {
		lines = append(lines, "# crun refuses a cgroup v1 tree with controllers on v2 beside it.", `runtime = "runc"`)
	}
	if !host.Systemd {
		lines = append(lines, "# No systemd.", `cgroup_manager = "cgroupfs"`)
	}
	if !host.Journald {
		lines = append(lines, "# No journald.", `events_logger = "file"`)
	}
	return lines
}

// networkLines keeps podman 4 from choosing CNI because of a left-over network file: without CNI's plugins no container
// gets a network, and with them there are no names on it.
func networkLines(found parts, version string) []string {
	if found.netavark == "" || !found.cniNetworks || major(version) != netavarkMajor {
		return nil
	}
	return []string{"# CNI networks are configured, too.", `network_backend = "netavark"`}
}

// major returns the first number of a version, 0 if there is none.
func major(version string) int {
	first, _, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return number
}

// replaceFile writes a file at once, unless it already has that text.
func replaceFile(path, text string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	defer os.Remove(temporary.Name()) //nolint:errcheck // Gone already if all went well.
	_, err = temporary.WriteString(text)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

// same sees that a file has this text.
func same(path, text string) error {
	there, err := os.ReadFile(path)
	if err == nil && string(there) != text {
		err = fmt.Errorf("%q has other settings than this machine needs", path)
	}
	return err
}

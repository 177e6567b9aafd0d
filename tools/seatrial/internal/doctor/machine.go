package doctor

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"seatrial/e2e/framework/assets"
)

const (
	// goMajor and goMinor are the version in go.mod.
	goMajor = 1
	goMinor = 26

	gigabyte = 1 << 30
	// toPrepare and toRun are the free space that a first build and a run need.
	toPrepare = 10 * gigabyte
	toRun     = 1 * gigabyte
)

func (x *examination) examineMachine(ctx context.Context) []Check {
	return []Check{system(), x.compiler(ctx), x.tool("make", Missing), x.tool("git", Optional), x.mmdebstrap(), x.space()}
}

// system is what the machine is, as far as one process may know.
func system() Check {
	check := Check{Name: "system", State: OK, Detail: fmt.Sprintf("%s on %s, %d processors", kernel(), runtime.GOARCH, runtime.NumCPU())}
	if runtime.GOOS != "linux" {
		check.State = Optional
		check.Detail += ": nodes and control planes have been tried on Linux only"
	}
	return check
}

// compiler is Go, without which nothing is prepared.
func (x *examination) compiler(ctx context.Context) Check {
	needed := fmt.Sprintf("Go %d.%d", goMajor, goMinor)
	check := Check{Name: "go", State: x.onlyToPrepare(), Remedy: "install " + needed + " or newer: https://go.dev/dl"}
	path, err := exec.LookPath("go")
	if err != nil {
		check.Detail = "not on PATH: what is missing is built with " + needed
		return check
	}
	version, err := firstLine(ctx, path, "env", "GOVERSION")
	switch {
	case err != nil:
		check.Detail = err.Error()
	case !recent(version):
		check.Detail = fmt.Sprintf("%s is older than %s", version, needed)
	default:
		return Check{Name: "go", State: OK, Detail: version + ", " + path}
	}
	return check
}

// onlyToPrepare is the state of what is not there and needed to make what is missing.
func (x *examination) onlyToPrepare() State {
	if x.unprepared != nil {
		return Missing
	}
	return Optional
}

// recent reads a version such as go1.26.1.
func recent(version string) bool {
	match := regexp.MustCompile(`^go(\d+)\.(\d+)`).FindStringSubmatch(version)
	if match == nil {
		return strings.HasPrefix(version, "devel")
	}
	major, majorErr := strconv.Atoi(match[1])
	minor, minorErr := strconv.Atoi(match[2])
	return majorErr == nil && minorErr == nil && (major > goMajor || major == goMajor && minor >= goMinor)
}

// tool is a program of the system, and how much it is missed to prepare something.
func (x *examination) tool(name string, missed State) Check {
	path, err := exec.LookPath(name)
	if err == nil {
		return Check{Name: name, State: OK, Detail: path}
	}
	if x.unprepared == nil {
		missed = Optional
	}
	return Check{Name: name, State: missed, Detail: "not on PATH", Remedy: installing(name)}
}

// mmdebstrap builds the system in a node image.
func (x *examination) mmdebstrap() Check {
	check := x.tool("mmdebstrap", Optional)
	if check.State != OK {
		check.Detail += ": builds node images, of which one is there"
		if x.prepared.NodeImage == "" {
			check.Detail = "not on PATH: builds node images, for kind"
		}
	}
	return check
}

// space is what is free where everything is made.
func (x *examination) space() Check {
	check := Check{Name: "disk", State: OK}
	cache, err := assets.Cache()
	if err != nil {
		check.State, check.Detail, check.Remedy = Missing, err.Error(), "`export SEATRIAL_CACHE=FOLDER`"
		return check
	}
	free, err := freeSpace(above(cache))
	if err != nil {
		check.State, check.Detail = Optional, fmt.Sprintf("what is free below %s is not known: %v", cache, err)
		return check
	}
	needed := uint64(toRun)
	if x.unprepared != nil {
		needed = toPrepare
	}
	check.Detail = fmt.Sprintf("%.1f GB free for %s", float64(free)/gigabyte, cache)
	if free < needed {
		check.State = Missing
		check.Detail += fmt.Sprintf(", and %d GB are needed", needed/gigabyte)
		check.Remedy = "make room there, or `export SEATRIAL_CACHE=FOLDER` on another disk"
	}
	return check
}

// above is the folder itself, or the nearest one above it that is there.
func above(dir string) string {
	for dir != filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

package engine

import (
	"io/fs"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

// limitedHost is a machine that withholds a capability and has the hybrid cgroup layout.
func limitedHost() Host {
	return Host{
		CgroupVersion: 1, Hybrid: true, MissingCapabilities: []string{"CAP_SYS_RESOURCE"},
		NoFile: 20000, NProc: 96365, PIDMax: 32768, KernelModules: true, Root: true,
	}
}

// freeHost is a machine as most people have it.
func freeHost() Host {
	return Host{
		CgroupVersion: 2, NoFile: 1048576, NProc: 127213, PIDMax: 4194304,
		KernelModules: true, Systemd: true, Journald: true, Root: true,
	}
}

// machine is the part of a root file system that tells limitedHost.
func machine() fstest.MapFS {
	files := fstest.MapFS{"lib/modules": {Mode: fs.ModeDir}}
	for name, text := range map[string]string{
		"proc/self/status":             "Name:\tx\nCapBnd:\t000001fffeffffff\n",
		"proc/self/limits":             limitsFile,
		"proc/self/cgroup":             "8:pids:/\n0::/\n",
		"proc/self/mountinfo":          "31 23 0:28 / /sys/fs/cgroup rw - tmpfs none rw\n",
		"proc/sys/kernel/cap_last_cap": "40\n",
		"proc/sys/kernel/pid_max":      "32768\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestHostIsReadFromTheRootFileSystem(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	host, err := readHost(machine(), 0)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(cmp.Diff(limitedHost(), host)).To(gomega.BeEmpty())
	g.Expect(host).NotTo(gomega.Satisfy(has("CAP_SYS_RESOURCE")))
	g.Expect(host).To(gomega.Satisfy(has("CAP_SYS_ADMIN")))
}

// has asks a host for a capability.
func has(capability string) func(Host) bool {
	return func(host Host) bool { return host.Has(capability) }
}

func TestHostNamesEveryFileItCannotRead(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	files := machine()
	delete(files, "proc/self/mountinfo")
	files["proc/sys/kernel/pid_max"] = &fstest.MapFile{Data: []byte("many")}
	_, err := readHost(files, 0)
	g.Expect(err).To(gomega.MatchError(fs.ErrNotExist))
	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring(`"/proc/self/mountinfo"`), gomega.ContainSubstring(`"/proc/sys/kernel/pid_max"`),
	)))
}

func TestThisMachineCanBeRead(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	host, err := thisHost()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	if runtime.GOOS == "linux" {
		g.Expect(host.CgroupVersion).To(gomega.BeElementOf(1, 2))
		g.Expect(host.NoFile).NotTo(gomega.BeZero())
	}
}

func TestHostSumsItselfUp(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(limitedHost().String()).To(gomega.Equal("root, cgroup v1 (hybrid), without CAP_SYS_RESOURCE, " +
		"at most 20000 open files and 96365 processes, no systemd"))
	user := freeHost()
	user.Root, user.KernelModules = false, false
	g.Expect(user.String()).To(gomega.Equal("not root, cgroup v2, " +
		"at most 1048576 open files and 127213 processes, no /lib/modules"))
	g.Expect(Host{Systemd: true, KernelModules: true}.String()).To(gomega.Equal("not root, " +
		"at most any number of open files and any number of processes"))
}

func TestPreparingMakesTheMissingFolderOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	folder := filepath.Join(t.TempDir(), "lib", "modules")
	g.Expect(prepareFolder(folder)).To(gomega.Succeed())
	g.Expect(folder).To(gomega.BeADirectory())
	g.Expect(prepareFolder(folder)).To(gomega.Succeed())
}

func TestPreparingSaysWhatToDoWhereItMayNot(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	// Not even root can make a folder in /proc.
	err := prepareFolder("/proc/seatrial/modules")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`run "mkdir -p /proc/seatrial/modules" as root`)))
}

package engine

import (
	_ "embed"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

//go:embed testdata/limits.txt
var limitsFile string

func TestBoundingSetIsReadFromStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  string
		last    int
		missing []string
	}{
		"everything": {status: "CapEff:\t0\nCapBnd:\t000001ffffffffff\nCapAmb:\t0\n", last: 40},
		"without the right to raise limits": {
			status: "CapBnd:\t000001fffeffffff\n", last: 40, missing: []string{"CAP_SYS_RESOURCE"},
		},
		"an older kernel with fewer capabilities": {status: "CapBnd:\t0000003fffffffff\n", last: 37},
		"a plain container's": {
			status: "CapBnd:\t00000000a80425fb\n", last: 12,
			missing: []string{"CAP_DAC_READ_SEARCH", "CAP_LINUX_IMMUTABLE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			bounding, err := parseBounding(test.status)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(cmp.Diff(test.missing, missingCapabilities(bounding, test.last))).To(gomega.BeEmpty())
		})
	}
}

func TestBoundingSetMustBeThere(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for _, status := range []string{"", "CapEff:\t0\n", "CapBnd:\n", "CapBnd:\tnothing\n"} {
		_, err := parseBounding(status)
		g.Expect(err).To(gomega.HaveOccurred(), status)
	}
}

func TestHardLimitIsReadFromLimits(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for name, want := range map[string]uint64{
		"Max open files":    20000,
		"Max processes":     96365,
		"Max locked memory": math.MaxUint64,
	} {
		g.Expect(parseHardLimit(limitsFile, name)).To(gomega.Equal(want), name)
	}
	_, err := parseHardLimit(limitsFile, "Max msgqueue size")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("Max msgqueue size")))
	_, err = parseHardLimit("Max open files 7\n", "Max open files")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no hard limit")))
}

func TestCgroupVersionIsWhatEnginesSee(t *testing.T) {
	t.Parallel()
	const (
		tmpfs   = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs none rw,mode=755\n"
		pids    = "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup none rw,pids\n"
		beside  = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 none rw\n"
		unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 none rw,nsdelegate\n"
		root    = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
	)
	for name, test := range map[string]struct {
		mountinfo, cgroups string
		version            int
		layout             cgroupLayout
	}{
		"unified": {
			mountinfo: root + unified, cgroups: "0::/user.slice\n",
			version: 2, layout: cgroupLayout{unified: true},
		},
		"hybrid": {
			mountinfo: root + tmpfs + pids + beside, cgroups: "9:name=systemd:/\n8:pids:/\n0::/\n",
			version: 1, layout: cgroupLayout{legacy: true, unified: true},
		},
		"legacy": {
			mountinfo: root + tmpfs + pids, cgroups: "8:pids:/\n4:cpu,cpuacct:/\n",
			version: 1, layout: cgroupLayout{legacy: true},
		},
		"unified, but not mounted": {mountinfo: root, cgroups: "0::/\n", version: 2, layout: cgroupLayout{unified: true}},
		"mounted over": {
			mountinfo: tmpfs + unified, cgroups: "0::/\n", version: 2, layout: cgroupLayout{unified: true},
		},
		"nothing known": {version: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			layout := parseCgroups(test.cgroups)
			g.Expect(layout).To(gomega.Equal(test.layout))
			g.Expect(cgroupVersion(test.mountinfo, layout)).To(gomega.Equal(test.version))
		})
	}
}

func FuzzParseBounding(f *testing.F) {
	f.Add("CapBnd:\t000001fffeffffff\n", 40)
	f.Add("CapBnd:", -1)
	f.Fuzz(func(t *testing.T, status string, last int) {
		bounding, err := parseBounding(status)
		if err == nil && !strings.Contains(status, "CapBnd:") {
			t.Fatalf("%#x was read from %q", bounding, status)
		}
		if missing := missingCapabilities(bounding, last); len(missing) > max(last+1, 0) {
			t.Fatalf("of %d capabilities, %q are missing", last+1, missing)
		}
	})
}

func FuzzParseHardLimit(f *testing.F) {
	f.Add(limitsFile, "Max open files")
	f.Add("Max\n", "Max")
	f.Fuzz(func(t *testing.T, limits, name string) {
		if _, err := parseHardLimit(limits, name); err == nil && !strings.Contains(limits, name) {
			t.Fatalf("%q was read from %q", name, limits)
		}
	})
}

func FuzzCgroupVersion(f *testing.F) {
	f.Add("30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 none rw\n", "0::/\n")
	f.Add("1 2 3 4 /sys/fs/cgroup -\n", ":")
	f.Fuzz(func(t *testing.T, mountinfo, cgroups string) {
		if version := cgroupVersion(mountinfo, parseCgroups(cgroups)); version != 1 && version != 2 {
			t.Fatalf("cgroup version %d", version)
		}
	})
}

package engine

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	g := gomega.NewWithT(t)
	path := filepath.Join("testdata", name)
	if *update {
		g.Expect(os.WriteFile(path, []byte(got), 0o600)).To(gomega.Succeed())
	}
	want, err := os.ReadFile(path)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "run the test with -update to write it")
	g.Expect(cmp.Diff(string(want), got)).To(gomega.BeEmpty())
}

func TestSettingsFitTheMachine(t *testing.T) {
	t.Parallel()
	everything := parts{runc: "/usr/bin/runc", netavark: "/usr/lib/podman/netavark", cniNetworks: true}
	legacy := freeHost()
	legacy.CgroupVersion = 1
	rootless := limitedHost()
	rootless.Root, rootless.CgroupVersion, rootless.Hybrid = false, 2, false
	for name, test := range map[string]struct {
		host    Host
		parts   parts
		version string
	}{
		"limited":       {host: limitedHost(), parts: everything, version: "4.3.1"},
		"legacy":        {host: legacy, parts: parts{runc: "/usr/bin/runc"}, version: "4.9.3"},
		"rootless":      {host: rootless, parts: parts{}, version: "5.4.2"},
		"cni-left-over": {host: freeHost(), parts: everything, version: "4.3.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "containers-"+name+".conf", renderSettings(test.host, test.parts, test.version))
		})
	}
}

func TestNoSettingsWherePodmanIsRightByItself(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	everything := parts{runc: "/usr/bin/runc", netavark: "/usr/libexec/podman/netavark", cniNetworks: true}
	g.Expect(renderSettings(freeHost(), everything, "5.4.2")).To(gomega.BeEmpty())
	g.Expect(renderSettings(freeHost(), everything, "3.4.4")).To(gomega.BeEmpty())
	everything.cniNetworks = false
	g.Expect(renderSettings(freeHost(), everything, "4.3.1")).To(gomega.BeEmpty())
}

func TestLimitsNeverExceedTheHardOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		host := limitedHost()
		host.NoFile = rapid.Uint64().Draw(t, "files")
		host.NProc = rapid.Uint64().Draw(t, "processes")
		host.PIDMax = rapid.Uint64().Draw(t, "highest process number")
		var files, processes [2]uint64
		_, err := fmt.Sscanf(limitLines(host)[1], `default_ulimits = ["nofile=%d:%d", "nproc=%d:%d"]`,
			&files[0], &files[1], &processes[0], &processes[1])
		if err != nil {
			t.Fatal(err)
		}
		if max(files[0], files[1]) > host.NoFile || max(processes[0], processes[1]) > host.NProc {
			t.Fatalf("%v files and %v processes", files, processes)
		}
	})
}

func TestMajorVersion(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for version, want := range map[string]int{"4.3.1": 4, "5.0.0-dev": 5, "": 0, "unknown": 0, "28": 28} {
		g.Expect(major(version)).To(gomega.Equal(want), version)
	}
}

func TestReplacingAFileLeavesOneFile(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "settings")
	for _, text := range []string{"one", "one", strings.Repeat("two", 1000)} {
		g.Expect(replaceFile(path, text)).To(gomega.Succeed())
		g.Expect(os.ReadFile(path)).To(gomega.BeEquivalentTo(text))
	}
	g.Expect(filepath.Glob(filepath.Join(dir, "*"))).To(gomega.HaveLen(1))
	g.Expect(replaceFile(filepath.Join(dir, "none", "settings"), "x")).To(gomega.MatchError(os.ErrNotExist))
}

package debian

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
)

var stamp = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// pretend puts a script in mmdebstrap's place, and gives the folder for temporary files.
func pretend(t *testing.T, script string) (temp string) {
	t.Helper()
	g := gomega.NewWithT(t)
	bin, temp := t.TempDir(), t.TempDir()
	if script != "" {
		//nolint:gosec // It is there to be run.
		g.Expect(os.WriteFile(filepath.Join(bin, "mmdebstrap"), []byte("#!/bin/sh\n"+script), 0o700)).To(gomega.Succeed())
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	t.Setenv("TMPDIR", temp)
	return temp
}

func TestTheArguments(t *testing.T) {
	for _, test := range []struct {
		name   string
		system System
		first  []string
	}{
		{"unpacked", System{Packages: []string{"redis-server", "busybox"}}, []string{"--variant=extract", "--include=redis-server,busybox"}},
		{"bootable", System{Packages: []string{"systemd"}, Bootable: true}, []string{"--variant=minbase", "--include=systemd"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := slices.Concat(test.first, []string{
				"--dpkgopt=path-exclude=/usr/share/man/*",
				"--dpkgopt=path-exclude=/usr/share/locale/*",
				"--dpkgopt=path-exclude=/usr/share/doc/*",
				"--dpkgopt=path-include=/usr/share/doc/*/copyright",
				`--aptopt=Acquire::Retries "3"`,
				`--aptopt=APT::Install-Recommends "false"`,
				"--format=tar", "bookworm", "/parts/root.tar",
			})
			if diff := cmp.Diff(want, test.system.arguments("/parts/root.tar")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheToolHearsTheTimeStampAndHasAFolderThatGoesWithIt(t *testing.T) {
	g := gomega.NewWithT(t)
	temp := pretend(t, `[ "$1" = --version ] && exit; for to; do :; done; echo "$SOURCE_DATE_EPOCH $LC_ALL $TMPDIR" > "$to"; mkdir "$TMPDIR/left"`)
	to := filepath.Join(t.TempDir(), "root.tar")

	g.Expect(System{Packages: []string{"busybox"}, Stamp: stamp}.Into(t.Context(), to)).To(gomega.Succeed())

	said, err := os.ReadFile(to)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	words := strings.Fields(string(said))
	g.Expect(words[:2]).To(gomega.Equal([]string{"1767225600", "C.UTF-8"}))
	if os.Geteuid() == 0 {
		g.Expect(words[2]).To(gomega.HavePrefix(filepath.Join(temp, "seatrial-debian-")))
		g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
	}
}

func TestWithoutTheToolTheErrorSaysHowToGetIt(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("PATH", t.TempDir())

	err := System{Packages: []string{"redis-server", "busybox"}}.Into(t.Context(), "root.tar")

	g.Expect(err).To(gomega.MatchError(ErrNoTool))
	g.Expect(err).To(gomega.MatchError("making a root file system of bookworm with redis-server, busybox: " +
		"mmdebstrap is not installed: install it with: apt-get install mmdebstrap"))
}

func TestTheEndOfWhatTheToolSaysIsInTheError(t *testing.T) {
	g := gomega.NewWithT(t)
	temp := pretend(t, `[ "$1" = --version ] && exit; seq -f 'I: line %g.' 1 60; echo 'E: no such package' >&2; exit 25`)

	err := System{Packages: []string{"busybox"}}.Into(t.Context(), "root.tar")

	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.HavePrefix("making a root file system of bookworm with busybox: exit status 25\nI: line 37.\n"),
		gomega.HaveSuffix("I: line 60.\nE: no such package"))))
	g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
}

func TestEverythingThatDecidesWhatIsInASystemIsAmongTheInputs(t *testing.T) {
	g := gomega.NewWithT(t)
	system := System{Packages: []string{"busybox"}, Stamp: stamp}
	for _, other := range []System{
		{Packages: []string{"busybox", "bash"}, Stamp: stamp},
		{Packages: []string{"busybox"}, Stamp: stamp.Add(time.Second)},
		{Packages: []string{"busybox"}, Stamp: stamp, Bootable: true},
	} {
		g.Expect(other.Inputs()).ToNot(gomega.Equal(system.Inputs()))
	}
	g.Expect(system.Inputs()).To(gomega.ContainElements(Suite, "--variant=extract"))
}

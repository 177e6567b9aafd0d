package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/browser/probe"
	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/apt"
	"seatrial/tools/internal/telling"
)

// working is a browser that shows what it should.
const working = `case "$*" in *--version*) echo Chromium 140;; *) echo '<p>answer: 42 drawn</p>';; esac`

// programs puts scripts on PATH, and nothing else: apt would change this machine.
func programs(t *testing.T, scripts map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, script := range scripts {
		//nolint:gosec // It is to be executed.
		err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	}
	t.Setenv("PATH", dir)
	t.Setenv(probe.Variable, "")
	return dir
}

// to is a telling of which only the answer is kept.
func to(out *bytes.Buffer) telling.Telling {
	return telling.Telling{Stream: &report.Stream{}, Out: out}
}

var debian = machine{apt.OSRelease{ID: "debian"}, true}

func TestABrowserThatIsThereIsShown(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := programs(t, map[string]string{"chromium": working, "apt-get": "exit 1"})
	var out bytes.Buffer
	g.Expect(run(t.Context(), debian, to(&out))).To(gomega.Succeed())
	g.Expect(strings.Fields(out.String())).To(gomega.Equal(strings.Fields("Chromium 140 (" + filepath.Join(dir, "chromium") + ") shows pages here")))
}

func TestWhereThereIsNoneItIsInstalledWithAFont(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	programs(t, map[string]string{"apt-get": `test "$1" = update || { echo "$*" >"` + dir + `/call"; PATH=/usr/bin:/bin; ln -s chromium.deb "${0%/*}/chromium"; }`, "chromium.deb": working})
	var out bytes.Buffer
	g.Expect(run(t.Context(), debian, to(&out))).To(gomega.Succeed())
	g.Expect(out.String()).To(gomega.MatchRegexp(`shows\s+pages\s+here`))
	g.Expect(os.ReadFile(filepath.Join(dir, "call"))).To(gomega.BeEquivalentTo(
		"install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 chromium fonts-dejavu-core\n"))
}

func TestWhereNothingCanBeInstalledItIsSaidWhatToDo(t *testing.T) {
	snap := map[string]string{"chromium-browser": "echo Please install the snap. >&2; exit 10"}
	for name, test := range map[string]struct {
		scripts map[string]string
		chosen  string
		on      machine
		says    string
	}{
		"a user on Debian":         {on: machine{debian.release, false}, says: "repeat this with sudo"},
		"root on Fedora":           {on: machine{apt.OSRelease{ID: "fedora", Name: "Fedora Linux 42"}, true}, says: "on Fedora Linux 42, packages are not installed from here: install Chromium"},
		"a browser that is none":   {on: debian, scripts: snap, says: "installing packages would not help"},
		"one that the user named":  {on: debian, chosen: "mine", says: "SEATRIAL_BROWSER has to name a browser that works, or nothing"},
		"packages that do not go":  {on: debian, scripts: map[string]string{"apt-get": "exit 100"}, says: "exit status 100"},
		"packages without an end":  {on: debian, scripts: map[string]string{"apt-get": "exit 100"}, says: "set SEATRIAL_BROWSER to the path of one"},
		"packages that do nothing": {on: debian, scripts: map[string]string{"apt-get": "exit 0"}, says: "chromium was installed and does not start"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			programs(t, test.scripts)
			t.Setenv(probe.Variable, test.chosen)
			var out bytes.Buffer
			err := run(t.Context(), test.on, to(&out))
			g.Expect(err).To(gomega.MatchError(gomega.And(gomega.HavePrefix("no browser starts here"), gomega.ContainSubstring(test.says))))
			g.Expect(err).ToNot(gomega.MatchError(gomega.ContainSubstring("make browser")), "that is what runs")
		})
	}
}

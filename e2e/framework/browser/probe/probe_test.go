package probe_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/browser/probe"
)

// drawn is a browser that shows what it should.
const drawn = `case "$*" in *--version*) echo 'Chromium 140.0.1 ';; *) echo '<p id="answer">answer: 42 drawn</p>';; esac`

// machine has these programs on PATH, as shell scripts, and nothing else.
func machine(t *testing.T, programs map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, script := range programs {
		//nolint:gosec // It is to be executed.
		err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	}
	t.Setenv("PATH", dir)
	t.Setenv(probe.Variable, "")
	return dir
}

func TestABrowserHasToShowAPage(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := machine(t, map[string]string{
		"chromium":         "echo Please install the snap. >&2; exit 10",
		"chromium-browser": "echo '<p id=answer>answer: </p>'",
		"google-chrome":    drawn,
	})
	found, err := probe.Find(t.Context())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(found).To(gomega.Equal(probe.Browser{Path: filepath.Join(dir, "google-chrome"), Version: "Chromium 140.0.1"}))
}

func TestNoBrowserIsExplained(t *testing.T) {
	for name, test := range map[string]struct {
		programs map[string]string
		chosen   string
		missing  bool
		says     []string
	}{
		"there is none": {missing: true, says: []string{"no browser starts here", "not on PATH: chromium, chromium-browser, google-chrome", `run "make browser"`}},
		"one that only says how to get one": {
			programs: map[string]string{"chromium": "echo Please install the snap. >&2; exit 10"},
			says:     []string{"chromium: exit status 10: Please install the snap."},
		},
		"one that shows nothing": {
			programs: map[string]string{"chromium": "echo '<html></html>'"},
			says:     []string{"ended without having shown the page", "<html></html>"},
		},
		"one that dies without a word": {
			programs: map[string]string{"chromium": "kill -9 $$"},
			says:     []string{"signal: killed: it said nothing"},
		},
		"the chosen one is not there": {
			programs: map[string]string{"chromium": drawn}, chosen: "/opt/none/chrome",
			says: []string{"SEATRIAL_BROWSER names a program that is not there: /opt/none/chrome"},
		},
		"the chosen one does not work": {
			programs: map[string]string{"chromium": drawn, "mine": "echo no display >&2; exit 1"}, chosen: "mine",
			says: []string{"mine: exit status 1: no display"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			machine(t, test.programs)
			t.Setenv(probe.Variable, test.chosen)
			_, err := probe.Find(t.Context())
			none, ok := errors.AsType[*probe.NoneError](err)
			g.Expect(ok).To(gomega.BeTrueBecause("%v", err))
			g.Expect(none.Missing()).To(gomega.Equal(test.missing))
			for _, words := range test.says {
				g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(words)))
			}
		})
	}
}

func TestAnotherBrowserIsTakenIfTheUserWantsIt(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := machine(t, map[string]string{"chromium": "exit 1", "mine": drawn})
	t.Setenv(probe.Variable, filepath.Join(dir, "mine"))
	g.Expect(probe.Find(t.Context())).To(gomega.HaveField("Path", filepath.Join(dir, "mine")))
}

func TestNoProfileIsLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	machine(t, map[string]string{"chromium": "exit 1", "google-chrome": drawn})
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	_, err := probe.Find(t.Context())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
}

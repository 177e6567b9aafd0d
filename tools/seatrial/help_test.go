package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"seatrial/tools/internal/columns"
)

//go:generate go test . -run TestTheReferenceIsCurrent -update

var updateReference = flag.Bool("update", false, "write the reference of the commands anew")

// all are the commands that a user can give.
func all(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, below := range cmd.Commands() {
		if below.Name() != "help" {
			list = append(list, all(below)...)
		}
	}
	return list
}

// answered runs a command line and gives what it writes, and its error.
func answered(t *testing.T, line ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := command()
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(line)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestHelpFitsIntoEightyColumnsAndHasAnExample(t *testing.T) {
	for _, cmd := range all(command()) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			g := gomega.NewWithT(t)
			help, err := answered(t, append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
			g.Expect(err).ToNot(gomega.HaveOccurred())
			for line := range strings.Lines(help) {
				g.Expect(runewidth.StringWidth(strings.TrimRight(line, "\n"))).To(gomega.BeNumerically("<=", columns.Width), line)
			}
			g.Expect(cmd.Example).To(gomega.ContainSubstring("seatrial"))
		})
	}
}

func TestTheReferenceIsCurrent(t *testing.T) {
	g := gomega.NewWithT(t)
	made := t.TempDir()
	root := command()
	for _, cmd := range all(root) {
		cmd.DisableAutoGenTag = true
	}
	g.Expect(doc.GenMarkdownTree(root, made)).To(gomega.Succeed())
	pages := read(t, made)
	if *updateReference {
		for name := range read(t, "docs") {
			g.Expect(os.Remove(filepath.Join("docs", name))).To(gomega.Succeed())
		}
		for name, page := range pages {
			//nolint:gosec // It is a file of the source tree.
			g.Expect(os.WriteFile(filepath.Join("docs", name), []byte(page), 0o644)).To(gomega.Succeed())
		}
	}
	g.Expect(read(t, "docs")).To(gomega.Equal(pages), "write it anew with go test . -run Reference -update")
}

// read gives the files of a folder.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	g := gomega.NewWithT(t)
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	pages := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		pages[filepath.Base(path)] = string(content)
	}
	return pages
}

func TestErrorsSayWhatWasMeant(t *testing.T) {
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	t.Chdir(t.TempDir())
	for says, line := range map[string][]string{
		"unknown flag --provder; did you mean --provider?":                          {"workshop", "--provder", "kind", "a.md"},
		`there is no schema "skenario"; did you mean "scenario"?`:                   {"schema", "skenario"},
		`there is no completion for "tcsh"; there are bash, fish, zsh`:              {"completion", "tcsh"},
		`there is no format "jsn"; did you mean "json"?`:                            {"version", "-o", "jsn"},
		"there is no kept cluster: `seatrial cluster create` makes one":             {"cluster", "kubeconfig", "mine"},
		"a cluster of provider existing is yours: it is neither made nor kept here": {"cluster", "list", "--provider", "existing"},
		`--provider=kidn: there is no provider "kidn"; did you mean "kind"?`:        {"sweep", "--provider", "kidn"},
		"reading a report: open no-such.json: no such file or directory":            {"report", "no-such.json"},
		"Did you mean this?\n\tdoctor":                                              {"docter"},
	} {
		_, err := answered(t, line...)
		gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring(says)))
		for line := range strings.Lines(columns.Wrap("seatrial: "+err.Error(), errorMargin)) {
			gomega.NewWithT(t).Expect(runewidth.StringWidth(strings.TrimRight(line, "\n"))).To(gomega.BeNumerically("<=", columns.Width))
		}
	}
}

func TestEveryShellGetsItsCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script, err := answered(t, "completion", shell)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
		gomega.NewWithT(t).Expect(script).To(gomega.ContainSubstring("seatrial"), shell)
	}
}

func TestAShellCompletesWordsAndNames(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := t.TempDir()
	t.Setenv("SEATRIAL_CACHE", cache)
	kept := filepath.Join(cache, "clusters", "embedded", "seatrial-keep-embedded-mine", "kubeconfig")
	g.Expect(os.MkdirAll(filepath.Dir(kept), 0o700)).To(gomega.Succeed())
	g.Expect(os.WriteFile(kept, nil, 0o600)).To(gomega.Succeed())
	for says, line := range map[string][]string{
		"auto\nkind\nembedded\nexisting\n":           {"workshop", "--provider", ""},
		"auto\npodman\ndocker\nnerdctl\n":            {"chart", "--engine", ""},
		"text\njson\n":                               {"doctor", "--output", ""},
		"seatrial-keep-embedded-mine\n":              {"cluster", "logs", ""},
		"config\ndoctor\nimages\nreport\nscenario\n": {"schema", ""},
		"json=\njunit=\nhtml=\ngithub\n:6\n":         {"workshop", "--report", ""},
		"scenarios/chart-values\n":                   {"workshop", "scenarios/"},
		"json\n:8\n":                                 {"report", ""},
		"bash\nzsh\nfish\n":                          {"completion", ""},
		"seatrial-keep-embedded-mine\n:4\nComp":      {"cluster", "delete", ""},
	} {
		if line[len(line)-1] == "scenarios/" {
			t.Chdir(filepath.Join("..", ".."))
		}
		said, err := answered(t, append([]string{"__complete"}, line...)...)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(said).To(gomega.HavePrefix(says), strings.Join(line, " "))
		if line[len(line)-1] == "scenarios/" {
			t.Chdir(filepath.Join("tools", "seatrial"))
		}
	}
}

func TestWhoeverListsTheClustersOfOneProviderIsToldOfTheOthers(t *testing.T) {
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	for says, line := range map[string][]string{
		"There is no kept cluster: `seatrial cluster create` makes one.\n":                             {"cluster", "list"},
		"There is no kept cluster of provider embedded; without --provider those of all are listed.\n": {"cluster", "list", "--provider", "embedded"},
	} {
		said, err := answered(t, line...)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
		gomega.NewWithT(t).Expect(said).To(gomega.Equal(says))
	}
}

func TestAnswersToProgramsAreJSON(t *testing.T) {
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	for says, line := range map[string][]string{
		"[]\n":                     {"cluster", "list", "--output", "json"},
		"\"go\": \"go":             {"version", "--output", "json"},
		"\"$schema\": \"http":      {"schema", "scenario"},
		"seatrial.dev/report/v1":   {"schema", "report"},
		"seatrial.dev/doctor/v1":   {"schema", "doctor"},
		"seatrial.dev/images/v1":   {"schema", "images"},
		"The choices of a project": {"schema", "config"},
	} {
		said, err := answered(t, line...)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
		gomega.NewWithT(t).Expect(said).To(gomega.ContainSubstring(says))
	}
}

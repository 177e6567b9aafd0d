package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
)

// whole has every key there is.
const whole = `# yaml-language-server: $schema=../schema.json
title: Sharing a chart
courses:
  - name: in English
    documents: [en/one.md, en/two.md]
dir: ../../charts
namespaces:
  - demo
setup: [helm version]
teardown:
  - helm repo remove demo
serve: {folder: repo, variable: REPO_URL}
providers: [kind, embedded]
requires: [containers, podNetwork]
timeout: 90s
`

// folder makes files below a new folder and returns it. A name that ends with a slash is a folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	g := gomega.NewWithT(t)
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		g.Expect(os.MkdirAll(filepath.Dir(path), 0o750)).To(gomega.Succeed())
		if strings.HasSuffix(name, "/") {
			g.Expect(os.MkdirAll(path, 0o750)).To(gomega.Succeed())
			continue
		}
		g.Expect(os.WriteFile(path, []byte(content), 0o600)).To(gomega.Succeed())
	}
	return root
}

func TestEveryKeyHasItsPlace(t *testing.T) {
	g := gomega.NewWithT(t)

	got, err := scenario.Parse("scenario.yaml", []byte(whole))

	g.Expect(err).ToNot(gomega.HaveOccurred())
	want := &scenario.Scenario{
		Title:      "Sharing a chart",
		Courses:    []scenario.Course{{Name: "in English", Documents: []string{"en/one.md", "en/two.md"}}},
		Dir:        "../../charts",
		Namespaces: []string{"demo"},
		Setup:      []string{"helm version"},
		Teardown:   []string{"helm repo remove demo"},
		Serve:      &scenario.Serve{Folder: "repo", Variable: "REPO_URL"},
		Providers:  []scenario.Provider{"kind", "embedded"},
		Requires:   []scenario.Feature{"containers", "podNetwork"},
		Timeout:    90 * time.Second,
	}
	g.Expect(cmp.Diff(want, got)).To(gomega.BeEmpty())
}

func TestAMistakeIsToldWithItsLine(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":            {"namespaces:", "namespace:", `6: unknown key "namespace"; did you mean "namespaces"?`},
		"needed key mistyped":    {"title:", "titel:", `1: unknown key "titel"; did you mean "title"?`},
		"far from any key":       {"timeout: 90s", "colour: red", `14: unknown key "colour"; the known ones are title, kind, courses, dir, namespaces, setup, teardown, serve, providers, requires, timeout, chart, old, revisions, common, pairs`},
		"key within a course":    {"  - name: in English\n", "  - nam: in English\n", `3: unknown key "nam"; did you mean "name"?`},
		"missing key":            {"title: Sharing a chart\n", "", `1: the file needs the key "title"`},
		"missing inner key":      {", variable: REPO_URL", "", `11: "serve" needs the key "variable"`},
		"key twice":              {"timeout: 90s", "title: Again", `14: key "title" is given twice`},
		"text for a list":        {"[helm version]", "helm version", `8: "setup" wants a list, not "helm version"`},
		"list for a text":        {"Sharing a chart", "[a, b]", `1: "title" wants a text, not a list`},
		"number for a text":      {"Sharing a chart", "12", `1: "title" wants a text, not 12 without quotes`},
		"nothing for a text":     {" Sharing a chart", "", `1: "title" wants a text, not nothing`},
		"text for an object":     {"{folder: repo, variable: REPO_URL}", "repo", `11: "serve" wants keys and values, not "repo"`},
		"object for a text":      {"- demo", "- name: demo", `7: "namespaces[0]" wants a text, not keys and values`},
		"number for a duration":  {"90s", "90", `14: "timeout" wants a duration such as 90s or 10m, not 90 without quotes`},
		"negative duration":      {"90s", "-1m", `14: "timeout" wants a duration such as 90s or 10m, not "-1m"`},
		"unknown provider":       {"kind,", "kindd,", `12: "providers[0]" knows no "kindd"; did you mean "kind"?`},
		"unknown feature":        {"podNetwork", "podnetwork", `13: "requires[1]" knows no "podnetwork"; did you mean "podNetwork"?`},
		"empty title":            {"Sharing a chart", `" "`, `1: "title" is empty`},
		"no documents":           {"[en/one.md, en/two.md]", "[]", `4: "courses[0].documents" needs one or more files`},
		"document elsewhere":     {"en/two.md", "../two.md", `4: document "../two.md" must be in the scenario's folder`},
		"document twice":         {"en/two.md", "en/one.md", `4: document "en/one.md" is listed twice`},
		"impossible namespace":   {"- demo", "- My_Demo", `7: "My_Demo" can be no namespace: use small letters, digits and dashes`},
		"the cluster's own":      {"- demo", "- kube-system", `7: namespace "kube-system" belongs to the cluster: it would be removed`},
		"serving something else": {"folder: repo", "folder: ../..", `11: folder "../.." must be below the one that the reader starts in`},
		"impossible variable":    {"REPO_URL", "REPO-URL", `11: "REPO-URL" can be no variable of a shell`},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			g.Expect(whole).To(gomega.ContainSubstring(c.old))
			text := strings.TrimPrefix(strings.Replace(whole, c.old, c.new, 1), "# yaml-language-server: $schema=../schema.json\n")

			_, err := scenario.Parse("web/scenario.yaml", []byte(text))

			g.Expect(err).To(gomega.MatchError("web/scenario.yaml:" + c.want))
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	g := gomega.NewWithT(t)

	_, err := scenario.Parse("scenario.yaml", []byte("titel: Web\ncourses: none\ntimeout: soon\n"))

	g.Expect(err).To(gomega.MatchError(`scenario.yaml:1: unknown key "titel"; did you mean "title"?
scenario.yaml:2: "courses" wants a list, not "none"
scenario.yaml:3: "timeout" wants a duration such as 90s or 10m, not "soon"`))
}

func TestNobodyReadsMoreThanAHundredMistakes(t *testing.T) {
	g := gomega.NewWithT(t)

	_, err := scenario.Parse("scenario.yaml", []byte(strings.Repeat("word: 1\n", 50_000)))

	g.Expect(err).To(gomega.HaveOccurred())
	lines := strings.Split(err.Error(), "\n")
	g.Expect(lines).To(gomega.HaveLen(101))
	g.Expect(lines[99]).To(gomega.HavePrefix(`scenario.yaml:100: unknown key "word"`))
	g.Expect(lines[100]).To(gomega.Equal("scenario.yaml:100: 100 problems are enough: nothing after this line was read"))
}

func TestOnlyPlainYAMLIsRead(t *testing.T) {
	g := gomega.NewWithT(t)

	_, err := scenario.Parse("scenario.yaml", []byte("title: &t Web\ncourses:\n  - {name: *t, documents: [one.md]}\n"))
	g.Expect(err).To(gomega.MatchError(`scenario.yaml:3: "courses[0].name" is an alias: write the value itself`))

	_, err = scenario.Parse("scenario.yaml", []byte("\ttitle: Web\n"))
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("scenario.yaml: yaml: ")))
}

func TestAnEmptyFileIsNoScenario(t *testing.T) {
	_, err := scenario.Parse("scenario.yaml", nil)

	gomega.NewWithT(t).Expect(err).To(gomega.MatchError("scenario.yaml:1: the file is empty: it needs a title, and courses or a chart"))
}

func TestFilesThatAreNamedMustBeThere(t *testing.T) {
	g := gomega.NewWithT(t)
	root := folder(t, map[string]string{"scenarios/web/scenario.yaml": whole, "scenarios/web/en/two.md": ""})
	path := filepath.Join(root, "scenarios", "web", "scenario.yaml")

	_, err := scenario.Load(filepath.Dir(path))

	g.Expect(err).To(gomega.MatchError(path + `:5: there is no file "en/one.md"` + "\n" + path + `:6: there is no folder "../../charts"`))
}

func TestScenariosAreFoundByTheirFolders(t *testing.T) {
	g := gomega.NewWithT(t)
	root := folder(t, map[string]string{
		"charts/": "", "scenarios/README.md": "", "scenarios/web/scenario.yaml": whole, "scenarios/web/en/one.md": "", "scenarios/web/en/two.md": "",
	})

	all, err := scenario.LoadAll(filepath.Join(root, "scenarios"))

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(all).To(gomega.HaveLen(1))
	web := all[0]
	g.Expect(web.Name()).To(gomega.Equal("web"))
	g.Expect(web.StartDir()).To(gomega.Equal(filepath.Join(root, "charts")))
	g.Expect(web.Files(web.Courses[0])).To(gomega.Equal([]string{
		filepath.Join(root, "scenarios", "web", "en", "one.md"), filepath.Join(root, "scenarios", "web", "en", "two.md"),
	}))

	g.Expect(os.Mkdir(filepath.Join(root, "scenarios", "half"), 0o750)).To(gomega.Succeed())
	_, err = scenario.LoadAll(filepath.Join(root, "scenarios"))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(filepath.Join("half", "scenario.yaml"))))
}

func TestAScenarioSaysWhereItIsNotFor(t *testing.T) {
	g := gomega.NewWithT(t)
	s, err := scenario.Parse("scenario.yaml", []byte(whole))
	g.Expect(err).ToNot(gomega.HaveOccurred())

	able := cluster.Features{Containers: true, PodNetwork: true}
	g.Expect(s.Skip("kind", able)).To(gomega.BeEmpty())
	g.Expect(s.Skip("existing", able)).To(gomega.Equal("it is not meant for provider existing"))
	g.Expect(s.Skip("embedded", cluster.Features{Volumes: true})).To(gomega.Equal("this cluster has no containers, no podNetwork"))

	plain, err := scenario.Parse("scenario.yaml", []byte("title: Web\ncourses: [{name: one, documents: [one.md]}]\n"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(plain.Skip("existing", cluster.Features{})).To(gomega.BeEmpty())
	g.Expect(plain.Timeout).To(gomega.Equal(scenario.DefaultTimeout))
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("title: &a [*a]"))
	f.Add([]byte("? {}\n: -"))
	f.Add([]byte("title: a\ncourses: [{name: a, documents: [../../a.md]}]"))
	f.Add([]byte("title: a\ntitle: b\nchart: {revisions: [{set: [a]}]}\ntimeout: -1s"))
	f.Fuzz(func(t *testing.T, content []byte) {
		// Whatever is in the file, its author gets a scenario with a name, or is told where it is wrong.
		s, err := scenario.Parse("scenario.yaml", content)
		switch {
		case err != nil && !strings.HasPrefix(err.Error(), "scenario.yaml"):
			t.Errorf("it does not say where: %v", err)
		case err == nil && (s.Title == "" || s.Timeout <= 0):
			t.Errorf("a scenario without title or time: %+v", s)
		}
	})
}

package choices

import (
	"bytes"
	stdflag "flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/assets"
)

var update = stdflag.Bool("update", false, "write the golden files anew")

// made are the choices of a command line, an environment and a file in a repository.
func made(t *testing.T, line []string, env map[string]string, file string) (*Choices, error) {
	t.Helper()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	g.Expect(os.Mkdir(filepath.Join(dir, ".git"), 0o700)).To(gomega.Succeed())
	if file != "" {
		g.Expect(os.WriteFile(filepath.Join(dir, File), []byte(file), 0o600)).To(gomega.Succeed())
	}
	c := New()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	c.Register(flags, Where, Life, Timing, Pace, Reports, Evidence, Shown)
	if err := flags.Parse(line); err != nil {
		return c, err
	}
	err := c.Fill(flags, Place{Getenv: func(name string) string { return env[name] }, Dir: dir})
	return c, err
}

func TestAFlagGoesOverAVariableAndAVariableOverTheFile(t *testing.T) {
	g := gomega.NewWithT(t)
	file := "provider: kind\nengine: docker\nparallel: 3\ntimeout: 90s\nkeep: true\n"
	c, err := made(t, []string{"--provider", "embedded", "--keep=false"}, map[string]string{"SEATRIAL_PROVIDER": "existing", "SEATRIAL_ENGINE": "podman", "SEATRIAL_PARALLEL": ""}, file)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(c.Provider).To(gomega.Equal("embedded"), "the flag")
	g.Expect(c.Engine).To(gomega.Equal("podman"), "the variable")
	g.Expect(c.Parallel).To(gomega.Equal(3), "the file; an empty variable is none")
	g.Expect(c.Timeout).To(gomega.Equal(90 * time.Second))
	g.Expect(c.Keep).To(gomega.Equal(false), "a flag can take back what the file says")
}

func TestWhoSaysNothingGetsTheDefaults(t *testing.T) {
	g := gomega.NewWithT(t)
	c, err := made(t, nil, nil, "# nothing yet\n")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(c).To(gomega.Equal(New()))
	g.Expect(c.Settings().Provider).To(gomega.Equal(assets.Auto))
}

func TestTheEnvironmentOfTheSuitesIsUnderstood(t *testing.T) {
	g := gomega.NewWithT(t)
	c, err := made(t, nil, map[string]string{"SEATRIAL_CLUSTER": "keep", "SEATRIAL_ALLOW_CONTEXT": "mine", "NO_COLOR": "1"}, "")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(c.Settings().Keep).To(gomega.Equal(true))
	g.Expect(c.Settings().AllowContext).To(gomega.Equal("mine"))
	g.Expect(c.NoColor).To(gomega.Equal(true))
	_, err = made(t, nil, map[string]string{"SEATRIAL_CLUSTER": "kep"}, "")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`SEATRIAL_CLUSTER="kep": the only word it knows is keep`)))
}

func TestMistakesAreToldWhereTheyWereMade(t *testing.T) {
	for name, c := range map[string]struct {
		line []string
		env  map[string]string
		file string
		says string
	}{
		"an unknown key":        {nil, nil, "provider: kind\nproivder: kind\n", `seatrial.yaml:2: unknown key "proivder"; did you mean "provider"?`},
		"a key with a hyphen":   {nil, nil, "failFast: true\n", `seatrial.yaml:1: unknown key "failFast"; did you mean "fail-fast"?`},
		"a key twice":           {nil, nil, "keep: true\nkeep: false\n", `seatrial.yaml:2: key "keep" is given twice`},
		"an unknown word":       {nil, nil, "provider: kinf\n", `seatrial.yaml:1: "provider": there is no provider "kinf"; did you mean "kind"?`},
		"a list":                {nil, nil, "engine: [podman]\n", `seatrial.yaml:1: "engine" wants one value`},
		"nothing":               {nil, nil, "engine:\n", `seatrial.yaml:1: "engine" wants one value`},
		"a duration":            {nil, nil, "timeout: 90\n", `seatrial.yaml:1: "timeout": want a duration such as 90s or 10m, not "90"`},
		"yes":                   {nil, nil, "keep: yes\n", `seatrial.yaml:1: "keep": want true or false, not "yes"`},
		"two mistakes":          {nil, nil, "parallel: many\nreport: pdf\n", "seatrial.yaml:1: \"parallel\": want a number such as 4, not \"many\"\nseatrial.yaml:2: \"report\": reading the report \"pdf\""},
		"no mapping":            {nil, nil, "- provider\n", `seatrial.yaml:1: the file wants keys and values, such as "provider: embedded"`},
		"no YAML":               {nil, nil, "a: [\n", "seatrial.yaml: yaml: "},
		"a variable":            {nil, map[string]string{"SEATRIAL_PROVIDER": "minikube"}, "", `SEATRIAL_PROVIDER="minikube": there is no provider "minikube"; there are auto, kind, embedded, existing`},
		"a flag":                {[]string{"--engine", "podamn"}, nil, "", `--engine=podamn: there is no engine "podamn"; did you mean "podman"?`},
		"a flag's number":       {[]string{"--parallel", "-1"}, nil, "", `invalid argument "-1" for "--parallel" flag: want a number such as 4, not "-1"`},
		"a file that is absent": {[]string{"--config", "no-such.yaml"}, nil, "", "reading the choices: open no-such.yaml"},
		"opposites":             {[]string{"-q", "-v"}, nil, "", "--quiet and --verbose say the opposite of each other"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := made(t, c.line, c.env, c.file)
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.HavePrefix(c.says)))
		})
	}
}

func TestTheFileIsLookedForUpToTheTopOfTheRepository(t *testing.T) {
	g := gomega.NewWithT(t)
	top := t.TempDir()
	deep := filepath.Join(top, "repository", "docs", "deep")
	g.Expect(os.MkdirAll(deep, 0o700)).To(gomega.Succeed())
	put := func(dir string) string {
		path := filepath.Join(dir, File)
		g.Expect(os.WriteFile(path, nil, 0o600)).To(gomega.Succeed())
		return path
	}
	put(top)
	g.Expect(find(deep)).To(gomega.BeEmpty(), "outside of a repository, what is above is somebody else's")
	g.Expect(os.Mkdir(filepath.Join(top, "repository", ".git"), 0o700)).To(gomega.Succeed())
	g.Expect(find(deep)).To(gomega.BeEmpty(), "what is above the repository, too")
	atTop := put(filepath.Join(top, "repository"))
	g.Expect(find(deep)).To(gomega.Equal(atTop))
	nearer := put(filepath.Join(top, "repository", "docs"))
	g.Expect(find(deep)).To(gomega.Equal(nearer))
}

func TestFilesAreMeantFromWhereTheirNameIsWritten(t *testing.T) {
	g := gomega.NewWithT(t)
	all, err := parse(filepath.Join("up", File), []byte("artifacts: out\nkubeconfig: a:/b\nreport: [html=page.html, github, r.json]\ncontext: a/b\n"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	for key, value := range map[string]string{"artifacts": "up/out", "kubeconfig": "up/a:/b", "report": "html=up/page.html,github,up/r.json", "context": "a/b"} {
		g.Expect(all[key].value).To(gomega.Equal(value), key)
	}
}

func TestReportsOfSeveralFlagsAddUp(t *testing.T) {
	g := gomega.NewWithT(t)
	c, err := made(t, []string{"--report", "html=a.html", "--report", "b.json"}, nil, "report: github\n")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(c.Report).To(gomega.Equal("html=a.html,b.json"))
}

func TestAnyFileIsReadOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringOf(rapid.RuneFrom([]rune("abc:- \n[]{}\"'#&*!|>%@`provider keep true"))).Draw(t, "content")
		all, err := parse(File, []byte(content))
		for key := range all {
			if err == nil && Words(key) == nil && !isKnown(key) {
				t.Fatalf("%q was accepted in %q", key, content)
			}
		}
	})
}

func isKnown(key string) bool {
	for _, one := range every() {
		if one.name == key {
			return true
		}
	}
	return false
}

func TestTheSchemaIsCurrent(t *testing.T) {
	g := gomega.NewWithT(t)
	schema, err := Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	path := filepath.Join("testdata", "config.schema.json")
	if *update {
		//nolint:gosec // It is a file of the source tree.
		g.Expect(os.WriteFile(path, schema, 0o644)).To(gomega.Succeed())
	}
	want, err := os.ReadFile(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(schema)).To(gomega.Equal(string(want)), "write it anew with go test . -update")
}

func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	compiler := jsonschema.NewCompiler()
	g.Expect(compiler.AddResource("config.json", document)).To(gomega.Succeed())
	schema, err := compiler.Compile("config.json")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	for file, good := range map[string]bool{
		"provider: embedded\nparallel: 2\ntimeout: 1m30s\nkeep: false\nreport: [html=a.html]\n": true,
		"report: github\n": true, "provider: minikube\n": false, "timeout: soon\n": false, "parallel: -1\n": false, "keep: maybe\n": false, "stranger: 1\n": false,
	} {
		var value any
		g.Expect(yaml.Unmarshal([]byte(file), &value)).To(gomega.Succeed())
		g.Expect(schema.Validate(value) == nil).To(gomega.Equal(good), file)
		_, err := parse(File, []byte(file))
		g.Expect(err == nil).To(gomega.Equal(good), file)
	}
}

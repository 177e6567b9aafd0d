package workshop

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
	"go.yaml.in/yaml/v3"

	"seatrial/e2e/framework/assets"
)

// action is what GitHub reads of an action that is made of steps.
type action struct {
	Inputs map[string]struct {
		Default  string `yaml:"default"`
		Required bool   `yaml:"required"`
	} `yaml:"inputs"`
	Runs struct {
		Steps []actionStep `yaml:"steps"`
	} `yaml:"runs"`
}

type actionStep struct {
	ID   string            `yaml:"id"`
	Name string            `yaml:"name"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
	Dir  string            `yaml:"working-directory"` //nolint:tagliatelle // As GitHub has it.
}

// runner is a machine as GitHub gives one to a job: a clean folder, variables, and files to answer in.
type runner struct {
	action     action
	path       string // of the action
	dir        string
	env        []string
	known      map[string]string // what expressions can name
	said       string
	summary    string
	exit       int
	failedStep string
}

func newRunner(ctx SpecContext) *runner {
	GinkgoHelper()
	root, err := assets.Root()
	Expect(err).ToNot(HaveOccurred())
	r := &runner{path: filepath.Join(root, ".github", "actions", "seatrial"), dir: GinkgoT().TempDir(), known: map[string]string{}}
	content, err := os.ReadFile(filepath.Join(r.path, "action.yml"))
	Expect(err).ToNot(HaveOccurred())
	Expect(yaml.Unmarshal(content, &r.action)).To(Succeed())
	for _, name := range []string{"workspace", "temp", "home"} {
		Expect(os.Mkdir(filepath.Join(r.dir, name), 0o700)).To(Succeed())
	}
	r.env = append(os.Environ(),
		"CI=true", "GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH="+r.path, "GITHUB_WORKSPACE="+filepath.Join(r.dir, "workspace"),
		"RUNNER_TEMP="+filepath.Join(r.dir, "temp"), "HOME="+filepath.Join(r.dir, "home"), "SEATRIAL_CACHE="+filepath.Join(r.dir, "home", "cache"),
		"GOCACHE="+output(ctx, root, "go", "env", "GOCACHE"), "GOMODCACHE="+output(ctx, root, "go", "env", "GOMODCACHE"),
		"GOTOOLCHAIN=local", "GITHUB_STEP_SUMMARY="+filepath.Join(r.dir, "summary.md"))
	return r
}

func output(ctx context.Context, dir, name string, args ...string) string {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	Expect(err).ToNot(HaveOccurred(), string(said))
	return strings.TrimSpace(string(said))
}

// cached puts there what an earlier run of the action would have kept.
func (r *runner) cached(ctx SpecContext) {
	GinkgoHelper()
	program, err := gexec.Build("seatrial/tools/seatrial")
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(gexec.CleanupBuildArtifacts)
	kept := filepath.Join(r.dir, "home", ".cache", "seatrial-images")
	Expect(os.MkdirAll(kept, 0o700)).To(Succeed())
	output(ctx, filepath.Dir(r.path), program, "images", "save", filepath.Join(kept, "seatrial-images.tar"), "--provider", "embedded")
}

var expression = regexp.MustCompile(`\$\{\{\s*([\w.-]+)\s*\}\}`)

func (r *runner) expand(text string) string {
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		return r.known[expression.FindStringSubmatch(found)[1]]
	})
}

// job runs the steps of the action that are not other actions, as far as none fails.
func (r *runner) job(ctx SpecContext, inputs map[string]string) {
	GinkgoHelper()
	r.said, r.summary, r.exit, r.failedStep = "", "", 0, ""
	for name, input := range r.action.Inputs {
		r.known["inputs."+name] = input.Default
		if input.Required {
			Expect(inputs).To(HaveKey(name))
		}
	}
	for name, value := range inputs {
		Expect(r.action.Inputs).To(HaveKey(name))
		r.known["inputs."+name] = value
	}
	for i, step := range r.action.Runs.Steps {
		if step.Run == "" || r.exit != 0 {
			continue
		}
		r.step(ctx, i, step)
	}
	content, err := os.ReadFile(filepath.Join(r.dir, "summary.md"))
	if !errors.Is(err, os.ErrNotExist) {
		Expect(err).ToNot(HaveOccurred())
	}
	r.summary = string(content)
}

func (r *runner) step(ctx SpecContext, number int, step actionStep) {
	GinkgoHelper()
	answers := filepath.Join(r.dir, "output-"+step.ID)
	Expect(os.WriteFile(answers, nil, 0o600)).To(Succeed())
	cmd := exec.CommandContext(ctx, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", r.expand(step.Run))
	cmd.Dir = filepath.Join(r.dir, "workspace", r.expand(step.Dir))
	cmd.Env = slices.Concat(r.env, []string{"GITHUB_OUTPUT=" + answers})
	for _, name := range slices.Sorted(maps.Keys(step.Env)) {
		cmd.Env = append(cmd.Env, name+"="+r.expand(step.Env[name]))
	}
	said, err := cmd.CombinedOutput()
	r.said += string(said)
	GinkgoWriter.Printf("step %d %s:\n%s\n", number, step.Name, said)
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		r.exit, r.failedStep = failed.ExitCode(), step.Name
	} else {
		Expect(err).ToNot(HaveOccurred())
	}
	content, err := os.ReadFile(answers)
	Expect(err).ToNot(HaveOccurred())
	for line := range strings.Lines(string(content)) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		Expect(found).To(BeTrueBecause("%q says something", line))
		r.known["steps."+step.ID+".outputs."+name] = value
	}
}

func (r *runner) writes(name, content string) {
	GinkgoHelper()
	path := filepath.Join(r.dir, "workspace", name)
	Expect(os.MkdirAll(filepath.Dir(path), 0o700)).To(Succeed())
	Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
}

var _ = Describe("The action for GitHub", func() {
	It("loads what was kept, plays documents, and tells what it found where GitHub looks for it", func(ctx SpecContext) {
		r := newRunner(ctx)
		r.cached(ctx)
		const right = "# Exercise\n\n```console\n$ kubectl create namespace helm-demo\nnamespace/helm-demo created\n```\n"
		r.writes("docs/right.md", right)
		r.writes("docs/wrong.md", strings.ReplaceAll(right, "demo created", "demo removed"))

		r.job(ctx, map[string]string{"paths": "right.md\n", "working-directory": "docs"})
		Expect(r.exit).To(BeZero(), r.said)
		Expect(r.summary).To(ContainSubstring("Exercise"))
		reports := r.known["steps.run.outputs.reports"]
		for _, name := range []string{"seatrial.html", "seatrial.xml", "seatrial.json"} {
			Expect(filepath.Join(reports, name)).To(BeARegularFile())
		}
		Expect(r.known["steps.parts.outputs.images"]).To(MatchRegexp(`^go\S+-[0-9a-f]{16}$`))

		r.job(ctx, map[string]string{"paths": "wrong.md", "working-directory": "docs", "flags": "--patience=1s\n\n--fail-fast", "reports": filepath.Join(r.dir, "mine")})
		Expect(r.failedStep).To(Equal("Run"))
		Expect(r.exit).To(Equal(2))
		Expect(r.said).To(MatchRegexp(`::error .*file=docs/wrong.md,line=5`))
		Expect(filepath.Join(r.dir, "mine", "seatrial.xml")).To(BeARegularFile())

		r.job(ctx, map[string]string{"command": "lint", "paths": "docs/right.md\ndocs/wrong.md"})
		Expect(r.exit).To(BeZero(), r.said)
	}, NodeTimeout(chapterTimeout))
})

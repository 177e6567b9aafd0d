package doctor

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/tools/internal/columns"
)

var update = flag.Bool("update", false, "write the golden files anew")

// machine has nothing but what a test puts there.
type machine struct{ bin, source, cache string }

func bare(t *testing.T) machine {
	t.Helper()
	m := machine{bin: t.TempDir(), source: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache")}
	for name, value := range map[string]string{
		"PATH": m.bin, "SEATRIAL_CACHE": m.cache, "HOME": t.TempDir(), "TMPDIR": t.TempDir(), "KUBECONFIG": "", "SEATRIAL_BROWSER": "", "CONTAINERS_CONF": "",
	} {
		t.Setenv(name, value)
	}
	for name, content := range map[string]string{
		"go.mod": "module seatrial\n", "go.sum": "", "tools/distro/a.go": "package a\n", "tools/nodeimage/a.go": "package a\n",
		"tools/guestbook/a.go": "package a\n", "e2e/framework/image/a.go": "package a\n",
	} {
		m.write(t, filepath.Join(m.source, name), content)
	}
	t.Chdir(m.source)
	return m
}

func (m machine) write(t *testing.T, path, content string) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Expect(os.MkdirAll(filepath.Dir(path), 0o700)).To(gomega.Succeed())
	//nolint:gosec // Some are programs.
	g.Expect(os.WriteFile(path, []byte(content), 0o700)).To(gomega.Succeed())
}

// podman is an engine that can run nodes, and has this image.
func (m machine) podman(t *testing.T, image string) {
	t.Helper()
	m.write(t, filepath.Join(m.bin, "podman"), `#!/bin/sh
case "$*" in
--version) echo podman version 4.3.1 ;;
info*) echo '{"host":{"cgroupVersion":"v1","security":{"rootless":false}}}' ;;
"network inspect"*) echo true ;;
wait*) echo 0 ;;
logs*) echo seatrial ;;
"image inspect --format {{.Id}} `+image+`") echo id ;;
"image inspect"*) exit 1 ;;
esac
`)
}

// prepared is what "make prepare" leaves, with or without a node image.
func (m machine) prepared(t *testing.T, image string) {
	t.Helper()
	bin := t.TempDir()
	m.write(t, filepath.Join(bin, "embedded"), "")
	m.write(t, filepath.Join(bin, "helm"), "#!/bin/sh\necho v3.22.0\n")
	m.write(t, filepath.Join(bin, "kubectl"), "#!/bin/sh\necho Client Version: v1.37.2\necho Kustomize Version: v5\n")
	made := assets.Assets{EmbeddedKubernetes: "v1.37.2", Bin: bin, NodeImage: image, WithoutNodes: "podman: not installed"}
	if image != "" {
		m.write(t, filepath.Join(bin, "redis-server"), "")
		made.Kubernetes, made.Engine, made.WithoutNodes = "v1.37.2", "podman", ""
	}
	gomega.NewWithT(t).Expect(made.Save(assets.Want{})).To(gomega.Succeed())
}

const nodeImage = "localhost/seatrial/node:v1.37.2-000000000000"

func examined(t *testing.T, provider string) Diagnosis {
	t.Helper()
	d, err := Examine(t.Context(), framework.Settings{Want: assets.Want{Provider: provider}})
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return d
}

func named(t *testing.T, checks []Check, name string) Check {
	t.Helper()
	for _, check := range checks {
		if check.Name == name {
			return check
		}
	}
	t.Fatalf("there is no %q in %v", name, checks)
	return Check{}
}

func TestABareMachineIsNotReadyAndIsToldWhatToDoFirst(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	d := examined(t, assets.Auto)
	g.Expect(d.Usable).To(gomega.Equal(false))
	g.Expect(d.Sentence()).To(gomega.Equal("NOT READY: no provider can be used here; what to do first: `make prepare`"))
	g.Expect(named(t, d.Engines, "podman")).To(gomega.Equal(Check{
		Name: "podman", State: Missing, Detail: "not installed", Tried: `looking for "podman" on PATH`, Remedy: "`make engine PROVIDER=kind`",
	}))
	g.Expect(named(t, d.Machine, "go").State).To(gomega.Equal(Missing), "without it nothing can be prepared")
	g.Expect(m.cache).ToNot(gomega.BeADirectory(), "nothing is changed")
	g.Expect(os.ReadDir(os.Getenv("TMPDIR"))).To(gomega.BeEmpty())
}

func TestWithoutAnEngineTheEmbeddedControlPlaneIsTaken(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	m.prepared(t, "")
	d := examined(t, assets.Auto)
	g.Expect(d.Usable).To(gomega.Equal(true))
	g.Expect(d.Choice).To(gomega.Equal("embedded"))
	g.Expect(d.Sentence()).To(gomega.Equal("READY: unless told otherwise, seatrial takes provider embedded here"))
	g.Expect(named(t, d.Machine, "go").State).To(gomega.Equal(Optional), "everything is built")
	g.Expect(named(t, d.Prepared, "kubectl").Detail).To(gomega.Equal("Client Version: v1.37.2"))

	d = examined(t, assets.Kind)
	g.Expect(d.Usable).To(gomega.Equal(false), "who asks for kind is content with nothing else")
	g.Expect(d.Sentence()).To(gomega.HavePrefix("NOT READY: provider kind cannot be used here; what to do first: `make "))
}

func TestAnEngineWithTheNodeImageRunsNodes(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	m.podman(t, nodeImage)
	m.prepared(t, nodeImage)
	d := examined(t, assets.Auto)
	g.Expect(named(t, d.Providers, "kind")).To(gomega.Equal(Check{Name: "kind", State: OK, Detail: "podman 4.3.1 runs nodes of Kubernetes v1.37.2"}))
	g.Expect(d.Choice).To(gomega.Equal("kind"))
	g.Expect(named(t, d.Engines, "docker").State).To(gomega.Equal(Optional), "another one does it")
}

func TestANodeImageThatIsGoneIsMissed(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	m.podman(t, "another")
	m.prepared(t, nodeImage)
	kind := named(t, examined(t, assets.Auto).Providers, "kind")
	g.Expect(kind.Detail).To(gomega.Equal("there is no node image: " + nodeImage + " is not in the store of podman"))
	g.Expect(kind.Remedy).To(gomega.Equal("`make prepare PROVIDER=kind`"))
}

func TestAProgramThatDoesNotRunIsSaidSo(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	m.prepared(t, "")
	made, err := assets.Load(assets.Want{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	m.write(t, made.Helm(), "#!/bin/sh\nexit 3\n")
	helm := named(t, examined(t, assets.Auto).Prepared, "helm")
	g.Expect(helm.State).To(gomega.Equal(Missing))
	g.Expect(helm.Detail).To(gomega.Equal("running helm version --short: exit status 3"))
}

func TestAClusterOfTheUsersThatDoesNotAnswerIsSaidSo(t *testing.T) {
	g := gomega.NewWithT(t)
	m := bare(t)
	config := filepath.Join(m.source, "config")
	m.write(t, config, `{apiVersion: v1, kind: Config, current-context: here, contexts: [{name: here, context: {cluster: here, user: me}}],
clusters: [{name: here, cluster: {server: "https://127.0.0.1:1"}}], users: [{name: me, user: {token: secret}}]}`)
	t.Setenv("KUBECONFIG", config)
	check := named(t, examined(t, assets.Auto).Providers, "existing")
	g.Expect(check.State).To(gomega.Equal(Missing))
	g.Expect(check.Detail).To(gomega.HavePrefix(`using context "here" at https://127.0.0.1:1: is the cluster running?`))
}

func TestATableFitsIntoEightyColumns(t *testing.T) {
	m := bare(t)
	bareText := written(examined(t, assets.Auto))
	m.podman(t, nodeImage)
	m.prepared(t, nodeImage)
	for _, text := range []string{bareText, written(examined(t, assets.Auto))} {
		for line := range strings.Lines(text) {
			gomega.NewWithT(t).Expect(runewidth.StringWidth(strings.TrimRight(line, "\n"))).To(gomega.Or(
				gomega.BeNumerically("<=", columns.Width), gomega.Satisfy(func(int) bool { return strings.Count(strings.TrimSpace(line), " ") == 0 })), line)
		}
	}
}

func written(d Diagnosis) string {
	var out bytes.Buffer
	d.Text(&out)
	return out.String()
}

func TestATableShowsWhatIsMissingWithTheCommandThatMendsIt(t *testing.T) {
	d := Diagnosis{
		Asked:     assets.Auto,
		Providers: []Check{{Name: "kind", State: Missing, Detail: "there is no node image: none was prepared: podman: not installed", Remedy: "`make engine PROVIDER=kind`"}},
		Engines:   []Check{{Name: "podman", State: Missing, Detail: "one line\nand another", Remedy: "install podman"}, {Name: "docker", State: Optional, Detail: "not installed"}},
		Prepared:  []Check{{Name: "helm", State: Missing, Detail: "gone", Remedy: "`make prepare`"}, {Name: "kubectl", State: Missing, Detail: "gone", Remedy: "`make prepare`"}},
		Machine:   []Check{{Name: "disk", State: OK, Detail: "61.0 GB free"}},
	}
	gomega.NewWithT(t).Expect(written(d)).To(gomega.Equal(`Providers: where clusters come from
MISSING  kind             there is no node image: none was prepared: podman: not
                          installed
         to do: ` + "`make engine PROVIDER=kind`" + `

Container engines: what nodes of kind run in
MISSING  podman           one line
                          and another
         to do: install podman
-        docker           not installed

Prepared: what ` + "`make prepare`" + ` has made
MISSING  helm             gone
MISSING  kubectl          gone
         to do: ` + "`make prepare`" + `

This machine
ok       disk             61.0 GB free

NOT READY: no provider can be used here; see above what to do
`))
}

func TestTheSchemaIsCurrent(t *testing.T) {
	g := gomega.NewWithT(t)
	schema, err := Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	path := filepath.Join("testdata", "doctor.schema.json")
	if *update {
		//nolint:gosec // It is a file of the source tree.
		g.Expect(os.WriteFile(path, schema, 0o644)).To(gomega.Succeed())
	}
	want, err := os.ReadFile(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(schema)).To(gomega.Equal(string(want)), "write it anew with go test . -update")
}

func TestADiagnosisKeepsToItsSchema(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	compiler := jsonschema.NewCompiler()
	g.Expect(compiler.AddResource("doctor.json", document)).To(gomega.Succeed())
	schema, err := compiler.Compile("doctor.json")
	g.Expect(err).ToNot(gomega.HaveOccurred())

	bare(t)
	said, err := examined(t, assets.Auto).JSON()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(said))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(schema.Validate(value)).To(gomega.Succeed())
	broken, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.Replace(said, []byte(`"missing"`), []byte(`"gone"`), 1)))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(schema.Validate(broken)).ToNot(gomega.Succeed())
}

func TestNobodyIsWaitedForWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		never := make(chan struct{})
		defer close(never)
		err := within(t.Context(), time.Millisecond, func(context.Context) error {
			<-never
			return nil
		}, func(err error) error { return err })
		g.Expect(err).To(gomega.MatchError("no answer within 1ms"))
	})
}

func TestALookThatIsGivenUpCleansUpFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		clean := false
		err := within(t.Context(), time.Millisecond, func(ctx context.Context) error {
			<-ctx.Done()
			<-time.After(grace / 2)
			clean = true
			return ctx.Err()
		}, func(err error) error { return err })
		g.Expect(err).To(gomega.MatchError("no answer within 1ms"))
		g.Expect(clean).To(gomega.BeTrueBecause("it has the time"))
	})
}

func TestAnExaminationCanBeCancelled(t *testing.T) {
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	bare(t)
	_, err := Examine(ctx, framework.Settings{})
	g.Expect(err).To(gomega.MatchError(context.Canceled))
}

func TestTheCompilerMustBeRecent(t *testing.T) {
	g := gomega.NewWithT(t)
	for version, good := range map[string]bool{"go1.26": true, "go1.26.8": true, "go1.27rc1": true, "go2.0": true, "devel go1.27-abc": true, "go1.25.9": false, "go1.3": false, "": false} {
		g.Expect(recent(version)).To(gomega.Equal(good), version)
	}
	mod, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "go.mod"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(mod)).To(gomega.ContainSubstring(fmt.Sprintf("\ngo %d.%d.", goMajor, goMinor)), "that version is ours")
}

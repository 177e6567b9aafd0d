package images

import (
	"archive/tar"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/jsondoc"
	"seatrial/tools/internal/columns"
)

var update = flag.Bool("update", false, "write the golden files anew")

const nodeImage = "localhost/seatrial/node:v1.37.2-000000000000"

// machine is one with a source tree, a cache of its own, and a podman that writes down what it is asked.
type machine struct {
	*gomega.WithT
	t                       *testing.T
	bin, source, cache, log string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{gomega.NewWithT(t), t, t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "cache"), filepath.Join(t.TempDir(), "log")}
	for name, value := range map[string]string{"PATH": m.bin + ":/usr/bin:/bin", "SEATRIAL_CACHE": m.cache, "HOME": t.TempDir(), "TMPDIR": t.TempDir(), "CONTAINERS_CONF": ""} {
		t.Setenv(name, value)
	}
	for name, content := range map[string]string{
		"go.mod": "module seatrial\n", "go.sum": "", "tools/distro/a.go": "package a\n", "tools/nodeimage/a.go": "package a\n",
		"tools/guestbook/a.go": "package a\n", "e2e/framework/image/a.go": "package a\n",
	} {
		m.write(filepath.Join(m.source, name), content, 0o600)
	}
	m.podman()
	t.Chdir(m.source)
	return m
}

// moves to another machine of the same kind: nothing is prepared there.
func (m *machine) moves() {
	m.t.Helper()
	m.cache = filepath.Join(m.t.TempDir(), "cache")
	m.t.Setenv("SEATRIAL_CACHE", m.cache)
	m.podman()
}

func (m *machine) write(path, content string, mode os.FileMode) {
	m.t.Helper()
	m.Expect(os.MkdirAll(filepath.Dir(path), 0o700)).To(gomega.Succeed())
	m.Expect(os.WriteFile(path, []byte(content), mode)).To(gomega.Succeed())
}

// podman is an engine that can run nodes, and has the node image and an older one.
func (m *machine) podman() {
	m.t.Helper()
	m.write(filepath.Join(m.bin, "podman"), `#!/bin/sh
echo "$*" >> `+m.log+`
case "$*" in
--version) echo podman version 4.3.1 ;;
info*) echo '{"host":{"cgroupVersion":"v1","security":{"rootless":false}}}' ;;
"network inspect"*) echo true ;;
wait*) echo 0 ;;
logs*) echo seatrial ;;
"image inspect --format {{.Id}} {{.Size}} localhost/seatrial/node:"*) echo 0123456789abcdef 769000000 ;;
"image inspect"*) exit 1 ;;
"images --format {{.Repository}}:{{.Tag}}") printf '%s\n' `+nodeImage+` localhost/seatrial/node:v1.36.1-111111111111 docker.io/library/alpine:3 ;;
"save -o "*) echo the node image > "$3" ;;
"load -i "*) cat "$3" >> `+m.log+` ;;
esac
`, 0o700)
}

// asked is what podman was asked to do with images.
func (m *machine) asked(word string) []string {
	m.t.Helper()
	content, err := os.ReadFile(m.log)
	m.Expect(err).ToNot(gomega.HaveOccurred())
	var all []string
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, word) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// prepares does what "make prepare" does.
func (m *machine) prepares() assets.Assets {
	m.t.Helper()
	dir := m.t.TempDir()
	for name, content := range map[string]string{"embedded": "both", "kubectl": "both", "helm": "helm", "redis-server": "redis", "redis/lib/libc.so": "libc"} {
		m.write(filepath.Join(dir, "bin", name), content, 0o700)
	}
	made := assets.Assets{
		Kubernetes: "v1.37.2", EmbeddedKubernetes: "v1.37.2", Engine: "podman", NodeImage: nodeImage, Bin: filepath.Join(dir, "bin"),
		Images: []string{filepath.Join(dir, "guestbook.tar")},
	}
	m.archive(made.Images[0])
	m.Expect(made.Save(assets.Want{})).To(gomega.Succeed())
	return made
}

// archive writes one of images, as far as its list.
func (m *machine) archive(path string) {
	m.t.Helper()
	list := `[{"Config":"sha256:00112233445566778899","RepoTags":["localhost/seatrial/guestbook:v1"]}]`
	var out bytes.Buffer
	to := tar.NewWriter(&out)
	m.Expect(to.WriteHeader(&tar.Header{Name: "layer.tar", Size: 1, Mode: 0o600})).To(gomega.Succeed())
	_, err := to.Write([]byte("x"))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(to.WriteHeader(&tar.Header{Name: "manifest.json", Size: int64(len(list)), Mode: 0o600})).To(gomega.Succeed())
	_, err = to.Write([]byte(list))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(to.Close()).To(gomega.Succeed())
	m.write(path, out.String(), 0o600)
}

func (m *machine) survey(want assets.Want) Inventory {
	m.t.Helper()
	v, err := Survey(m.t.Context(), want)
	m.Expect(err).ToNot(gomega.HaveOccurred())
	return v
}

func (v Inventory) states() map[string]State {
	all := map[string]State{}
	for _, item := range v.Items {
		all[item.Name] = item.State
	}
	return all
}

func TestWhatIsPreparedIsListedWithWhatItWeighsAndIsKnownBy(t *testing.T) {
	m := newMachine(t)
	m.prepares()
	v := m.survey(assets.Want{})
	m.Expect(v.states()).To(gomega.Equal(map[string]State{
		nodeImage: Current, "localhost/seatrial/node:v1.36.1-111111111111": Stale, "localhost/seatrial/guestbook:v1": Current,
		"embedded": Current, "helm": Current, "kubectl": Current,
	}))
	m.Expect(v.Complete()).To(gomega.Equal(true))
	m.Expect(v.Items[0]).To(gomega.Equal(Item{
		Kind: NodeImage, Name: nodeImage, Place: "podman", Bytes: 769000000, Digest: "sha256:0123456789abcdef", State: Current,
	}))
	var out bytes.Buffer
	v.Text(&out)
	m.Expect(out.String()).To(gomega.ContainSubstring("current  node image       " + nodeImage + "\n                          769 MB, sha256:0123456789ab, in the store of podman\n"))
	m.Expect(out.String()).To(gomega.ContainSubstring("to do: `podman rmi localhost/seatrial/node:v1.36.1-111111111111` "))
	for line := range strings.Lines(out.String()) {
		m.Expect(runewidth.StringWidth(strings.TrimRight(line, "\n"))).To(gomega.BeNumerically("<=", columns.Width), line)
	}
}

func TestWhatIsMissingHasTheCommandThatMendsIt(t *testing.T) {
	m := newMachine(t)
	v := m.survey(assets.Want{})
	m.Expect(v.Complete()).To(gomega.Equal(false))
	var out bytes.Buffer
	v.Text(&out)
	m.Expect(out.String()).To(gomega.ContainSubstring("make prepare"))
	m.Expect(out.String()).To(gomega.ContainSubstring("seatrial images load FILE"))
	m.Expect(out.String()).To(gomega.HaveSuffix("NOT COMPLETE: 3 missing, 0 current, 2 stale\n"))

	made := m.prepares()
	made.NodeImage, made.Engine, made.Images, made.WithoutNodes = "", "", nil, "podman: not installed"
	m.Expect(made.Save(assets.Want{})).To(gomega.Succeed())
	m.Expect(m.survey(assets.Want{}).Complete()).To(gomega.Equal(true), "without nodes there is provider embedded")
	m.Expect(m.survey(assets.Want{Provider: assets.Kind}).Complete()).To(gomega.Equal(false))
}

func (m *machine) saves(want assets.Want) string {
	m.t.Helper()
	to := filepath.Join(m.t.TempDir(), "seatrial.tar")
	_, err := Save(m.t.Context(), want, to, func(string) {})
	m.Expect(err).ToNot(gomega.HaveOccurred())
	return to
}

func TestAnotherMachineHasWhatWasSaved(t *testing.T) {
	m := newMachine(t)
	m.prepares()
	archive := m.saves(assets.Want{})
	m.moves()

	loaded, err := Load(t.Context(), assets.Want{}, archive, func(string) {})
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(loaded.Elsewhere).To(gomega.Equal(false))
	m.Expect(m.asked("the node image")).To(gomega.HaveLen(1), "podman has it in its store")
	for _, where := range []string{m.source, t.TempDir()} {
		t.Chdir(where)
		for _, want := range []assets.Want{{}, {Provider: assets.Kind}, {Provider: assets.Embedded}} {
			prepared, err := assets.Load(want)
			m.Expect(err).ToNot(gomega.HaveOccurred())
			m.Expect(prepared).To(gomega.Equal(loaded.Assets))
		}
	}
	content, err := os.ReadFile(filepath.Join(loaded.Assets.Bin, "redis", "lib", "libc.so"))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(string(content)).To(gomega.Equal("libc"))
	info, err := os.Stat(loaded.Assets.Kubectl())
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(info.Mode().Perm()).To(gomega.Equal(os.FileMode(0o700)), "it can be run")
	m.Expect(m.survey(assets.Want{}).Complete()).To(gomega.Equal(true))
	m.Expect(filepath.Glob(filepath.Join(m.cache, "parts", "*.unfinished"))).To(gomega.BeEmpty())

	_, err = Load(t.Context(), assets.Want{}, archive, func(string) {})
	m.Expect(err).ToNot(gomega.HaveOccurred(), "twice is as good as once")
}

func TestWithoutNodesNoEngineIsAsked(t *testing.T) {
	m := newMachine(t)
	m.prepares()
	whole, light := m.saves(assets.Want{}), m.saves(assets.Want{Provider: assets.Embedded})
	for _, archive := range []string{whole, light} {
		m.moves()
		m.Expect(os.WriteFile(m.log, nil, 0o600)).To(gomega.Succeed())
		loaded, err := Load(t.Context(), assets.Want{Provider: assets.Embedded}, archive, func(string) {})
		m.Expect(err).ToNot(gomega.HaveOccurred())
		m.Expect(m.asked("")).To(gomega.BeEmpty())
		m.Expect(loaded.Assets.NodeImage).To(gomega.BeEmpty())
		m.Expect(assets.Load(assets.Want{Provider: assets.Embedded})).To(gomega.Equal(loaded.Assets))
	}
	m.moves()
	_, err := Load(t.Context(), assets.Want{Provider: assets.Kind}, light, func(string) {})
	m.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("it has no node image: it was saved for provider embedded")))
}

func TestInAnotherSourceTreeItIsSaidThatItIsNotTaken(t *testing.T) {
	m := newMachine(t)
	m.prepares()
	archive := m.saves(assets.Want{Provider: assets.Embedded})
	m.moves()
	m.write(filepath.Join(m.source, "tools", "distro", "a.go"), "package a // Changed.\n", 0o600)
	loaded, err := Load(t.Context(), assets.Want{Provider: assets.Embedded}, archive, func(string) {})
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(loaded.Elsewhere).To(gomega.Equal(true))
}

func TestADamagedArchiveIsRefusedAndLeavesNothing(t *testing.T) {
	m := newMachine(t)
	m.prepares()
	whole, err := os.ReadFile(m.saves(assets.Want{}))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.moves()
	libc := bytes.LastIndex(whole, []byte("libc"))
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"nothing":           {nil, "it is no archive of `seatrial images save`"},
		"something else":    {[]byte(strings.Repeat("any text at all\n", 100)), "it is no archive of `seatrial images save`"},
		"a half":            {whole[:libc], "it ends in the middle: it was not copied whole"},
		"another content":   {append(append(bytes.Clone(whole[:libc]), "evil"...), whole[libc+4:]...), "the archive is damaged"},
		"another processor": {bytes.Replace(whole, []byte(`"arch": "`), []byte(`"arch": "_`), 1)[:len(whole)], "save it on a machine of the same kind"},
		"a later version":   {bytes.Replace(whole, []byte("carried-images/v1"), []byte("carried-images/v9"), 1), "save it with the same seatrial"},
		"a way out":         {bytes.Replace(whole, []byte(`"bin/redis/lib/libc.so"`), []byte(`"bin/../../../libc.so"`+" "), 1), "which is none of ours"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			path := filepath.Join(t.TempDir(), "x.tar")
			g.Expect(os.WriteFile(path, c.content, 0o600)).To(gomega.Succeed())
			_, err := Load(t.Context(), assets.Want{}, path, func(string) {})
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(c.says)))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(path)))
			_, err = assets.Load(assets.Want{})
			g.Expect(err).To(gomega.MatchError(assets.ErrNotPrepared))
			g.Expect(filepath.Glob(filepath.Join(m.cache, "parts", "*"))).To(gomega.BeEmpty())
		})
	}
}

func TestTheSchemaIsCurrentAndFits(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("testdata", "images.schema.json"))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	m := newMachine(t)
	m.prepares()
	v := m.survey(assets.Want{})
	schema, err := Schema()
	m.Expect(err).ToNot(gomega.HaveOccurred())
	if *update {
		m.Expect(os.WriteFile(path, schema, 0o600)).To(gomega.Succeed())
	}
	golden, err := os.ReadFile(path)
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(string(golden)).To(gomega.Equal(string(schema)), "write it anew with go test . -update")

	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	compiler := jsonschema.NewCompiler()
	m.Expect(compiler.AddResource("images.json", document)).To(gomega.Succeed())
	compiled, err := compiler.Compile("images.json")
	m.Expect(err).ToNot(gomega.HaveOccurred())
	content, err := jsondoc.Write(v)
	m.Expect(err).ToNot(gomega.HaveOccurred())
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	m.Expect(err).ToNot(gomega.HaveOccurred())
	m.Expect(compiled.Validate(value)).To(gomega.Succeed())
}

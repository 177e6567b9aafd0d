package assets

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/engine"
)

// source makes a source tree with what Sources names, and works in it.
func source(t *testing.T) (root string) {
	t.Helper()
	g := gomega.NewWithT(t)
	root, err := filepath.EvalSymlinks(t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	write(t, root, map[string]string{
		"go.mod":                                  "module seatrial\n",
		"go.sum":                                  "",
		"tools/distro/go.mod":                     "module seatrial/tools/distro\n\nrequire k8s.io/kubernetes v1.37.2\n",
		"tools/distro/podnet/podnet.go":           "package podnet\n",
		"tools/nodeimage/main.go":                 "package main\n",
		"tools/guestbook/main.go":                 "package main\n",
		"e2e/framework/image/image.go":            "package image\n",
		"tools/distro/podnet/testdata/golden.txt": "a golden file\n",
	})
	t.Chdir(root)
	return root
}

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	g := gomega.NewWithT(t)
	for name, content := range files {
		at := filepath.Join(root, filepath.FromSlash(name))
		g.Expect(os.MkdirAll(filepath.Dir(at), 0o700)).To(gomega.Succeed())
		g.Expect(os.WriteFile(at, []byte(content), 0o600)).To(gomega.Succeed())
	}
}

// prepared makes the files that assets are about.
func prepared(t *testing.T) Assets {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, map[string]string{"bin/embedded": "", "bin/helm": "", "bin/kubectl": "", "bin/redis-server": "", "images/guestbook.tar": "", "images/redis.tar": ""})
	return Assets{
		Kubernetes: "v1.37.2", EmbeddedKubernetes: "v1.37.2", Engine: "podman", NodeImage: "localhost/seatrial/node:v1", Bin: filepath.Join(dir, "bin"),
		Images: []string{filepath.Join(dir, "images", "guestbook.tar"), filepath.Join(dir, "images", "redis.tar")},
	}
}

// record is the file that says what was prepared.
func record(t *testing.T, root string, w Want) string {
	t.Helper()
	all, err := w.records(root)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return all[0]
}

func TestWhatWasPreparedIsFoundAgain(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	cache := filepath.Join(t.TempDir(), "new", "cache")
	t.Setenv("SEATRIAL_CACHE", cache)
	made := prepared(t)

	_, err := Load(Want{})
	g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("run `make prepare`")))

	g.Expect(made.Save(Want{})).To(gomega.Succeed())
	g.Expect(Load(Want{})).To(gomega.Equal(made))
	g.Expect(Load(Want{Engine: "auto"})).To(gomega.Equal(made), "no engine in particular is auto")
	t.Chdir(filepath.Join(root, "tools", "distro", "podnet"))
	g.Expect(Load(Want{})).To(gomega.Equal(made), "wherever in the tree one works")
	records, err := os.ReadDir(filepath.Join(cache, "prepared"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(records).To(gomega.HaveLen(1), "and no draft is left")
}

func TestAChangedSourceIsNotPrepared(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	made := prepared(t)
	g.Expect(made.Save(Want{})).To(gomega.Succeed())

	write(t, root, map[string]string{"tools/distro/podnet/podnet_test.go": "package podnet\n"})
	g.Expect(Load(Want{})).To(gomega.Equal(made), "a test changes nothing")

	write(t, root, map[string]string{"tools/distro/podnet/podnet.go": "package podnet // Changed.\n"})
	_, err := Load(Want{})
	g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
}

func TestAFileThatIsGoneIsNamed(t *testing.T) {
	for _, gone := range []func(Assets) string{Assets.Embedded, Assets.Helm, Assets.Kubectl, Assets.RedisServer, func(a Assets) string { return a.Images[1] }} {
		g := gomega.NewWithT(t)
		source(t)
		t.Setenv("SEATRIAL_CACHE", t.TempDir())
		made := prepared(t)
		g.Expect(made.Save(Want{})).To(gomega.Succeed())
		g.Expect(os.Remove(gone(made))).To(gomega.Succeed())

		_, err := Load(Want{})

		g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("(%q is gone)", gone(made))))
	}
}

func TestARecordThatCannotBeReadIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	g.Expect(prepared(t).Save(Want{})).To(gomega.Succeed())
	at := record(t, root, Want{})
	g.Expect(os.WriteFile(at, []byte("{"), 0o600)).To(gomega.Succeed())

	_, err := Load(Want{})

	g.Expect(err).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("reading what was prepared in %q", at), gomega.ContainSubstring("run `make prepare` again"))))
}

func TestARecordThatCannotBeWrittenLeavesNoDraft(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	cache := t.TempDir()
	t.Setenv("SEATRIAL_CACHE", cache)
	at := record(t, root, Want{})
	g.Expect(os.MkdirAll(filepath.Join(at, "in the way"), 0o700)).To(gomega.Succeed())

	g.Expect(prepared(t).Save(Want{})).To(gomega.MatchError(gomega.HavePrefix("recording what was prepared: ")))

	left, err := os.ReadDir(filepath.Join(cache, "prepared"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(left).To(gomega.HaveLen(1))
}

func TestTheCacheIsWhereTheUserWantsIt(t *testing.T) {
	g := gomega.NewWithT(t)
	work, err := filepath.EvalSymlinks(t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Chdir(work)
	t.Setenv("SEATRIAL_CACHE", "here")
	g.Expect(Cache()).To(gomega.Equal(filepath.Join(work, "here")))

	t.Setenv("SEATRIAL_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "/home/me")
	g.Expect(Cache()).To(gomega.HavePrefix("/home/me/"))
	g.Expect(Cache()).To(gomega.HaveSuffix("/seatrial"))

	t.Setenv("HOME", "")
	_, err = Cache()
	g.Expect(err).To(gomega.MatchError(gomega.HaveSuffix("set HOME or SEATRIAL_CACHE")))
}

func TestTheSourceTreeIsFoundFromAnywhereInIt(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	for _, dir := range []string{".", "tools", "tools/distro", "tools/distro/podnet"} {
		t.Chdir(filepath.Join(root, dir))
		g.Expect(Root()).To(gomega.Equal(root), "from %q, which may be in a module of its own", dir)
	}
	for _, mod := range []string{"// A comment first.\nmodule seatrial\n", "module seatrial\r\n\r\ngo 1.26\r\n", "module\tseatrial // With a remark.\n", "module seatrial"} {
		write(t, root, map[string]string{"go.mod": mod})
		g.Expect(Root()).To(gomega.Equal(root), mod)
	}
	for _, mod := range []string{"module seatrials\n", "module example.com/seatrial\n", "// module seatrial\n", ""} {
		write(t, root, map[string]string{"go.mod": mod})
		_, err := Root()
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no go.mod of module seatrial in this folder or above it")), mod)
	}
}

func TestThisSourceTreeIsOne(t *testing.T) {
	g := gomega.NewWithT(t)
	root, err := Root()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(filepath.Join(root, "e2e", "framework", "assets", "assets.go")).To(gomega.BeARegularFile())
	for _, name := range Sources() {
		g.Expect(filepath.Join(root, name)).To(gomega.BeAnExistingFile())
	}
	version, err := DistroVersion(root, "k8s.io/kubernetes")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(version).To(gomega.HavePrefix("v1."))
	g.Expect(strings.TrimSpace(version)).To(gomega.Equal(version))
}

// Whoever has prepared for nodes need not prepare again to do without them, but the other
// way round there is something missing.
func TestWhatIsPreparedForNodesIsEnoughWithoutThem(t *testing.T) {
	g := gomega.NewWithT(t)
	source(t)
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	full := prepared(t)
	light := prepared(t)
	light.NodeImage, light.Engine, light.Images, light.WithoutNodes = "", "", nil, "nobody wants them"
	g.Expect(os.Remove(light.RedisServer())).To(gomega.Succeed(), "it is only needed for tests")

	for _, provider := range []string{Embedded, Existing} {
		_, err := Load(Want{Provider: provider})
		g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
	}
	g.Expect(full.Save(Want{})).To(gomega.Succeed())
	g.Expect(Load(Want{Provider: Embedded})).To(gomega.Equal(full))
	g.Expect(Load(Want{Provider: Kind})).To(gomega.Equal(full), "auto and kind are prepared alike")

	g.Expect(light.Save(Want{Provider: Embedded})).To(gomega.Succeed())
	g.Expect(Load(Want{Provider: Embedded})).To(gomega.Equal(light))
	g.Expect(Load(Want{Provider: Existing, Engine: "docker", NodeImage: "any"})).To(gomega.Equal(light), "what it does not need, it does not ask for")
	g.Expect(Load(Want{})).To(gomega.Equal(full))
}

func TestTheEnginesSettingsAreInTheCacheFolder(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := t.TempDir()
	t.Setenv("SEATRIAL_CACHE", cache)
	t.Setenv("PATH", t.TempDir())
	_, err := FindEngine(t.Context(), engine.Options{Want: "docker"})
	_, unusable := errors.AsType[*engine.NotUsableError](err)
	g.Expect(unusable).To(gomega.Equal(true))
	g.Expect(filepath.Join(cache, "engine")).To(gomega.BeADirectory())

	dir := filepath.Join(t.TempDir(), "elsewhere")
	_, err = FindEngine(t.Context(), engine.Options{Want: "docker", Dir: dir})
	g.Expect(err).To(gomega.HaveOccurred())
	g.Expect(dir).To(gomega.BeADirectory())
}

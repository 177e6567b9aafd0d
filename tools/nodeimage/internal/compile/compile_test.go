package compile

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// module writes a module with a program in each of its folders.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	files["go.mod"] = "module example.com/tiny/v2\n\ngo 1.24\n"
	for name, content := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		g.Expect(os.MkdirAll(filepath.Dir(at), 0o700)).To(gomega.Succeed())
		g.Expect(os.WriteFile(at, []byte(content), 0o600)).To(gomega.Succeed())
	}
	return dir
}

const hello = `package main

import "os"

var version = "unknown"

func main() { os.Stdout.WriteString("hello " + version) }
`

func TestProgramsAreBuiltUnderTheirNames(t *testing.T) {
	g := gomega.NewWithT(t)
	type count struct{ done, total int }
	var counts []count
	build := Build{
		Module: module(t, map[string]string{
			// With the time in it, it is new to the compiler's cache, and counted.
			"main.go":                fmt.Sprintf("// Command tiny was written at %d.\n%s", time.Now().UnixNano(), hello),
			"cmd/one/main.go":        "// Command one is in a folder.\n" + hello,
			"cmd/two/v3/main.go":     "// Command two is in a folder that looks like a version.\n" + hello,
			"cmd/one/tagged_here.go": "//go:build here\n\npackage main\n\nfunc init() { version = \"with the tag\" }\n",
		}),
		Programs: []Program{{"example.com/tiny/v2", "root"}, {"./cmd/one", "one"}, {"example.com/tiny/v2/cmd/two/v3", "another"}},
		LDFlags:  "-s -w -X main.version=v1.2.3",
		Tags:     []string{"here", "there"},
		Progress: func(done, total int) { counts = append(counts, count{done, total}) },
	}
	t.Setenv("GOFLAGS", "-this-flag=is-not-one")
	dir := t.TempDir()

	g.Expect(build.Into(t.Context(), dir)).To(gomega.Succeed())

	for name, says := range map[string]string{"root": "hello v1.2.3", "another": "hello v1.2.3", "one": "hello with the tag"} {
		said, err := exec.CommandContext(t.Context(), filepath.Join(dir, name)).Output()
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(string(said)).To(gomega.Equal(says), name)
	}
	entries, err := os.ReadDir(dir)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(entries).To(gomega.HaveLen(3))
	g.Expect(counts).ToNot(gomega.BeEmpty())
	for i, seen := range counts {
		g.Expect(seen.done).To(gomega.Equal(i+1), "counted one by one")
		g.Expect(seen.done).To(gomega.BeNumerically("<=", seen.total))
		g.Expect(seen.total).To(gomega.Equal(counts[0].total))
	}
}

func TestTheSameSourceMakesTheSameBinary(t *testing.T) {
	g := gomega.NewWithT(t)
	var built []string
	for range 2 { // In two folders, whose names must not be in it.
		dir := t.TempDir()
		build := Build{Module: module(t, map[string]string{"main.go": hello}), Programs: []Program{{".", "tiny"}}}
		build.Programs[0].Package = "example.com/tiny/v2"
		g.Expect(build.Into(t.Context(), dir)).To(gomega.Succeed())
		content, err := os.ReadFile(filepath.Join(dir, "tiny"))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		built = append(built, string(content))
	}
	if built[0] != built[1] {
		t.Error("two builds of one source differ")
	}
}

func TestWhatTheCompilerSaysIsInTheError(t *testing.T) {
	for _, test := range []struct{ name, file, content, step, says string }{
		{"a type", "main.go", "package main\n\nfunc main() { var x int = \"no\" }\n", "compiling tiny: exit status 1", "cannot use \"no\""},
		{"an import", "main.go", "package main\n\nimport _ \"example.com/not/there\"\n\nfunc main() {}\n", "listing the packages of tiny: exit status 1", "example.com/not/there"},
		{"no program", "lib/lib.go", "package lib\n", "listing the packages of tiny", "cannot find module providing package"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			build := Build{Module: module(t, map[string]string{test.file: test.content}), Programs: []Program{{"example.com/tiny/v2", "tiny"}}}
			t.Setenv("GOPROXY", "off")
			err := build.Into(t.Context(), t.TempDir())
			g.Expect(err).To(gomega.MatchError(gomega.And(gomega.HavePrefix(test.step), gomega.ContainSubstring(test.says))))
		})
	}
}

func TestAnInterruptEndsABuildAndSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	ctx, interrupt := context.WithCancel(t.Context())
	files := map[string]string{"main.go": hello}
	for i := range 40 { // New to the compiler's cache each time.
		name := fmt.Sprintf("part%d", i)
		files[name+"/part.go"] = fmt.Sprintf("package %s\n\nconst Born = %d\n", name, time.Now().UnixNano())
		files["import_"+name+".go"] = fmt.Sprintf("package main\n\nimport _ \"example.com/tiny/v2/%s\"\n", name)
	}
	build := Build{Module: module(t, files), Programs: []Program{{"example.com/tiny/v2", "tiny"}}}
	var start time.Time // What comes before takes as long as the machine is busy, and compiles the standard library if need be.
	build.Progress = func(int, int) {
		if start.IsZero() {
			start = time.Now()
			interrupt()
		}
	}
	dir := t.TempDir()

	err := build.Into(ctx, dir)

	g.Expect(err).To(gomega.MatchError("compiling tiny: stopped: context canceled"))
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", settle+10*time.Second))
	g.Expect(build.Into(ctx, dir)).To(gomega.MatchError("listing the packages of tiny: stopped: context canceled"))
}

func TestWithoutACompilerTheErrorNamesIt(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("PATH", t.TempDir())
	build := Build{Module: t.TempDir(), Programs: []Program{{".", "tiny"}}}
	g.Expect(build.Into(t.Context(), t.TempDir())).To(gomega.MatchError(gomega.ContainSubstring(`"go": executable file not found`)))
}

func TestBinaryIsNamedAsTheCompilerDoes(t *testing.T) {
	for importPath, name := range map[string]string{
		"./cmd/kube":                "kube",
		"tiny":                      "tiny",
		"v2":                        "v2",
		"go.etcd.io/etcd/server/v3": "server",
		"helm.sh/helm/v3/cmd/helm":  "helm",
		"example.com/tiny/v1":       "v1",
		"example.com/tiny/v02":      "v02",
		"example.com/v10":           "example.com",
		"example.com/tiny/v":        "v",
		"example.com/tiny/v2x":      "v2x",
		"github.com/containerd/containerd/v2/cmd/ctr":        "ctr",
		"github.com/rancher/local-path-provisioner":          "local-path-provisioner",
		"github.com/containernetworking/plugins/ipam/v1beta": "v1beta",
	} {
		t.Run(importPath, func(t *testing.T) {
			gomega.NewWithT(t).Expect(binary(importPath)).To(gomega.Equal(name))
		})
	}
}

func TestTheListenerTellsPackagesFromComplaints(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		var text strings.Builder
		var complaints []string
		packages := 0
		for range rapid.IntRange(0, 20).Draw(rt, "lines") {
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				packages++
				text.WriteString(rapid.StringMatching(`[a-z]{1,5}(\.[a-z]{2})?(/[a-z0-9-]{1,9}){0,4}`).Draw(rt, "package") + "\n")
			case 1:
				text.WriteString("go: downloading example.com/tiny v1.0.0\n")
			case 2:
				complaint := "# " + rapid.StringMatching(`[a-z]{1,9}`).Draw(rt, "heading")
				complaints = append(complaints, complaint)
				text.WriteString(complaint + "\n")
			default:
				// Longer than any buffer that a reader of lines may have.
				complaint := "./main.go:3:5: " + strings.Repeat("x", rapid.IntRange(1, 100_000).Draw(rt, "length"))
				complaints = append(complaints, complaint)
				text.WriteString(complaint + "\n")
			}
		}
		unended := rapid.SampledFrom([]string{"", "signal: killed"}).Draw(rt, "unended")
		if unended != "" {
			complaints = append(complaints, unended)
		}
		last := 0
		heard := &listener{total: 7, progress: func(done, _ int) { last = done }}
		for rest := text.String() + unended; rest != ""; {
			size := min(len(rest), rapid.IntRange(1, 70_000).Draw(rt, "size"))
			written, err := heard.Write([]byte(rest[:size]))
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(written).To(gomega.Equal(size))
			rest = rest[size:]
		}
		g.Expect(last).To(gomega.Equal(packages))
		if heard.said() != strings.Join(complaints, "\n") {
			rt.Error("not every complaint is kept, or not in order")
		}
	})
}

// A part is made again when one of its inputs changes, and in another checkout it is not.
func TestEverythingThatDecidesWhatIsBuiltIsAmongTheInputs(t *testing.T) {
	g := gomega.NewWithT(t)
	build := Build{Module: "/here", Programs: []Program{{"./cmd/one", "one"}}, LDFlags: "-s", Tags: []string{"tag"}}
	elsewhere := build
	elsewhere.Module, elsewhere.Progress = "/there", func(int, int) {}
	g.Expect(elsewhere.Inputs()).To(gomega.Equal(build.Inputs()))
	for name, change := range map[string]func(b *Build){
		"another program": func(b *Build) { b.Programs = []Program{{"./cmd/two", "one"}} },
		"another name":    func(b *Build) { b.Programs = []Program{{"./cmd/one", "two"}} },
		"one more":        func(b *Build) { b.Programs = append(slices.Clone(b.Programs), Program{"./cmd/two", "two"}) },
		"linker flags":    func(b *Build) { b.LDFlags = "" },
		"tags":            func(b *Build) { b.Tags = nil },
	} {
		changed := build
		change(&changed)
		g.Expect(changed.Inputs()).ToNot(gomega.Equal(build.Inputs()), name)
	}
}

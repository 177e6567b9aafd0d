package node

import (
	"archive/tar"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/runid"
)

const patience = 20 * time.Second

// bench is a folder with all that a node image is made of, each file a few bytes long.
func bench(t *testing.T, f *fake) Inputs {
	t.Helper()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	in := Inputs{
		Kubernetes: "v1.37.2", Name: Repository + ":v1.37.2-test", Engine: f.Engine,
		Binaries: filepath.Join(dir, "bin"), KindFiles: filepath.Join(dir, "kind"), Work: filepath.Join(dir, "work"),
		RootFS: filepath.Join(dir, "debian.tar"), BusyBox: filepath.Join(dir, "busybox.tar"),
	}
	g.Expect(os.MkdirAll(in.Work, 0o700)).To(gomega.Succeed())
	g.Expect(os.CopyFS(in.KindFiles, kindTree())).To(gomega.Succeed())
	g.Expect(os.Mkdir(in.Binaries, 0o700)).To(gomega.Succeed())
	for _, group := range Programs() {
		for _, program := range group {
			script := "#!/bin/sh\n"
			switch program.Name {
			case "kube":
				script += "cat <<EOF\n" + listed + "EOF\n"
			case "ctr":
				script += "echo '{}'\n"
			}
			//nolint:gosec // Two of them are run.
			g.Expect(os.WriteFile(filepath.Join(in.Binaries, program.Name), []byte(script), 0o700)).To(gomega.Succeed())
		}
	}
	pack(t, in.RootFS, "usr/sbin/xtables-nft-multi", "usr/sbin/nft", "usr/sbin/conntrack", "usr/lib/x/xtables/libxt_comment.so", "var/log/dpkg.log")
	pack(t, in.BusyBox, "bin/busybox")
	return in
}

// pack makes a tar file of files with nothing but their names in them.
func pack(t *testing.T, to string, names ...string) {
	t.Helper()
	g := gomega.NewWithT(t)
	file, err := os.Create(to)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	writer := tar.NewWriter(file)
	for _, name := range names {
		g.Expect(writer.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "./" + name, Mode: 0o755, Size: int64(len(name))})).To(gomega.Succeed())
		_, err := writer.Write([]byte(name))
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}
	g.Expect(writer.Close()).To(gomega.Succeed())
	g.Expect(file.Close()).To(gomega.Succeed())
}

func TestANodeImageIsAssembledAndNothingElseIsLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	in := bench(t, f)
	var told []string
	in.Progress = func(line string) { told = append(told, line) }

	g.Expect(in.Assemble(t.Context())).To(gomega.Succeed())

	g.Expect(f.left(t, "images")).To(gomega.ConsistOf(in.Name))
	g.Expect(f.left(t, "containers")).To(gomega.BeEmpty())
	g.Expect(filepath.Join(in.Work, "engine-was-here")).To(gomega.BeAnExistingFile(), "the engine's own files go with the folder")
	g.Expect(filepath.Join(f.dir, "engine-was-here")).ToNot(gomega.BeAnExistingFile())
	g.Expect(image.Names(filepath.Join(f.dir, "imported.tar"))).To(gomega.Equal(parsed(t).all()))
	g.Expect(told).To(gomega.ContainElement("keeping the result as " + in.Name))
	g.Expect(told).ToNot(gomega.ContainElement(gomega.HavePrefix("cleaning up")))
}

func TestAFailureLeavesNothingAndSaysWhatContainerdSaid(t *testing.T) {
	for _, test := range []struct{ name, fail, says string }{
		{"loading", "load --quiet", "loading the node's file system: "},
		{"starting", "run --detach", "starting containerd to load images: "},
		{"importing", "images import", "importing the control plane's images: "},
		{"listing", "images ls", "listing the imported images: "},
		{"stopping", "stop --time", "stopping containerd: "},
		{"keeping", "commit ", "keeping the node image "},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			f := newFake(t)
			g.Expect(os.WriteFile(filepath.Join(f.dir, "fail"), []byte(test.fail), 0o600)).To(gomega.Succeed())

			err := bench(t, f).Assemble(t.Context())

			g.Expect(err).To(gomega.MatchError(gomega.And(gomega.HavePrefix(test.says), gomega.ContainSubstring("told to fail"))))
			if strings.Contains(test.fail, "images") {
				g.Expect(err).To(gomega.MatchError(gomega.HaveSuffix("containerd said:\ncontainerd: cannot go on")))
			}
			g.Expect(f.left(t, "images")).To(gomega.BeEmpty())
			g.Expect(f.left(t, "containers")).To(gomega.BeEmpty())
		})
	}
}

func TestAContainerdThatEndsIsNotWaitedFor(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	g.Expect(os.WriteFile(filepath.Join(f.dir, "fail"), []byte("ctr --namespace"), 0o600)).To(gomega.Succeed())
	g.Expect(os.WriteFile(filepath.Join(f.dir, "ended"), nil, 0o600)).To(gomega.Succeed())
	start := time.Now()

	err := bench(t, f).Assemble(t.Context())

	g.Expect(err).To(gomega.MatchError("containerd has ended in the build container\ncontainerd said:\ncontainerd: cannot go on"))
	g.Expect(time.Since(start)).To(gomega.BeNumerically("<", startTimeout/2))
}

func TestAnImageThatDoesNotArriveIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	f := newFake(t)
	in := bench(t, f)
	file, err := os.Create(filepath.Join(f.dir, "imported.tar"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(file.Close()).To(gomega.Succeed())
	err = in.check(t.Context(), []string{"exec", "container", "ctr", "images", "ls"}, []string{"localhost/a:1"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("listing the imported images")))

	built, err := image.Build(image.Spec{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(image.WriteArchive(filepath.Join(f.dir, "imported.tar"), map[string]image.Image{"localhost/b:1": built})).To(gomega.Succeed())
	err = in.check(t.Context(), []string{"exec", "container", "ctr", "images", "ls"}, []string{"localhost/b:1", "localhost/a:1"})
	g.Expect(err).To(gomega.MatchError(`the image "localhost/a:1" did not arrive in the node's store, which has localhost/b:1`))
}

func TestAnInterruptLeavesNothing(t *testing.T) {
	for _, step := range []string{"load --quiet", "run --detach", "ctr --namespace k8s.io version", "images import", "stop --time", "commit "} {
		t.Run(step, func(t *testing.T) {
			g := gomega.NewWithT(t)
			f := newFake(t)
			g.Expect(os.WriteFile(filepath.Join(f.dir, "hang"), []byte(step), 0o600)).To(gomega.Succeed())
			in := bench(t, f)
			ctx, interrupt := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- in.Assemble(ctx) }()
			hanging := filepath.Join(f.dir, "hanging")
			g.Eventually(hanging).WithContext(t.Context()).WithTimeout(patience).Should(gomega.BeAnExistingFile())
			f.container(t, buildPrefix+runid.Current().String()) // It may be there although the call did not come back.

			interrupt()

			g.Eventually(done).WithContext(t.Context()).WithTimeout(patience).Should(gomega.Receive(gomega.MatchError(context.Canceled)))
			g.Expect(f.left(t, "images")).To(gomega.BeEmpty())
			if step != "load --quiet" { // Before that there was no container.
				g.Expect(f.left(t, "containers")).To(gomega.BeEmpty())
			}
		})
	}
}

func TestAPartThatIsMissingIsNamed(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(in *Inputs) error
		says  string
	}{
		{"a program", func(in *Inputs) error { return os.Remove(filepath.Join(in.Binaries, "etcd")) }, `adding "/etcd": open `},
		{"the packet filter", func(in *Inputs) error { in.RootFS = in.BusyBox; return nil }, "collecting the packet filter's tools: looking up"},
		{"busybox", func(in *Inputs) error { in.BusyBox = in.RootFS; return nil }, `collecting busybox: looking up "/bin/busybox"`},
		{"kind's files", func(in *Inputs) error { return os.RemoveAll(in.KindFiles) }, "reading kind's containerd configuration: "},
		{"kubeadm", func(in *Inputs) error { return os.Remove(filepath.Join(in.Binaries, "kube")) }, "asking kubeadm for the images of v1.37.2: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			in := bench(t, newFake(t))
			g.Expect(test.spoil(&in)).To(gomega.Succeed())
			g.Expect(in.Assemble(t.Context())).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
		})
	}
}

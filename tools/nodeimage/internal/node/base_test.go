package node

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/image"
)

// kindTree is as much of kind's node files as a node cannot do without.
func kindTree() fstest.MapFS {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return fstest.MapFS{
		"LICENSES/README.txt":                                  file("licences"),
		"etc/containerd/config.toml":                           file("version = 2\n  restrict_oom_score_adj = false\n  sandbox_image = \"registry.k8s.io/pause:3.10\"\n"),
		"etc/systemd/system/containerd.service":                file("[Unit]\n[Install]\nWantedBy=multi-user.target\n"),
		"etc/systemd/system/kubelet.service":                   file("[Install]\nWantedBy=multi-user.target\nWantedBy=kind.target\n"),
		"etc/systemd/system/undo-mount-hacks.service":          file("[Install]\nWantedBy=sysinit.target\n"),
		"etc/systemd/system/containerd-fuse-overlayfs.service": file("[Install]\nWantedBy=multi-user.target\n"),
		"etc/systemd/system/kubelet.service.d/10-kubeadm.conf": file("[Service]\n"),
		"usr/local/bin/entrypoint":                             file("#!/bin/bash\n"),
		"kind/bin/mount-product-files.sh":                      file("#!/bin/bash\n"),
	}
}

func byPath(files []image.File) map[string]image.File {
	all := map[string]image.File{}
	for _, file := range files {
		all[file.Path] = file
	}
	return all
}

func TestKindsFilesBecomeANodesFiles(t *testing.T) {
	g := gomega.NewWithT(t)

	files, err := adapt(kindTree())

	g.Expect(err).ToNot(gomega.HaveOccurred())
	found := byPath(files)
	g.Expect(found).To(gomega.HaveLen(len(files)), "no path twice")
	g.Expect(found).ToNot(gomega.HaveKey("/LICENSES/README.txt"))
	g.Expect(found["/usr/local/bin/entrypoint"].Mode).To(gomega.Equal(os.FileMode(0o755)))
	g.Expect(found["/kind/bin/mount-product-files.sh"].Mode).To(gomega.Equal(os.FileMode(0o755)))
	g.Expect(found["/etc/systemd/system/kubelet.service"].Mode).To(gomega.BeZero())
	g.Expect(string(found["/etc/containerd/config.toml"].Data)).To(gomega.ContainSubstring("restrict_oom_score_adj = true"))
	links := map[string]string{}
	for name, file := range found {
		if file.Link != "" {
			links[name] = file.Link
		}
	}
	const units = "/etc/systemd/system/"
	g.Expect(links).To(gomega.Equal(map[string]string{
		units + "multi-user.target.wants/containerd.service":    units + "containerd.service",
		units + "multi-user.target.wants/kubelet.service":       units + "kubelet.service",
		units + "kind.target.wants/kubelet.service":             units + "kubelet.service",
		units + "sysinit.target.wants/undo-mount-hacks.service": units + "undo-mount-hacks.service",
	}), "what kind does not enable stays so")
}

func TestAnotherVersionOfKindIsRefusedWhenItLacksWhatIsChanged(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(kind fstest.MapFS)
		says   string
	}{
		{"a unit is gone", func(kind fstest.MapFS) { delete(kind, "etc/systemd/system/undo-mount-hacks.service") }, "no file says what wants undo-mount-hacks.service"},
		{"a unit is wanted by nobody", func(kind fstest.MapFS) { kind["etc/systemd/system/kubelet.service"].Data = []byte("[Unit]\n") }, "no file says what wants kubelet.service"},
		{"another configuration", func(kind fstest.MapFS) { kind["etc/containerd/config.toml"].Data = []byte("version = 4\n") }, `does not say "restrict_oom_score_adj = false"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind := kindTree()
			test.change(kind)
			_, err := adapt(kind)
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
		})
	}
}

func TestKindsFilesThatAreGoneAreNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	missing := filepath.Join(t.TempDir(), "files")
	_, err := Inputs{KindFiles: missing}.kindFiles()
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading kind's node files in %q: ", missing)))
}

func TestContainerdsConfigurationChangesInOnePlaceOnly(t *testing.T) {
	g := gomega.NewWithT(t)
	before := "[plugins]\n  restrict_oom_score_adj = false\n  tolerate_missing_hugetlb_controller = true\n"
	after, err := containerdConfig([]byte(before))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(after)).To(gomega.Equal(strings.Replace(before, "adj = false", "adj = true", 1)))
}

func TestWhatIsDroppedCanBeMatched(t *testing.T) {
	for _, pattern := range dropped() {
		t.Run(pattern, func(t *testing.T) {
			g := gomega.NewWithT(t)
			g.Expect(path.IsAbs(pattern)).To(gomega.BeTrueBecause("paths in a tree are absolute"))
			ok, err := path.Match(pattern, strings.ReplaceAll(pattern, "*", "something"))
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(ok).To(gomega.BeTrueBecause("a pattern matches what it is about"))
		})
	}
}

func TestANodesUnitsAndToolsStay(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, needed := range []string{
		"/usr/lib/systemd/system/multi-user.target", "/usr/lib/systemd/system/sockets.target.wants/dbus.socket",
		"/usr/lib/systemd/system/sockets.target.wants/systemd-journald.socket", "/usr/bin/bash", "/etc/systemd/system",
		"/dev", "/tmp", "/var/log", "/var/cache/apt", "/etc/ssl/certs/ca-certificates.crt", "/usr/share/doc",
	} {
		for _, pattern := range dropped() {
			ok, err := path.Match(pattern, needed)
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(ok).To(gomega.BeFalseBecause("%q would go with %q", needed, pattern))
		}
	}
}

func TestProgramsGoWhereKindLooksForThem(t *testing.T) {
	g := gomega.NewWithT(t)
	found := byPath(Inputs{Binaries: "/built"}.programs())
	built := map[string]bool{}
	for _, group := range Programs() {
		for _, program := range group {
			built[program.Name] = true
		}
	}
	for name, file := range found {
		if file.Link != "" {
			g.Expect(found).To(gomega.HaveKey(path.Join(path.Dir(name), file.Link)), name)
			continue
		}
		g.Expect(path.Dir(file.Source)).To(gomega.Equal("/built"))
		g.Expect(built).To(gomega.HaveKey(path.Base(file.Source)), "it is compiled")
		g.Expect(file.Mode).To(gomega.Equal(os.FileMode(0o755)))
	}
	for _, name := range []string{"/usr/bin/kubelet", "/usr/bin/kubeadm", "/usr/bin/kubectl", "/usr/bin/crictl", "/usr/local/bin/containerd", "/usr/local/bin/ctr", "/opt/cni/bin/ptp"} {
		g.Expect(found).To(gomega.HaveKey(name))
	}
}

func TestTheRuntimesDefaultsGetAHookAndLoseTheirLimits(t *testing.T) {
	g := gomega.NewWithT(t)
	bin := t.TempDir()
	script := `#!/bin/sh
[ "$*" = "oci spec" ] && echo '{"ociVersion":"1.1.0","process":{"cwd":"/","rlimits":[{"type":"RLIMIT_NOFILE","hard":1024}]},"root":{"path":"rootfs"}}'
`
	//nolint:gosec // It is there to be run.
	g.Expect(os.WriteFile(filepath.Join(bin, "ctr"), []byte(script), 0o700)).To(gomega.Succeed())

	printed, err := Inputs{Binaries: bin}.runtimeSpec(t.Context())

	g.Expect(err).ToNot(gomega.HaveOccurred())
	var spec map[string]any
	g.Expect(json.Unmarshal(printed, &spec)).To(gomega.Succeed())
	g.Expect(spec).To(gomega.Equal(map[string]any{
		"ociVersion": "1.1.0", "root": map[string]any{"path": "rootfs"}, "process": map[string]any{"cwd": "/"},
		"hooks": map[string]any{"createContainer": []any{map[string]any{"path": "/kind/bin/mount-product-files.sh"}}},
	}))
}

func TestAProgramThatRefusesToAnswerIsQuoted(t *testing.T) {
	g := gomega.NewWithT(t)
	bin := t.TempDir()
	//nolint:gosec // It is there to be run.
	g.Expect(os.WriteFile(filepath.Join(bin, "ctr"), []byte("#!/bin/sh\necho no such command >&2; exit 3\n"), 0o700)).To(gomega.Succeed())
	_, err := Inputs{Binaries: bin}.runtimeSpec(t.Context())
	g.Expect(err).To(gomega.MatchError("asking ctr for the runtime's defaults: exit status 3: no such command"))
	_, err = Inputs{Binaries: t.TempDir()}.runtimeSpec(t.Context())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("ctr: no such file or directory")))
}

package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"seatrial/e2e/framework/image"
	"seatrial/tools/nodeimage/internal/rootfs"
)

// dropped is what a node must not have: units that fight with a container (kind's base
// image removes the same), and what a package installation leaves.
func dropped() []string {
	return []string{
		"/usr/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service",
		"/usr/lib/systemd/system/multi-user.target.wants/*",
		"/usr/lib/systemd/system/local-fs.target.wants/*",
		"/usr/lib/systemd/system/basic.target.wants/*",
		"/usr/lib/systemd/system/sockets.target.wants/*udev*",
		"/usr/lib/systemd/system/sockets.target.wants/*initctl*",
		"/etc/systemd/system/*.wants/*",
		"/etc/hostname", "/etc/resolv.conf", "/etc/machine-id",
		"/etc/systemd/journald.conf", // Written anew, see system.
		"/dev/*", "/tmp/*", "/var/tmp/*", "/var/log/*",
		"/var/lib/apt/lists/*", "/var/cache/*/*", "/usr/share/doc/*", "/usr/share/man/*",
	}
}

// enabled are the units that start with a node.
func enabled() []string {
	return []string{"kubelet.service", "containerd.service", "undo-mount-hacks.service"}
}

// layers makes the layers of the image below the control plane's images.
func (in Inputs) layers(ctx context.Context, names images) ([]image.Layer, error) {
	debian, err := in.debianLayer()
	if err != nil {
		return nil, err
	}
	files, err := in.system(ctx, names)
	if err != nil {
		return nil, err
	}
	system, err := image.Files(filepath.Join(in.Work, "system.tar"), files...)
	if err != nil {
		return nil, err
	}
	programs, err := image.Files(filepath.Join(in.Work, "programs.tar"), in.programs()...)
	if err != nil {
		return nil, err
	}
	return []image.Layer{debian, system, programs}, nil
}

func (in Inputs) debianLayer() (image.Layer, error) {
	tree, err := rootfs.Open(in.RootFS)
	if err != nil {
		return image.Layer{}, err
	}
	filtered := filepath.Join(in.Work, "debian.tar")
	if err := errors.Join(tree.Copy(filtered, dropped()...), tree.Close()); err != nil {
		return image.Layer{}, err
	}
	return image.Archive(filtered)
}

func (in Inputs) programs() []image.File {
	at := func(folder string, names ...string) []image.File {
		var files []image.File
		for _, name := range names {
			files = append(files, image.File{Path: path.Join(folder, name), Source: filepath.Join(in.Binaries, name), Mode: 0o755})
		}
		return files
	}
	files := at("/usr/bin", "kube")
	for _, name := range []string{"kubelet", "kubeadm", "kubectl", "crictl"} {
		files = append(files, image.File{Path: "/usr/bin/" + name, Link: "kube"})
	}
	files = append(files, at("/usr/local/bin", "containerd", "containerd-shim-runc-v2", "ctr")...)
	return append(files, at("/opt/cni/bin", "host-local", "loopback", "ptp", "portmap")...)
}

// system is kind's node files with what its Dockerfile does to them, and our own.
func (in Inputs) system(ctx context.Context, names images) ([]image.File, error) {
	files, err := in.kindFiles()
	if err != nil {
		return nil, err
	}
	spec, err := in.runtimeSpec(ctx)
	if err != nil {
		return nil, err
	}
	return append(files,
		image.File{Path: "/etc/containerd/cri-base.json", Data: spec},
		image.File{Path: "/etc/systemd/system/systemd-binfmt.service", Link: "/dev/null"}, // It would change the host's kernel.
		image.File{Path: "/etc/systemd/journald.conf", Data: []byte("[Journal]\nReadKMsg=no\n")},
		image.File{Path: "/etc/kubernetes/manifests", Dir: true},
		image.File{Path: "/usr/sbin/init", Link: "/usr/lib/systemd/systemd"},
		image.File{Path: "/kind/version", Data: []byte(in.Kubernetes)},
		image.File{Path: "/kind/manifests/default-cni.yaml", Data: names.fill(networkManifest)},
		image.File{Path: "/kind/manifests/default-storage.yaml", Data: names.fill(storageManifest)},
	), nil
}

func (in Inputs) kindFiles() ([]image.File, error) {
	files, err := adapt(os.DirFS(in.KindFiles))
	if err != nil {
		return nil, fmt.Errorf("reading kind's node files in %q: %w", in.KindFiles, err)
	}
	return files, nil
}

// adapt takes kind's files for nodes and does to them what kind's Dockerfile does.
func adapt(kind fs.FS) ([]image.File, error) {
	var files, links []image.File
	err := fs.WalkDir(kind, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(name, "LICENSES/") {
			return err
		}
		file := image.File{Path: "/" + name}
		if file.Data, err = fs.ReadFile(kind, name); err != nil {
			return err
		}
		switch {
		case strings.Contains(name, "bin/"):
			file.Mode = 0o755
		case name == "etc/containerd/config.toml":
			file.Data, err = containerdConfig(file.Data)
		case strings.HasPrefix(name, "etc/systemd/system/"):
			links = append(links, wants(path.Base(name), file.Data)...)
		}
		files = append(files, file)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, unit := range enabled() {
		if !slices.ContainsFunc(links, func(link image.File) bool { return path.Base(link.Path) == unit }) {
			return nil, fmt.Errorf("no file says what wants %s: this version of kind needs another change", unit)
		}
	}
	return append(files, links...), nil
}

// wants are the links that "systemctl enable" makes for a unit.
func wants(unit string, content []byte) []image.File {
	if !slices.Contains(enabled(), unit) {
		return nil
	}
	var links []image.File
	for _, match := range regexp.MustCompile(`(?m)^WantedBy=(\S+)$`).FindAllSubmatch(content, -1) {
		at := path.Join("/etc/systemd/system", string(match[1])+".wants", unit)
		links = append(links, image.File{Path: at, Link: path.Join("/etc/systemd/system", unit)})
	}
	return links
}

// containerdConfig lets pods start where the host does not allow a lower OOM score than
// its own, as in a container without CAP_SYS_RESOURCE. Elsewhere it changes nothing that
// a cluster for tests would notice.
func containerdConfig(content []byte) ([]byte, error) {
	const before, after = "restrict_oom_score_adj = false", "restrict_oom_score_adj = true"
	if !bytes.Contains(content, []byte(before)) {
		return nil, fmt.Errorf("etc/containerd/config.toml does not say %q: this version of kind needs another change", before)
	}
	return bytes.Replace(content, []byte(before), []byte(after), 1), nil
}

// runtimeSpec is containerd's default for pods, with the hook that hides the host's
// product files, and without limits on resources, which would lower the node's own.
func (in Inputs) runtimeSpec(ctx context.Context) ([]byte, error) {
	printed, err := ask(ctx, filepath.Join(in.Binaries, "ctr"), "oci", "spec")
	if err != nil {
		return nil, fmt.Errorf("asking ctr for the runtime's defaults: %w", err)
	}
	var spec map[string]any
	if err := json.Unmarshal(printed, &spec); err != nil {
		return nil, fmt.Errorf("reading the runtime's defaults: %w", err)
	}
	spec["hooks"] = map[string]any{
		"createContainer": []any{map[string]any{"path": "/kind/bin/mount-product-files.sh"}},
	}
	if process, ok := spec["process"].(map[string]any); ok {
		delete(process, "rlimits")
	}
	return json.Marshal(spec)
}

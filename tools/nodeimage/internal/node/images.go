package node

import (
	"context"
	_ "embed" // The manifests are files beside this one.
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"seatrial/e2e/framework/image"
	"seatrial/tools/nodeimage/internal/rootfs"
)

var (
	//go:embed manifests/network.yaml
	networkManifest string
	//go:embed manifests/storage.yaml
	storageManifest string
)

// Names of our own images in a node. They are never pulled.
const (
	provisionerImage = "localhost/seatrial/local-path-provisioner:v0.0.30"
	busyboxImage     = "localhost/seatrial/busybox:bookworm"
)

// images are the full names of what a control plane starts, as kubeadm and containerd
// ask for them.
type images struct {
	kube    []string // API server, controller manager, scheduler
	proxy   string
	coredns string
	etcd    string
	pause   []string
}

// names asks kubeadm, and kind's containerd configuration for the pause image.
func (in Inputs) names(ctx context.Context) (images, error) {
	kube := exec.CommandContext(ctx, filepath.Join(in.Binaries, "kube"), "kubeadm", "config", "images", "list", "--kubernetes-version", in.Kubernetes)
	listed, err := kube.Output()
	if err != nil {
		return images{}, fmt.Errorf("asking kubeadm for the images of %s: %w", in.Kubernetes, err)
	}
	var names images
	for _, full := range strings.Fields(string(listed)) {
		switch program, _, _ := strings.Cut(path.Base(full), ":"); program {
		case "kube-proxy":
			names.proxy = full
		case "coredns":
			names.coredns = full
		case "etcd":
			names.etcd = full
		case "pause":
			names.pause = append(names.pause, full)
		default:
			names.kube = append(names.kube, full)
		}
	}
	config, err := os.ReadFile(filepath.Join(in.KindFiles, "etc/containerd/config.toml"))
	if err != nil {
		return images{}, fmt.Errorf("reading kind's containerd configuration: %w", err)
	}
	sandbox := regexp.MustCompile(`(?m)^\s*sandbox_image\s*=\s*"([^"]+)"`).FindSubmatch(config)
	if sandbox == nil {
		return images{}, fmt.Errorf("kind's containerd configuration names no sandbox_image")
	}
	names.pause = append(names.pause, string(sandbox[1]))
	return names, nil
}

func (n images) fill(manifest string) []byte {
	return []byte(strings.NewReplacer(
		"SEATRIAL_PODNET_IMAGE", n.proxy, // The pod network is one of kube's programs and needs the same tools as kube-proxy.
		"SEATRIAL_PROVISIONER_IMAGE", provisionerImage,
		"SEATRIAL_BUSYBOX_IMAGE", busyboxImage,
	).Replace(manifest))
}

// all lists every name, sorted.
func (n images) all() []string {
	all := append([]string{n.proxy, n.coredns, n.etcd, provisionerImage, busyboxImage}, n.kube...)
	all = append(all, n.pause...)
	slices.Sort(all)
	return slices.Compact(all)
}

// archive writes all images into one archive. Kubernetes' own share one layer with one
// binary, which makes the archive 300 MB instead of 1 GB.
func (in Inputs) archive(names images) (string, error) {
	kube, err := in.kubeLayer()
	if err != nil {
		return "", err
	}
	tools, err := in.proxyLayer()
	if err != nil {
		return "", err
	}
	busybox, err := in.busyboxLayer()
	if err != nil {
		return "", err
	}
	built := map[string]image.Image{}
	add := func(full string, spec image.Spec) {
		if err == nil {
			built[full], err = image.Build(spec)
		}
	}
	for _, full := range names.kube {
		add(full, image.Spec{Layers: []image.Layer{kube}})
	}
	add(names.proxy, image.Spec{Layers: []image.Layer{kube, tools}})
	add(busyboxImage, image.Spec{Layers: []image.Layer{busybox}, Cmd: []string{"/bin/sh"}})
	single := func(program string, names ...string) {
		layer, layerErr := image.Files(filepath.Join(in.Work, program+".tar"),
			image.File{Path: "/" + program, Source: filepath.Join(in.Binaries, program), Mode: 0o755},
			image.File{Path: "/usr/local/bin/" + program, Link: "/" + program})
		if err == nil {
			err = layerErr
		}
		for _, full := range names {
			add(full, image.Spec{Layers: []image.Layer{layer}, Entrypoint: []string{"/" + program}})
		}
	}
	single("coredns", names.coredns)
	single("etcd", names.etcd)
	single("pause", names.pause...)
	single("local-path-provisioner", provisionerImage)
	if err != nil {
		return "", err
	}
	to := filepath.Join(in.Work, "images.tar")
	return to, image.WriteArchive(to, built)
}

func (in Inputs) kubeLayer() (image.Layer, error) {
	files := []image.File{{Path: "/usr/local/bin/kube", Source: filepath.Join(in.Binaries, "kube"), Mode: 0o755}}
	for _, name := range []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "podnet"} {
		files = append(files, image.File{Path: "/usr/local/bin/" + name, Link: "kube"})
	}
	return image.Files(filepath.Join(in.Work, "kube.tar"), files...)
}

// proxyLayer has the packet filter's tools, taken out of the node's own Debian system so
// that the node and kube-proxy speak the same variant of iptables.
func (in Inputs) proxyLayer() (image.Layer, error) {
	tree, err := rootfs.Open(in.RootFS)
	if err != nil {
		return image.Layer{}, err
	}
	defer tree.Close()
	programs := []string{"/usr/sbin/xtables-nft-multi", "/usr/sbin/nft", "/usr/sbin/conntrack"}
	// iptables loads its matches and targets by itself: no program names them.
	programs = append(programs, tree.Match("/usr/lib/*/xtables/*.so")...)
	found, err := tree.Closure(programs...)
	if err != nil {
		return image.Layer{}, fmt.Errorf("collecting the packet filter's tools: %w", err)
	}
	files := contents(found)
	for _, family := range []string{"iptables", "ip6tables"} {
		for _, suffix := range []string{"", "-save", "-restore"} {
			files = append(files, image.File{Path: "/usr/sbin/" + family + suffix, Link: "xtables-nft-multi"})
		}
	}
	return image.Files(filepath.Join(in.Work, "packet-filter.tar"), files...)
}

func (in Inputs) busyboxLayer() (image.Layer, error) {
	tree, err := rootfs.Open(in.BusyBox)
	if err != nil {
		return image.Layer{}, err
	}
	defer tree.Close()
	files, err := BusyBox(tree)
	if err != nil {
		return image.Layer{}, err
	}
	return image.Files(filepath.Join(in.Work, "busybox.tar"), files...)
}

// BusyBox is a shell and its usual companions: one binary under many names, with the
// libraries it needs. Debian's static one cannot look names up where glibc is missing.
func BusyBox(tree *rootfs.Tree) ([]image.File, error) {
	found, err := tree.Closure("/bin/busybox")
	if err != nil {
		return nil, fmt.Errorf("collecting busybox: %w", err)
	}
	files := append(contents(found), image.File{Path: "/tmp", Dir: true, Mode: 0o777})
	for _, name := range strings.Fields("sh cat cp echo env false grep head hostname ls mkdir mv nc nslookup ping printf ps rm sed sleep tail test touch true wc wget") {
		files = append(files, image.File{Path: "/bin/" + name, Link: "busybox"})
	}
	return files, nil
}

func contents(found map[string][]byte) []image.File {
	var files []image.File
	for name, content := range found {
		files = append(files, image.File{Path: name, Data: content, Mode: 0o755})
	}
	return files
}

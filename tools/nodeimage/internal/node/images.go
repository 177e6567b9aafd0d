package node

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/image"
	"seatrial/tools/nodeimage/internal/rootfs"
)

// archive writes all images into one archive. Kubernetes' own share one layer with one
// binary, which makes the archive 300 MB instead of 1 GB.
func (in Inputs) archive(names images) (string, error) {
	specs, err := in.specs(names)
	if err != nil {
		return "", err
	}
	built := map[string]image.Image{}
	for full, spec := range specs {
		if built[full], err = image.Build(spec); err != nil {
			return "", fmt.Errorf("building %q: %w", full, err)
		}
	}
	to := filepath.Join(in.Work, "images.tar")
	return to, image.WriteArchive(to, built)
}

// specs says what each image is made of, by its full name.
func (in Inputs) specs(names images) (map[string]image.Spec, error) {
	kube, kubeErr := in.kubeLayer()
	tools, toolsErr := in.proxyLayer()
	busybox, busyboxErr := in.busyboxLayer()
	if err := errors.Join(kubeErr, toolsErr, busyboxErr); err != nil {
		return nil, err
	}
	specs := map[string]image.Spec{
		names.proxy:  {Layers: []image.Layer{kube, tools}},
		busyboxImage: {Layers: []image.Layer{busybox}, Cmd: []string{"/bin/sh"}},
	}
	for _, full := range names.kube {
		specs[full] = image.Spec{Layers: []image.Layer{kube}}
	}
	for program, fulls := range map[string][]string{
		"coredns": {names.coredns}, "etcd": {names.etcd}, "pause": names.pause, "local-path-provisioner": {provisionerImage},
	} {
		layer, err := in.programLayer(program)
		if err != nil {
			return nil, err
		}
		for _, full := range fulls {
			specs[full] = image.Spec{Layers: []image.Layer{layer}, Entrypoint: []string{"/" + program}}
		}
	}
	return specs, nil
}

// programLayer has one program, where its own image has it and where a shell finds it.
func (in Inputs) programLayer(program string) (image.Layer, error) {
	return image.Files(filepath.Join(in.Work, program+".tar"),
		image.File{Path: "/" + program, Source: filepath.Join(in.Binaries, program), Mode: 0o755},
		image.File{Path: "/usr/local/bin/" + program, Link: "/" + program})
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
	defer func() { _ = tree.Close() }()
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
	defer func() { _ = tree.Close() }()
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
	for name := range strings.FieldsSeq("sh cat cp echo env false grep head hostname ls mkdir mv nc nslookup ping printf ps rm sed sleep tail test touch true wc wget") {
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

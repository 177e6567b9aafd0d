package node

import (
	"bytes"
	"context"
	_ "embed" // The manifests are files beside this one.
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	listed, err := ask(ctx, filepath.Join(in.Binaries, "kube"), "kubeadm", "config", "images", "list", "--kubernetes-version", in.Kubernetes)
	if err != nil {
		return images{}, fmt.Errorf("asking kubeadm for the images of %s: %w", in.Kubernetes, err)
	}
	config, err := os.ReadFile(filepath.Join(in.KindFiles, "etc", "containerd", "config.toml"))
	if err != nil {
		return images{}, fmt.Errorf("reading kind's containerd configuration: %w", err)
	}
	return parseNames(string(listed), config)
}

// parseNames sorts kubeadm's list, one name a line, by what the images are for.
func parseNames(listed string, containerdConfig []byte) (images, error) {
	var names images
	for full := range strings.FieldsSeq(listed) {
		switch program, _, _ := strings.Cut(path.Base(full), ":"); program {
		case "kube-apiserver", "kube-controller-manager", "kube-scheduler":
			names.kube = append(names.kube, full)
		case "kube-proxy":
			names.proxy = full
		case "coredns":
			names.coredns = full
		case "etcd":
			names.etcd = full
		case "pause":
			names.pause = append(names.pause, full)
		default:
			return images{}, fmt.Errorf("kubeadm asks for the image %q, which nothing here makes", full)
		}
	}
	const controlPlane = 3
	if len(names.kube) != controlPlane || names.proxy == "" || names.coredns == "" || names.etcd == "" {
		return images{}, fmt.Errorf("kubeadm's list of images is not complete: %s", strings.Join(strings.Fields(listed), ", "))
	}
	sandbox := regexp.MustCompile(`(?m)^\s*sandbox_image\s*=\s*"([^"]+)"`).FindSubmatch(containerdConfig)
	if sandbox == nil {
		return images{}, errors.New("kind's containerd configuration names no sandbox_image")
	}
	names.pause = append(names.pause, string(sandbox[1]))
	return names, nil
}

// ask runs a program that answers on its standard output.
func ask(ctx context.Context, program string, args ...string) ([]byte, error) {
	answer, err := exec.CommandContext(ctx, program, args...).Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(failed.Stderr))
	}
	return answer, err
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

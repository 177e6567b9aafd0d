// Package node puts a kind node image together: Debian's systemd and network tools, the
// files that kind gives its nodes, the programs of tools/distro, and the images that a
// control plane starts, already in the node's store.
package node

import (
	"fmt"
	"strings"

	"seatrial/e2e/framework/engine"
	"seatrial/tools/nodeimage/internal/compile"
)

// Inputs are the finished parts that an image is made of.
type Inputs struct {
	Kubernetes string // version, as v1.37.2
	Binaries   string // folder with the programs of Programs
	RootFS     string // tar file of the Debian system of Packages
	BusyBox    string // tar file of a Debian system with busybox
	KindFiles  string // images/base/files of the kind module
	Work       string // folder for intermediate files
	Name       string // full name of the image to make
	Engine     *engine.Engine
	Progress   func(string) // a line for each step
}

// Packages are Debian's packages in a node: what kind's own base image has, less what is
// for network storage, plus runc, whose module cannot be built without C.
func Packages() []string {
	return strings.Fields(`
		systemd systemd-sysv dbus
		conntrack iptables nftables iproute2 ethtool ebtables socat hostname
		util-linux mount kmod procps e2fsprogs pigz
		libseccomp2 runc
		bash ca-certificates curl jq`)
}

// Programs are what tools/distro has to be compiled to, in groups that one run of the
// compiler can take: the provisioner and containerd use one logger under two spellings
// of its name, which the compiler refuses to see side by side.
func Programs() [][]compile.Program {
	const plugins = "github.com/containernetworking/plugins/plugins/"
	return [][]compile.Program{{
		{Package: "./cmd/kube", Name: "kube"},
		{Package: "./cmd/coredns", Name: "coredns"},
		{Package: "./cmd/pause", Name: "pause"},
		{Package: "go.etcd.io/etcd/server/v3", Name: "etcd"},
		{Package: "github.com/containerd/containerd/v2/cmd/containerd", Name: "containerd"},
		{Package: "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2", Name: "containerd-shim-runc-v2"},
		{Package: "github.com/containerd/containerd/v2/cmd/ctr", Name: "ctr"},
		{Package: plugins + "ipam/host-local", Name: "host-local"},
		{Package: plugins + "main/loopback", Name: "loopback"},
		{Package: plugins + "main/ptp", Name: "ptp"},
		{Package: plugins + "meta/portmap", Name: "portmap"},
	}, {
		{Package: "github.com/rancher/local-path-provisioner", Name: "local-path-provisioner"},
	}}
}

// Sources are the parts of the source tree that Programs are compiled from.
func Sources() []string {
	return []string{
		"tools/distro/go.mod", "tools/distro/go.sum", "tools/distro/cmd/kube", "tools/distro/cmd/coredns", "tools/distro/cmd/pause",
		"tools/distro/crictl", "tools/distro/podnet",
	}
}

// Tags leave out snapshotters that a node never selects.
func Tags() []string { return []string{"no_btrfs", "no_devmapper", "no_zfs", "no_aufs"} }

// LDFlags strip the binaries and tell Kubernetes its version, which a build from modules
// does not know: without it the server calls itself v0.0.0 and clients refuse it.
func LDFlags(kubernetes string) string {
	flags := []string{"-s", "-w"}
	for _, variable := range []string{"k8s.io/component-base/version.gitVersion", "k8s.io/client-go/pkg/version.gitVersion"} {
		flags = append(flags, "-X", variable+"="+kubernetes)
	}
	return strings.Join(flags, " ")
}

func (in Inputs) tell(format string, args ...any) {
	if in.Progress != nil {
		in.Progress(fmt.Sprintf(format, args...))
	}
}

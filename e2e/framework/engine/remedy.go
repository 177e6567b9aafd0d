package engine

import "strings"

// remedy is what helps against failures that have one of these words in them; all in lower case.
type remedy struct {
	words       []string
	text        string
	installable bool
}

// remedyFor finds what helps against a rejection.
func remedyFor(rejection Rejection) remedy {
	cause := strings.ToLower(rejection.Cause)
	if cause == errNotInstalled.Error() {
		return remedy{text: "install " + rejection.Engine, installable: rejection.Engine == podman}
	}
	for _, remedy := range append(daemonRemedies(), append(runtimeRemedies(), hostRemedies()...)...) {
		for _, word := range remedy.words {
			if strings.Contains(cause, word) {
				return remedy
			}
		}
	}
	return remedy{text: "repeat the command above by hand, and see what the engine's own logs say"}
}

// daemonRemedies are for engines that cannot be reached.
func daemonRemedies() []remedy {
	return []remedy{{
		words: []string{"it says \"podman"},
		text:  "this \"docker\" is podman under another name: see podman",
	}, {
		words: []string{"permission denied while trying to connect"},
		text:  "use root, or let this user in: add it to the group \"docker\" and log in again",
	}, {
		words: []string{"cannot connect to the docker daemon", "error during connect", "failed to connect to the docker"},
		text:  "start the docker service: this is only its client, and the daemon does not answer",
	}, {
		words: []string{"containerd.sock", "rootless containerd not running"},
		text:  "start the containerd service, and have the right to use its socket",
	}, {
		words: []string{"no answer within"},
		text:  "the engine hangs: repeat the command above by hand, and restart the engine's service if it has one",
	}}
}

// runtimeRemedies are for engines that lack a part or are set up to ask for what cannot be had.
func runtimeRemedies() []remedy {
	return []remedy{{
		words: []string{"unable to apply caps"},
		text: "the engine wants capabilities that this machine withholds: grant them to the daemon, " +
			"or use podman, which takes what there is",
	}, {
		words: []string{"setting rlimit", "setrlimit"},
		text: "the engine asks for more than the hard limits: lower default_ulimits in its containers.conf " +
			"or raise the limits",
	}, {
		words:       []string{"cgroups in hybrid mode not supported"},
		text:        "install runc: crun refuses this machine's cgroup tree",
		installable: true,
	}, {
		words: []string{"systemd cgroups manager", "systemd not running"},
		text:  "set cgroup_manager = \"cgroupfs\" in the engine's settings: systemd does not run here",
	}, {
		words:       []string{"failed to find plugin", "needs cni plugin"},
		text:        "install netavark and aardvark-dns for podman, or the CNI plugins",
		installable: true,
	}, {
		words:       []string{"netavark: no such file or directory"},
		text:        "install iptables, and have its folder (/usr/sbin) on PATH: netavark calls it",
		installable: true,
	}, {
		words:       []string{"could not find \"netavark\"", "aardvark-dns binary not found"},
		text:        "install netavark and aardvark-dns",
		installable: true,
	}, {
		words:       []string{"default oci runtime", "could not find a working conmon"},
		text:        "install runc or crun, and conmon",
		installable: true,
	}}
}

// hostRemedies are for machines and users that lack something.
func hostRemedies() []remedy {
	return []remedy{{
		words: []string{"no space left on device"},
		text:  "free some space where the engine keeps its images, e.g. with its \"system prune\"",
	}, {
		words: []string{"it is rootless and lacks"},
		text:  "use root, or cgroup v2 with the controllers cpu, memory and pids delegated to this user (Delegate=yes)",
	}, {
		words: []string{
			"no subuid ranges found", "newuidmap", "cannot set up namespace", "cannot clone", "cannot re-exec process",
			"cannot resolve", "xdg_runtime_dir",
		},
		text: "use root, or set this user up for rootless containers: the package uidmap, and its ranges in " +
			"/etc/subuid and /etc/subgid",
	}, {
		words: []string{"may not make its mounts shared"},
		text:  "let privileged containers mount: a security policy of this machine keeps them from it",
	}, {
		words: []string{"exec format error"},
		text:  "use an engine whose containers have this machine's architecture",
	}, {
		words: []string{"not supported over overlayfs", "overlay is not supported"},
		text:  "put the engine's storage on a real file system, or set its storage driver to vfs or fuse-overlayfs",
	}, {
		words: []string{"permission denied", "operation not permitted"},
		text:  "use root, with the capabilities that a node needs: this user, or this machine's security policy, lacks some",
	}}
}

// Package engine finds the container engine that can really run a Kubernetes node on this machine, by running a tiny
// node-like container with each candidate, and says in the engine's own words why the others cannot.
//
// A binary on PATH proves nothing: a docker client without its daemon answers "docker --version", and an engine may
// start plain containers yet refuse privileged ones. So the probe does what kind does for a node: a bridge network
// with IPv6 and name resolution, a privileged container with a private cgroup namespace, a volume, tmpfs mounts and a
// published port, whose program then takes a node's own first step and makes its mounts shared.
//
// Podman is tried first because it needs no daemon and keeps to the capabilities and limits that the machine grants.
// Where its defaults ask for more than that, it gets a settings file of our own through CONTAINERS_CONF; the system's
// configuration is never touched. Its netavark network (bridge, IPv6, published ports, and names through aardvark-dns)
// works from version 4 on, and calls the iptables program, which Debian's package does not pull in.
package engine

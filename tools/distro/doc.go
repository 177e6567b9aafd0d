// Package distro pins everything a Kubernetes node of seatrial is compiled from:
// the programs below cmd are ours, the others are named as tools in go.mod, so that
// one build cache and one set of versions serve them all. See README.md.
package distro

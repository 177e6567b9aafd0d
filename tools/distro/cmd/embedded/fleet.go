package main

import (
	"log/slog"

	"k8s.io/client-go/kubernetes"

	"seatrial/tools/distro/embedded"
	"seatrial/tools/distro/simulate"
)

// newFleet makes the simulated nodes.
func newFleet(client kubernetes.Interface, nodes int, log *slog.Logger) (embedded.Fleet, error) {
	return simulate.New(client, simulate.Options{Nodes: nodes, Version: embedded.Version(), Log: log})
}

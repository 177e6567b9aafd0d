package store

import (
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

const (
	tickMilliseconds     = 10
	electionMilliseconds = 100
	logSegment           = 4 << 20
	// transactionSize admits the whole seed in one transaction.
	transactionSize = 10_000
)

// quick turns off what makes etcd slow to start and to write where only one process uses it
// and the data is not precious.
func quick(config *embed.Config) {
	// A single member waits for its election timeout before it elects itself: 1 s by
	// default. Without this the control plane is ready 0.3 to 0.9 s later.
	config.TickMs = tickMilliseconds
	config.ElectionMs = electionMilliseconds
	config.PreVote = false

	// Log files are allocated in full: 64 MB each, two at a time. No time, but a data folder
	// of 9 MB instead of 123 MB. The size is a variable of the package, so it is the same
	// for all stores of the process.
	wal.SegmentSizeBytes = logSegment

	// What the operating system has taken over survives the death of this process; only a
	// power cut could lose it.
	config.UnsafeNoFsync = true

	config.MaxTxnOps = transactionSize
	// Nobody asks for JSON over HTTP.
	config.EnableGRPCGateway = false
}

// alone makes a cluster of one that no peer can reach.
func alone(config *embed.Config) {
	config.ListenPeerUrls = nil
	config.InitialCluster = config.InitialClusterFromName(config.Name)
}

// Command embedded is a Kubernetes control plane with simulated nodes in one process, ready
// in half a second. See its flags, and the package embedded for how it does that.
//
// Called as kubectl, or with that as its first argument, it is kubectl, so that a machine
// which needs nothing else compiles nothing else.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	_ "time/tzdata" // CronJobs name time zones, and not every machine has zone files.

	"seatrial/tools/distro/embedded"
	"seatrial/tools/distro/embedded/collector"
	"seatrial/tools/distro/embedded/quiet"
)

const (
	failed    = 1
	wrongFlag = 2
)

func main() {
	if isKubectl() {
		os.Exit(runKubectl())
	}
	collector.Hurry()
	os.Exit(run())
}

func isKubectl() bool {
	if filepath.Base(os.Args[0]) == "kubectl" {
		return true
	}
	if len(os.Args) > 1 && os.Args[1] == "kubectl" {
		os.Args = os.Args[1:]
		return true
	}
	return false
}

func run() int {
	stderr, err := quiet.KeepStderr()
	if err != nil {
		fmt.Fprintln(os.Stderr, "embedded:", err)
		return failed
	}
	asked, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(stderr, "embedded:", err)
		return wrongFlag
	}
	if asked.version {
		fmt.Fprintln(os.Stdout, embedded.Version())
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if !asked.stay {
		ctx = untilClosed(ctx, os.Stdin)
	}
	if err := asked.run(ctx); err != nil {
		fmt.Fprintln(stderr, "embedded:", err)
		return failed
	}
	return 0
}

func (a *asked) run(ctx context.Context) error {
	if a.seed != "" {
		return embedded.WriteSeed(ctx, a.options, a.seed)
	}
	return embedded.Run(ctx, a.options, announce)
}

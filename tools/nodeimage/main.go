// Command nodeimage prepares everything a suite needs: the kind node image from Go
// modules and Debian packages, the guestbook chart's images, and the real helm and
// kubectl. What is already there for the same inputs is not made again.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"seatrial/e2e/framework/assets"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "nodeimage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	want := assets.FromEnvironment()
	flags := flag.NewFlagSet("nodeimage", flag.ContinueOnError)
	flags.StringVar(&want.Kubernetes, "kubernetes", want.Kubernetes, "Kubernetes `version` of the nodes (default: the one of tools/distro)")
	flags.StringVar(&want.NodeImage, "node-image", want.NodeImage, "use this kind node `image` instead of building one")
	flags.StringVar(&want.Engine, "engine", want.Engine, "container `engine`: auto, podman, docker or nerdctl")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag: see nodeimage -h", flags.Arg(0))
	}
	start := time.Now()
	tell := func(line string) {
		fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(start).Seconds(), line)
	}
	return prepare(ctx, want, tell)
}

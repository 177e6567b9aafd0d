// Command nodeimage prepares everything a suite needs: the embedded control plane, the
// real helm and kubectl, and, where an engine can run nodes, the kind node image from Go
// modules and Debian packages and the guestbook chart's images. What is already there for
// the same inputs is not made again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/report/output"
	"seatrial/e2e/framework/report/paint"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the build and cleans up; a second one does not wait for that.
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	if err != nil && ctx.Err() != nil {
		// What the tools say that a signal has ended is not the cause.
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "nodeimage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	want := assets.FromEnvironment()
	flags := flag.NewFlagSet("nodeimage", flag.ContinueOnError)
	flags.StringVar(&want.Provider, "provider", want.Provider, "where clusters come `from`: "+strings.Join(assets.Providers(), ", "))
	flags.StringVar(&want.Kubernetes, "kubernetes", want.Kubernetes, "Kubernetes `version` of the nodes (default: the one of tools/distro)")
	flags.StringVar(&want.NodeImage, "node-image", want.NodeImage, "use this kind node `image` instead of building one")
	flags.StringVar(&want.Engine, "engine", want.Engine, "container `engine`: auto, podman, docker or nerdctl")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag: see nodeimage -h", flags.Arg(0))
	}
	if err := want.Validate(); err != nil {
		return err
	}
	return withRemedy(told(ctx, want, os.Stderr))
}

// told prepares, and tells it as it goes, in the same way as seatrial tells a run.
func told(ctx context.Context, want assets.Want, file *os.File) error {
	out, _ := live.Open(file, file, os.Getenv)
	teller := live.New(live.Options{
		Out: out, Paint: paint.For(paint.Place{Terminal: live.Terminal(out), Getenv: os.Getenv}), Groups: output.InActions(os.Getenv),
	})
	defer teller.Close()
	stream := report.NewStream(nil, teller)
	stream.Begin("nodeimage")
	err := prepare(ctx, &builder{want: want, tell: stream, out: out})
	stream.Finish(err)
	return err
}

// withRemedy says what to do where the cause comes from a tool that does not.
func withRemedy(err error) error {
	if err == nil || !errors.Is(err, syscall.ENOSPC) && !strings.Contains(err.Error(), "no space left on device") {
		return err
	}
	cache, cacheErr := assets.Cache()
	if cacheErr != nil {
		return err
	}
	return fmt.Errorf("%w\nThe disk is full. A build fills %s, Go's build cache (`go env GOCACHE`) and the store of the container engine: "+
		"make room there, or set SEATRIAL_CACHE and GOCACHE to folders on another disk", err, cache)
}

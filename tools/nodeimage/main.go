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
	"strings"
	"syscall"

	"seatrial/e2e/framework/assets"
	"seatrial/tools/internal/telling"
)

func main() { os.Exit(telling.Run(context.Background(), "nodeimage", telling.Here(), run)) }

// run reads the flags and prepares.
func run(ctx context.Context, to telling.Telling) error {
	want, err := wanted(os.Args[1:])
	if err != nil {
		return err
	}
	return withRemedy(prepare(ctx, &builder{want: want, tell: to}))
}

// wanted is what flags and environment ask for.
func wanted(args []string) (assets.Want, error) {
	want := assets.FromEnvironment()
	flags := flag.NewFlagSet("nodeimage", flag.ContinueOnError)
	flags.StringVar(&want.Provider, "provider", want.Provider, "where clusters come `from`: "+strings.Join(assets.Providers(), ", "))
	flags.StringVar(&want.Kubernetes, "kubernetes", want.Kubernetes, "Kubernetes `version` of the nodes (default: the one of tools/distro)")
	flags.StringVar(&want.NodeImage, "node-image", want.NodeImage, "use this kind node `image` instead of building one")
	flags.StringVar(&want.Engine, "engine", want.Engine, "container `engine`: auto, podman, docker or nerdctl")
	if err := flags.Parse(args); err != nil {
		return want, err
	}
	if flags.NArg() > 0 {
		return want, fmt.Errorf("%q is no flag: see nodeimage -h", flags.Arg(0))
	}
	return want, want.Validate()
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

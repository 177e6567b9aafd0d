// Command engine finds a container engine that can run Kubernetes nodes on this machine, and installs one if it can.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/tools/internal/apt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintln(os.Stderr, "engine:", err)
	os.Exit(1)
}

// run finds an engine and, where that is both needed and possible, installs podman first.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	options := engine.Options{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&options.Want, "want", assets.FromEnvironment().Engine, "the engine to accept: auto, "+strings.Join(engine.Names(), ", "))
	flags.StringVar(&options.Dir, "dir", "", "the folder for the engine's settings (default: seatrial in the user's cache)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if options.Dir == "" {
		cache, err := assets.Cache()
		if err != nil {
			return err
		}
		options.Dir = filepath.Join(cache, "engine")
	}
	found, err := engine.Find(ctx, options)
	if unusable, ok := errors.AsType[*engine.NotUsableError](err); ok {
		if err := install(ctx, unusable, stderr); err != nil {
			return err
		}
		found, err = engine.Find(ctx, options)
	}
	if err != nil {
		return err
	}
	return show(stdout, found)
}

// install installs podman, or returns an error that says why that would not help here and what would.
func install(ctx context.Context, unusable *engine.NotUsableError, progress io.Writer) error {
	// Without the file this is no distribution that we know, and the plan says so.
	text, _ := os.ReadFile("/etc/os-release")
	plan := apt.Decide(apt.ParseOSRelease(string(text)), unusable.Host.Root, unusable.Rejections)
	if !plan.Install {
		return fmt.Errorf("%s\n%s", unusable.Details(), plan.Advice)
	}
	if err := apt.Install(ctx, progress); err != nil {
		return fmt.Errorf("%s\n%w", unusable.Details(), err)
	}
	return nil
}

// show prints what was found.
func show(stdout io.Writer, found *engine.Engine) error {
	works := map[bool]string{true: "yes", false: "no"}
	lines := []string{
		found.String() + " can run Kubernetes nodes here",
		"  machine:     " + found.Host.String(),
		fmt.Sprintf("  networks:    names: %s, IPv6: %s", works[found.DNS], works[found.IPv6]),
	}
	if len(found.Env) > 0 {
		lines = append(lines, "  environment: "+strings.Join(found.Env, " "))
	}
	_, err := fmt.Fprintln(stdout, strings.Join(lines, "\n"))
	return err
}

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

// run finds an engine and, where that is both needed and possible, installs podman first. Without one, only the
// provider kind is lost: unless it is asked for, that is no error.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	want := assets.FromEnvironment()
	options := engine.Options{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&options.Want, "want", want.Engine, "the engine to accept: auto, "+strings.Join(engine.Names(), ", "))
	flags.StringVar(&options.Dir, "dir", "", "the folder for the engine's settings (default: seatrial in the user's cache)")
	flags.StringVar(&want.Provider, "provider", want.Provider, "where clusters come from: "+strings.Join(assets.Providers(), ", "))
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := want.Validate(); err != nil {
		return err
	}
	if want.NoNodes() {
		return nil
	}
	found, err := find(ctx, options, stderr)
	if unusable, ok := errors.AsType[*engine.NotUsableError](err); ok && want.Provider != assets.Kind && ctx.Err() == nil {
		_, err := fmt.Fprintln(stdout, unusable.Brief()+": the embedded control plane is used (`make engine PROVIDER=kind` says what to do about that)")
		return err
	}
	if err != nil {
		return err
	}
	return show(stdout, found)
}

// notInstalledError is an engine that cannot be used, and what keeps us from installing one.
type notInstalledError struct {
	unusable *engine.NotUsableError
	cause    string
}

func (e *notInstalledError) Error() string { return e.unusable.Details() + "\n" + e.cause }

func (e *notInstalledError) Unwrap() error { return e.unusable }

// find finds an engine, after installing one if it must and can.
func find(ctx context.Context, options engine.Options, progress io.Writer) (*engine.Engine, error) {
	found, err := assets.FindEngine(ctx, options)
	unusable, ok := errors.AsType[*engine.NotUsableError](err)
	if !ok {
		return found, err
	}
	if err := install(ctx, unusable, progress); err != nil {
		return nil, err
	}
	return assets.FindEngine(ctx, options)
}

// install installs podman, or returns an error that says why that would not help here and what would.
func install(ctx context.Context, unusable *engine.NotUsableError, progress io.Writer) error {
	plan := apt.Decide(apt.ThisSystem(), unusable.Host.Root, unusable.Rejections)
	if !plan.Install {
		return &notInstalledError{unusable, plan.Advice}
	}
	if err := apt.Install(ctx, progress); err != nil {
		return &notInstalledError{unusable, err.Error()}
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

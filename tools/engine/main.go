// Command engine finds a container engine that can run Kubernetes nodes on this machine, and installs one if it can.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/tools/internal/apt"
	"seatrial/tools/internal/columns"
	"seatrial/tools/internal/telling"
)

// phase is what all of it is called while it goes on.
const phase = "find a container engine"

func main() {
	os.Exit(telling.Run(context.Background(), "engine", telling.Here(), func(ctx context.Context, to telling.Telling) error {
		return run(ctx, os.Args[1:], to)
	}))
}

// run finds an engine and, where that is both needed and possible, installs podman first. Without one, only the
// provider kind is lost: unless it is asked for, that is no error.
func run(ctx context.Context, args []string, to telling.Telling) error {
	want := assets.FromEnvironment()
	options := engine.Options{Log: to.Log(phase)}
	flags := flag.NewFlagSet("engine", flag.ContinueOnError)
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
	found, err := find(ctx, options, to)
	if unusable, ok := errors.AsType[*engine.NotUsableError](err); ok && want.Provider != assets.Kind && ctx.Err() == nil {
		_, err := fmt.Fprintln(to.Out, columns.Wrap(unusable.Brief()+": the embedded control plane is used (`make engine PROVIDER=kind` says what to do about that)", 0))
		return err
	}
	if err != nil {
		return err
	}
	return show(to.Out, found)
}

// notInstalledError is an engine that cannot be used, and what keeps us from installing one.
type notInstalledError struct {
	unusable *engine.NotUsableError
	cause    string
}

func (e *notInstalledError) Error() string { return e.unusable.Details() + "\n" + e.cause }

func (e *notInstalledError) Unwrap() error { return e.unusable }

// find finds an engine, after installing one if it must and can.
func find(ctx context.Context, options engine.Options, to telling.Telling) (*engine.Engine, error) {
	found, err := look(ctx, options, to)
	unusable, ok := errors.AsType[*engine.NotUsableError](err)
	if !ok {
		return found, err
	}
	if err := install(ctx, unusable, to); err != nil {
		return nil, err
	}
	return look(ctx, options, to)
}

// look tries the engines.
func look(ctx context.Context, options engine.Options, to telling.Telling) (found *engine.Engine, err error) {
	err = to.Try(phase, func() (err error) {
		found, err = assets.FindEngine(ctx, options)
		return err
	})
	return found, err
}

// install installs podman, or returns an error that says why that would not help here and what would.
func install(ctx context.Context, unusable *engine.NotUsableError, to telling.Telling) error {
	plan := apt.Decide(apt.ThisSystem(), unusable.Host.Root, unusable.Rejections)
	if !plan.Install {
		return &notInstalledError{unusable, plan.Advice}
	}
	const phase = "install podman"
	if err := to.Try(phase, func() error { return apt.Install(ctx, to.Lines(phase)) }); err != nil {
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
	const margin = len("environment: ")
	_, err := fmt.Fprintln(stdout, columns.Wrap(strings.Join(lines, "\n"), margin))
	return err
}

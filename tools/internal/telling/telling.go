// Package telling lets the commands that prepare a machine tell what they do as seatrial tells a run: live on a terminal,
// as lines with the time elsewhere, folded into groups in a GitHub workflow.
package telling

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/report/output"
	"seatrial/e2e/framework/report/paint"
	"seatrial/tools/internal/columns"
)

// Telling is where a command tells: what it does on its stream, and its answer on Out.
type Telling struct {
	*report.Stream

	Out io.Writer
}

// Place is what a command has around it.
type Place struct {
	// Out is for the answer, Err for what is told on the way to it.
	Out, Err *os.File
	Getenv   func(string) string
}

// Here is the place of this process.
func Here() Place { return Place{Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv} }

// margin is what the second line of a long error begins with.
const margin = 2

// Run runs a command and returns its exit code: 0, or 1 for an error, which is told last. Ctrl-C ends the context, and says
// that something is cleaned up; a second one ends the process at once.
func Run(ctx context.Context, name string, at Place, command func(ctx context.Context, to Telling) error) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	errs, out := live.Open(at.Err, at.Out, at.Getenv)
	quiet := context.AfterFunc(ctx, func() {
		stop() // From here on a signal does what it does to any process.
		fmt.Fprintf(errs, "%s: interrupted: cleaning up\n%s: interrupt again to end at once\n", name, name)
	})
	err := told(ctx, Telling{Out: out}, live.Options{
		Out:    errs,
		Paint:  paint.For(paint.Place{Terminal: live.Terminal(errs), Getenv: at.Getenv}),
		Groups: output.InActions(at.Getenv),
	}, name, command)
	quiet()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		// What programs say that a signal has ended is not the cause.
		err = fmt.Errorf("%w: %w", cause, err)
	}
	fmt.Fprintln(errs, columns.Wrap(fmt.Sprintf("%s: %v", name, err), margin))
	return 1
}

// told runs a command between the beginning of its telling and its end.
func told(ctx context.Context, to Telling, o live.Options, name string, command func(context.Context, Telling) error) error {
	teller := live.New(o)
	defer teller.Close()
	to.Stream = report.NewStream(nil, teller)
	to.Begin(name)
	err := command(ctx, to)
	to.Finish(err)
	return err
}

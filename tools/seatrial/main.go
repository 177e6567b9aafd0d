// Command seatrial proves on a real cluster that the Helm workshop does what it says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/sandbox"
	"seatrial/e2e/framework/shell"
	"seatrial/tools/internal/columns"
	"seatrial/tools/internal/garbage"
)

// Exit codes. A broken promise is told apart from everything that kept seatrial from
// finding out.
const (
	exitError  = 1
	exitBroken = 2

	// errorMargin is what the second line of a long error begins with.
	errorMargin = 2
)

// errBroken means that the cluster did not do what the workshop says.
var errBroken = errors.New("the workshop does not keep its promises")

func main() {
	if sandbox.Inside() {
		os.Exit(exitError)
	}
	garbage.CollectRarely(os.Getenv)
	silence()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := command()
	out, errs := live.Open(os.Stdout, os.Stderr, os.Getenv)
	root.SetOut(out)
	root.SetErr(errs)
	// The first signal ends the story and cleans up; a second one does not wait for that.
	quiet := context.AfterFunc(ctx, func() {
		again := make(chan os.Signal, 1)
		signal.Notify(again, os.Interrupt, syscall.SIGTERM)
		stop()
		fmt.Fprintln(errs, "seatrial: interrupted: taking down what was brought up\nseatrial: interrupt again to end at once")
		<-again
		shell.Abandon()
		fmt.Fprintln(errs, "seatrial: ended at once: `seatrial sweep` removes what is left")
		os.Exit(exitError)
	})
	err := root.ExecuteContext(context.WithValue(ctx, typedWords{}, os.Args[1:]))
	quiet()
	stop()
	if err == nil {
		return
	}
	// Also when the verdict has been told: what was left behind is said here.
	width := columns.Width
	if screen := live.Of(errs); screen != nil {
		width = min(screen.Width(), width)
	}
	fmt.Fprintln(errs, columns.WrapTo(width, "seatrial: "+err.Error(), errorMargin))
	os.Exit(exitCode(err))
}

// silence keeps from the terminal what the clients of Kubernetes log by themselves, in between the lines of a live view:
// whatever it is about comes as an error as well, and is told with its place.
func silence() {
	klog.SetLogger(logr.Discard())
}

// exitCode is that of a command that ended so.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errBroken), errors.Is(err, errFindings), errors.Is(err, errFaults):
		return exitBroken
	}
	return exitError
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "seatrial",
		Short: "Proves on a real cluster that a Helm workshop does what it says",
		Long: `Proves on a real cluster that a Helm workshop, or any chart, does what it says.

What flags choose for more than one command can also be in the environment, as
SEATRIAL_ and the flag's name in capitals, such as SEATRIAL_NODE_IMAGE, and in a
file seatrial.yaml under the flag's name: in the working directory, or above it
up to the top of the repository. A flag goes over the environment, and that over
the file. Every command takes them all; one that it has no use for changes
nothing, and it says so.

Exit code 0: all is as it should be, or done. 1: something could not be run,
done or found out, for which a wrong flag, file or word is a reason as well as
Ctrl-C. 2: a document, a chart or the workshop is not what it should be; only
workshop, lint, chart and demo end so.`,
		Example: `  seatrial doctor
  seatrial workshop docs/exercise-1.md
  seatrial chart charts/guestbook --provider embedded`,
		PersistentPreRunE: tellIgnored,
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	root.CompletionOptions.DisableDefaultCmd = true // Ours is short enough for a terminal.
	root.AddCommand(
		doctorCommand(), workshopCommand(), lintCommand(), chartCommand(), demoCommand(), clusterCommand(), imagesCommand(),
		reportCommand(), schemaCommand(), versionCommand(), completionCommand(), sweepCommand(), cleanCommand(),
	)
	fitHelp(root)
	explainWords(root)
	completeAll(root)
	acceptAll(root)
	return root
}

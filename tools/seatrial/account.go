package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/report/output"
	"seatrial/e2e/framework/report/paint"
	"seatrial/e2e/framework/typed"
	"seatrial/tools/seatrial/internal/choices"
)

// account keeps what a command does as events, tells it while it goes, and writes the reports that its user wants when it
// is over.
type account struct {
	said     *choices.Choices
	unheard  bool // nothing is told but what the command writes itself
	stream   *report.Stream
	recorder *report.Recorder
	wants    []output.Want
	subjects atomic.Int64
}

func newAccount(said *choices.Choices) *account {
	recorder := &report.Recorder{}
	return &account{said: said, stream: report.NewStream(nil, recorder), recorder: recorder}
}

// again is an account of another run, for the same reports.
func (a *account) again() *account {
	other := newAccount(a.said)
	other.wants = a.wants
	return other
}

// flag adds the flag that asks for reports.
func (a *account) flag(flags *pflag.FlagSet) {
	flags.Var((*reportFlag)(a), "report", "`report` to write: "+strings.Join(output.Formats(), ", ")+", as html=page.html, or a file whose ending says it; can be given more than once")
}

type reportFlag account

func (f *reportFlag) String() string { return "" }

func (f *reportFlag) Type() string { return "report" }

func (f *reportFlag) Set(text string) error {
	wants, err := output.Parse(text)
	f.wants = append(f.wants, wants...)
	return err
}

// of keeps the account of one command. Reports are written whatever became of it; what was found is no trouble.
func (a *account) of(cmd *cobra.Command, args []string, run func() error) error {
	if err := output.Check(a.wants); err != nil {
		return err // Before anything runs, and not at its end.
	}
	hushed := a.listen(cmd.OutOrStdout())
	a.stream.Begin(typed.Hide(wordsOf(cmd, args))...)
	err := run()
	trouble := err
	if errors.Is(err, errFindings) || errors.Is(err, errFaults) || errors.Is(err, errBroken) {
		trouble = nil
	}
	a.stream.Finish(trouble)
	hushed()
	a.summarise(cmd.OutOrStdout())
	return errors.Join(err, a.write(cmd.OutOrStdout()))
}

// typedWords is the key of what was typed behind the name of the program, in a context.
type typedWords struct{}

// wordsOf is a command as it was typed; where nobody has typed it, its name with what it is about.
func wordsOf(cmd *cobra.Command, args []string) []string {
	if words, known := cmd.Context().Value(typedWords{}).([]string); known {
		return append([]string{cmd.Root().Name()}, words...)
	}
	return append(strings.Fields(cmd.CommandPath()), args...)
}

// listen tells what happens until it is hushed.
func (a *account) listen(out io.Writer) (hushed func()) {
	if a.unheard {
		return func() {}
	}
	detail := live.Normal
	switch {
	case a.said.Quiet:
		detail = live.Quiet
	case a.said.Verbose:
		detail = live.Verbose
	}
	teller := live.New(live.Options{Out: out, Detail: detail, Paint: a.paint(out), Groups: output.InActions(os.Getenv)})
	a.stream.Listen(teller)
	return teller.Close
}

// paint is that of what is written there.
func (a *account) paint(out io.Writer) paint.Paint {
	return paint.For(paint.Place{Refused: a.said.NoColor, Terminal: live.Terminal(out), Getenv: os.Getenv})
}

// summarise tells at the end what was found, and the verdict. What kept it from being found out is told as the command's
// error.
func (a *account) summarise(out io.Writer) {
	run := a.recorder.Run()
	if a.unheard || len(run.Subjects) == 0 && len(run.Tables) == 0 {
		return
	}
	run.Trouble = ""
	report.Summary(out, run, report.Look{Width: summaryWidth(out), Paint: a.paint(out)})
}

// summaryWidth is that of the terminal, as far as a text can still be read.
func summaryWidth(out io.Writer) int {
	const widest = 120
	if screen := live.Of(out); screen != nil {
		return min(screen.Width(), widest)
	}
	return report.Width
}

func (a *account) write(out io.Writer) error {
	run := a.recorder.Run()
	err := output.Write(run, a.wants, out)
	for _, want := range a.wants {
		if want.Path != "" && err == nil {
			fmt.Fprintf(out, "report: %s\n", want.Path)
		}
	}
	if output.InActions(os.Getenv) {
		err = errors.Join(err, output.ToActions(run, os.Getenv, out))
	}
	return err
}

// where says which cluster it is.
func (a *account) where(on framework.Handle) {
	a.stream.Settle(report.Where{Provider: on.Provider, Cluster: on.Cluster, Kubernetes: on.Kubernetes, Why: on.Why})
}

// bringUp opens a cluster as a phase of the run.
func (a *account) bringUp(ctx context.Context, o framework.Options) (*framework.Environment, error) {
	const phase = "bring up the cluster"
	defer a.stream.Phase(phase)()
	o.Progress = func(line string) { a.stream.Doing(report.Doing{Phase: phase, What: line}) }
	return framework.Open(ctx, o)
}

// next is a name for a subject.
func (a *account) next() report.SubjectID {
	return report.SubjectID(strconv.FormatInt(a.subjects.Add(1), 10))
}

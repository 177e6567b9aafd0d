package main

import (
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
	"seatrial/e2e/framework/report/output"
)

// account keeps what a command does as events, and writes the reports that its user wants when it is over.
type account struct {
	stream   *report.Stream
	recorder *report.Recorder
	wants    []output.Want
	subjects atomic.Int64
}

func newAccount() *account {
	recorder := &report.Recorder{}
	return &account{stream: report.NewStream(nil, recorder), recorder: recorder}
}

// again is an account of another run, for the same reports.
func (a *account) again() *account {
	other := newAccount()
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
	a.stream.Begin(append(strings.Fields(cmd.CommandPath()), args...)...)
	err := run()
	trouble := err
	if errors.Is(err, errFindings) || errors.Is(err, errFaults) || errors.Is(err, errBroken) {
		trouble = nil
	}
	a.stream.Finish(trouble)
	return errors.Join(err, a.write(cmd.OutOrStdout()))
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
	a.stream.Settle(report.Where{Provider: on.Provider, Cluster: on.Cluster, Kubernetes: on.Kubernetes})
}

// next is a name for a subject.
func (a *account) next() report.SubjectID {
	return report.SubjectID(strconv.FormatInt(a.subjects.Add(1), 10))
}

// Command browser finds a browser for the tests of web pages, and installs one if it can.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"seatrial/e2e/framework/browser/probe"
	"seatrial/tools/internal/apt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, machine{apt.ThisSystem(), os.Geteuid() == 0}, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

// machine is what decides whether packages can be installed without a question.
type machine struct {
	release apt.OSRelease
	root    bool
}

// run finds a browser and, where there is none and that is possible, installs it first.
func run(ctx context.Context, m machine, stdout, progress io.Writer) error {
	found, err := probe.Find(ctx)
	if none, ok := errors.AsType[*probe.NoneError](err); ok {
		found, err = m.install(ctx, none, progress)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s shows pages here\n", found)
	return err
}

// packages are the browser, and a font with the signs that pages use: without any font, it does not start.
func packages() []string { return []string{"chromium", "fonts-dejavu-core"} }

// install installs a browser and tries it, or returns an error that says what would help here.
func (m machine) install(ctx context.Context, none *probe.NoneError, progress io.Writer) (probe.Browser, error) {
	if advice := m.advice(none); advice != "" {
		return probe.Browser{}, fmt.Errorf("%s\n%s", none.Details(), advice)
	}
	if err := apt.InstallPackages(ctx, progress, packages()...); err != nil {
		return probe.Browser{}, fmt.Errorf("%s\n%w\n%s", none.Details(), err, byHand)
	}
	found, err := probe.Find(ctx)
	if still, ok := errors.AsType[*probe.NoneError](err); ok {
		return probe.Browser{}, fmt.Errorf("%s\nchromium was installed and does not start: %s", still.Details(), byHand)
	}
	return found, err
}

// byHand is what a person can always do.
const byHand = "install Chromium, Chrome or Edge with a font (not as a snap: its programs see other folders than the tests), " +
	"or set " + probe.Variable + " to the path of one"

// advice says what a person has to do, or nothing where packages can be installed.
func (m machine) advice(none *probe.NoneError) string {
	switch {
	case none.Chosen:
		return probe.Variable + " has to name a browser that works, or nothing"
	case !none.Missing():
		return "installing packages would not help: what is wrong is said above; or " + byHand
	case !m.release.HasAPT():
		return fmt.Sprintf("on %s, packages are not installed from here: %s", m.release, byHand)
	case !m.root:
		return "installing one needs root: repeat this with sudo; or " + byHand
	default:
		return ""
	}
}

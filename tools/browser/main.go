// Command browser finds a browser for the tests of web pages, and installs one if it can.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"seatrial/e2e/framework/browser/probe"
	"seatrial/tools/internal/apt"
	"seatrial/tools/internal/columns"
	"seatrial/tools/internal/telling"
)

func main() {
	os.Exit(telling.Run(context.Background(), "browser", telling.Here(), func(ctx context.Context, to telling.Telling) error {
		return run(ctx, machine{apt.ThisSystem(), os.Geteuid() == 0}, to)
	}))
}

// machine is what decides whether packages can be installed without a question.
type machine struct {
	release apt.OSRelease
	root    bool
}

// run finds a browser and, where there is none and that is possible, installs it first.
func run(ctx context.Context, m machine, to telling.Telling) error {
	found, err := find(ctx, to)
	if none, ok := errors.AsType[*probe.NoneError](err); ok {
		found, err = m.install(ctx, none, to)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(to.Out, columns.Wrap(found.String()+" shows pages here", 0))
	return err
}

// packages are the browser, and a font with the signs that pages use: without any font, it does not start.
func packages() []string { return []string{"chromium", "fonts-dejavu-core"} }

// install installs a browser and tries it, or returns an error that says what would help here.
func (m machine) install(ctx context.Context, none *probe.NoneError, to telling.Telling) (probe.Browser, error) {
	if advice := m.advice(none); advice != "" {
		return probe.Browser{}, fmt.Errorf("%s\n%s", none.Details(), advice)
	}
	if err := fetch(ctx, to); err != nil {
		return probe.Browser{}, fmt.Errorf("%s\n%w\n%s", none.Details(), err, byHand)
	}
	found, err := find(ctx, to)
	if still, ok := errors.AsType[*probe.NoneError](err); ok {
		return probe.Browser{}, fmt.Errorf("%s\nchromium was installed and does not start: %s", still.Details(), byHand)
	}
	return found, err
}

// find looks for a browser and tries it.
func find(ctx context.Context, to telling.Telling) (probe.Browser, error) {
	var found probe.Browser
	err := to.Try("find a browser", func() (err error) {
		found, err = probe.Find(ctx)
		return err
	})
	return found, err
}

// fetch installs the packages.
func fetch(ctx context.Context, to telling.Telling) error {
	const phase = "install chromium"
	return to.Try(phase, func() error { return apt.InstallPackages(ctx, to.Lines(phase), packages()...) })
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

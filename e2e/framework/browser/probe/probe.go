// Package probe finds a browser of the Chromium family that really starts on this machine.
package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"seatrial/e2e/framework/runid"
)

// Variable names the environment variable for a browser of the user's choice: a program on PATH or a path.
const Variable = "SEATRIAL_BROWSER"

const (
	// startTimeout is for one browser to start, draw a page and end: a second or two, and more on a machine that is busy.
	startTimeout = 90 * time.Second
	// stopGrace is how long the processes of a browser that was killed may hold on to its output.
	stopGrace = 5 * time.Second
	// longest is how many bytes of a browser's complaint are shown: its last ones say why.
	longest = 600
)

// page computes its text, so that it can only be seen where scripts run, and has a text that has to be measured: without
// any font, browsers end here.
const page = `data:text/html,<p id=answer>answer: </p><script>answer.append(6*7, answer.offsetHeight>0?' drawn':'')</script>`

// proof is what the page says then.
const proof = "answer: 42 drawn"

// Names are the programs that are looked for on PATH, in this order.
func Names() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"}
}

// Browser is one that has shown a page.
type Browser struct {
	// Path is the program.
	Path string
	// Version is what it says of itself, e.g. "Chromium 140.0.7339.80".
	Version string
}

// Arguments are those that every start of a browser on this machine needs. Browsers refuse their sandbox to root.
func Arguments() []string {
	if os.Geteuid() == 0 {
		return []string{"--no-sandbox"}
	}
	return nil
}

// Find returns the first browser that starts without a display and shows a page. If [Variable] is set, only the one it
// names is tried. If there is none, the error is a [*NoneError].
func Find(ctx context.Context) (Browser, error) {
	names := Names()
	if wanted := os.Getenv(Variable); wanted != "" {
		names = []string{wanted}
	}
	none := &NoneError{Looked: names, Chosen: os.Getenv(Variable) != ""}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		found, err := try(ctx, path)
		if err == nil {
			return found, nil
		}
		if ctx.Err() != nil {
			return Browser{}, fmt.Errorf("looking for a browser: %w", context.Cause(ctx))
		}
		none.Rejections = append(none.Rejections, Rejection{Path: path, Err: err})
	}
	return Browser{}, none
}

// try starts a browser, with a profile that goes with it.
func try(ctx context.Context, path string) (found Browser, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("it has not shown a page within %s", startTimeout))
	defer cancel()
	profile, err := runid.TempDir("browser")
	if err != nil {
		return Browser{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(profile)) }()
	args := append(Arguments(), "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir="+profile, "--dump-dom", page)
	shown, err := call(ctx, path, args...)
	if err != nil {
		return Browser{}, err
	}
	if !strings.Contains(shown, proof) {
		return Browser{}, fmt.Errorf("it ended without having shown the page; it printed %q", tail(shown))
	}
	version, err := call(ctx, path, "--version")
	if err != nil {
		return Browser{}, err
	}
	return Browser{Path: path, Version: strings.TrimSpace(version)}, nil
}

// call runs a browser and returns what it prints.
func call(ctx context.Context, path string, args ...string) (string, error) {
	//nolint:gosec // The program is the one that the user has on PATH or names.
	cmd := exec.CommandContext(ctx, path, args...)
	var printed, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &complaint
	cmd.WaitDelay = stopGrace
	err := cmd.Run()
	if err == nil {
		return printed.String(), nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return "", fmt.Errorf("%w: %s", err, cmp.Or(tail(complaint.String()), "it said nothing"))
}

// tail is the end of a text, which is where programs say why they stop.
func tail(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > longest {
		text = "…" + strings.ToValidUTF8(text[len(text)-longest:], "")
	}
	return text
}

// String names the browser for people.
func (b Browser) String() string { return fmt.Sprintf("%s (%s)", b.Version, b.Path) }

// Package browser drives a real browser, for tests of web pages: it does what a person would do, and hears what the page
// says and asks for. It is the one door to chromedp.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"

	"seatrial/e2e/framework/browser/probe"
	"seatrial/e2e/framework/runid"
)

const (
	// StartTimeout is for finding a browser and starting it.
	StartTimeout = 3 * time.Minute
	// closeTimeout is for a browser to end by itself.
	closeTimeout = 30 * time.Second
)

// Browser is one that runs, with a profile of its own. It ends with Close, and at the latest with this process.
type Browser struct {
	life    context.Context //nolint:containedctx // It is chromedp's handle of a browser.
	end     context.CancelFunc
	profile string
	close   func() error
}

// Start starts the browser that [probe.Find] finds. It outlives the context, which only bounds the start.
func Start(ctx context.Context) (*Browser, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, StartTimeout, fmt.Errorf("not started within %s", StartTimeout))
	defer cancel()
	found, err := probe.Find(ctx)
	if err != nil {
		return nil, err
	}
	profile, err := runid.TempDir("browser")
	if err != nil {
		return nil, err
	}
	allocator, forget := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options(found, profile)...)
	life, end := chromedp.NewContext(allocator)
	b := &Browser{life: life, end: func() { end(); forget() }, profile: profile}
	b.close = sync.OnceValue(b.stop)
	// The first action starts the browser, and the browser ends with that action's context.
	stop := context.AfterFunc(ctx, end)
	err = chromedp.Do(life)
	if !stop() || err != nil {
		err = errors.Join(err, context.Cause(ctx))
		return nil, errors.Join(fmt.Errorf("starting %s: %w", found, err), b.Close())
	}
	return b, nil
}

// options make a browser that starts like the one that was probed, and talks to nobody but the page's own hosts.
func options(found probe.Browser, profile string) []chromedp.ExecAllocatorOption {
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found.Path), chromedp.UserDataDir(profile),
		chromedp.Flag("headless", "new"), chromedp.DisableGPU, chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-GB"))
	for _, argument := range probe.Arguments() {
		all = append(all, chromedp.Flag(strings.TrimPrefix(argument, "--"), true))
	}
	return all
}

// Close ends the browser with all its pages, and removes its profile.
func (b *Browser) Close() error { return b.close() }

func (b *Browser) stop() error {
	ctx, cancel := context.WithTimeout(b.life, closeTimeout)
	err := chromedp.Cancel(ctx)
	cancel()
	b.end()
	if errors.Is(err, context.Canceled) {
		err = nil // It has ended already.
	}
	if err != nil {
		err = fmt.Errorf("ending the browser: %w", err)
	}
	return errors.Join(err, os.RemoveAll(b.profile))
}

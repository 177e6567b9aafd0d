package browser

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// ActionTimeout is for one thing that a person does, and for a page to show what it should.
const ActionTimeout = time.Minute

// Page is a tab.
type Page struct {
	record

	life context.Context //nolint:containedctx // It is chromedp's handle of a tab.
	end  context.CancelFunc
}

// Look is how somebody looks at a page.
type Look struct {
	// Width and Height are those of the window, in CSS pixels.
	Width, Height int
	// Scheme is "light" or "dark".
	Scheme string
	// Media is "print", or empty for the screen.
	Media string
}

// Open opens an empty tab. What is said and asked for in it is heard from then on.
func (b *Browser) Open(ctx context.Context) (*Page, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, ActionTimeout, fmt.Errorf("not done within %s", ActionTimeout))
	defer cancel()
	p := &Page{}
	p.life, p.end = chromedp.NewContext(b.life, chromedp.WithListener(p.hear))
	// The first action opens the tab, and the tab ends with that action's context.
	stop := context.AfterFunc(ctx, p.end)
	err := chromedp.Do(p.life) //nolint:contextcheck // Its life is the browser's.
	if !stop() || err != nil {
		p.end()
		return nil, fmt.Errorf("opening a tab: %w", errors.Join(err, context.Cause(ctx)))
	}
	return p, nil
}

// Close closes the tab.
func (p *Page) Close() { p.end() }

// Visit opens an address and waits until everything that belongs to the page is there.
func (p *Page) Visit(ctx context.Context, address string) error {
	return p.do(ctx, fmt.Sprintf("opening %q", address), chromedp.Navigate(address))
}

// Reload opens the same address anew.
func (p *Page) Reload(ctx context.Context) error {
	return p.do(ctx, "reloading the page", chromedp.Reload())
}

// See makes the page appear in another way.
func (p *Page) See(ctx context.Context, look Look) error {
	media := emulation.SetEmulatedMediaParams{Media: look.Media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.Scheme}}}
	return p.do(ctx, fmt.Sprintf("changing the look to %+v", look), chromedp.EmulateViewport(int64(look.Width), int64(look.Height)),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media)
			return err
		}))
}

// Click clicks in the middle of the first element of a CSS selector, after scrolling it into view.
func (p *Page) Click(ctx context.Context, selector string) error {
	return p.do(ctx, fmt.Sprintf("clicking on %q", selector), chromedp.Click(chromedp.CSS(selector)))
}

// Type gives the first element of a CSS selector the focus and types a text.
func (p *Page) Type(ctx context.Context, selector, text string) error {
	return p.do(ctx, fmt.Sprintf("typing into %q", selector), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press presses keys, one after the other, wherever the focus is. Besides letters there are the keys of this package.
func (p *Page) Press(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := p.do(ctx, fmt.Sprintf("pressing %q", key), chromedp.KeyEvent(key)); err != nil {
			return err
		}
	}
	return nil
}

// Keys that are no letters.
const (
	Enter = "\r"
	Tab   = "\t"
)

// Until waits until a JavaScript expression is true, for [ActionTimeout]. It may fail meanwhile, as it does on a page that
// is not all there yet; the error has the last failure.
func (p *Page) Until(ctx context.Context, expression string) error {
	bounded, cancel := context.WithTimeoutCause(ctx, ActionTimeout, fmt.Errorf("not so within %s", ActionTimeout))
	defer cancel()
	for {
		is, err := Evaluate[bool](bounded, p, "!!("+expression+")")
		if is {
			return nil
		}
		select {
		case <-bounded.Done():
			return fmt.Errorf("waiting until %s: %w", expression, errors.Join(context.Cause(bounded), err))
		case <-time.After(pollInterval):
		}
	}
}

// pollInterval is between two looks of Until.
const pollInterval = 50 * time.Millisecond

// Evaluate gives the value of a JavaScript expression, or of the promise that it is.
func Evaluate[T any](ctx context.Context, p *Page, expression string) (T, error) {
	return act(ctx, p, "evaluating "+expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// do does what needs no answer.
func (p *Page) do(ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) error {
	_, err := act(ctx, p, what, chromedp.Steps(steps...))
	return err
}

// act does something in the tab, until the caller's context ends or it has taken too long.
func act[T any](ctx context.Context, p *Page, what string, action chromedp.Action[T]) (T, error) {
	bounded, cancel := context.WithTimeoutCause(p.life, ActionTimeout, fmt.Errorf("not done within %s", ActionTimeout))
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	value, err := chromedp.Run(bounded, action) //nolint:contextcheck // It is the tab's, and the caller's ends it too.
	if err == nil {
		return value, nil
	}
	if ctx.Err() != nil {
		err = errors.Join(context.Cause(ctx), err)
	} else if bounded.Err() != nil {
		err = context.Cause(bounded) //nolint:contextcheck // As above.
	}
	return value, fmt.Errorf("%s: %w", what, err)
}

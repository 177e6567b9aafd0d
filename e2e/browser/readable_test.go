package browser

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"seatrial/e2e/framework/browser"
)

// hurry is how long to wait for what never comes.
const hurry = 2 * time.Second

//go:embed testdata/faint.js
var faintScript string

//go:embed testdata/crowded.js
var crowdedScript string

// faint lists the texts that stand out from their ground by less than 4.5 to 1, the least that WCAG 2.2 asks for in its
// criterion 1.4.3, with their colours. What is folded is not looked at.
func faint(ctx SpecContext, p *browser.Page) []string {
	GinkgoHelper()
	return read[[]string](ctx, p, faintScript)
}

// overflow is by how many pixels the page is wider than its window. What scrolls inside of the page does not count.
func overflow(ctx SpecContext, p *browser.Page) int {
	GinkgoHelper()
	return read[int](ctx, p, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

func withTimeout(ctx SpecContext, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// shown is an expression that tells whether something of the page is not folded away.
func shown(selector string) string {
	return fmt.Sprintf("!!document.querySelector(%q)?.checkVisibility()", selector)
}

// inView is an expression that tells whether something is shown within the window.
func inView(selector string) string {
	return shown(selector) + fmt.Sprintf(" && ((box) => box.bottom > 0 && box.top < innerHeight)(document.querySelector(%q).getBoundingClientRect())", selector)
}

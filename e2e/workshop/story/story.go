// Package story is the workshop as chapters of things to do and promises to keep: what
// the document tells its reader to type, and what it says will be seen. The suite makes
// a spec of each promise, and the demo tells the same story on a terminal.
package story

import (
	"context"
	"fmt"
	"sync"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
)

// The names that the workshop gives to things.
const (
	Release   = "guestbook-demo"
	Namespace = "helm-demo"
)

// Chapter is one step of the workshop.
type Chapter struct {
	Title    string
	Command  string // what the reader of the document types
	Do       func(ctx context.Context, w *World) error
	Promises []Promise
}

// Promise is something that must be true once the chapter is done.
type Promise struct {
	Text  string
	Keep  func(ctx context.Context, w *World) error // nil if it is kept; else the error says what is seen instead
	Needs cluster.Features                          // without these nobody can look
}

// Telling is one way to tell the story: where Helm keeps its history.
type Telling struct {
	Name      string
	Namespace string
	Driver    helm.Driver
}

// Tellings are all ways: as the workshop does it, and with Helm's other storage driver.
func Tellings() []Telling {
	return []Telling{
		{Name: "with history in Secrets", Namespace: Namespace, Driver: helm.Secrets},
		{Name: "with history in ConfigMaps", Namespace: Namespace + "-configmaps", Driver: helm.ConfigMaps},
	}
}

// Chapters is the story, in order: each chapter starts where the one before it ended.
func Chapters() []Chapter {
	return []Chapter{install(), upgrade(), rollback(), again(), uninstall()}
}

// Check looks at all promises at once: none of them changes what another one looks at. It
// returns what is seen instead of each, nil for those that are kept, in their order. What
// this cluster cannot show is not looked at: see World.Missing.
func (c Chapter) Check(ctx context.Context, w *World) []error {
	seen := make([]error, len(c.Promises))
	var group sync.WaitGroup
	for i, promise := range c.Promises {
		if len(w.Missing(promise)) > 0 {
			continue
		}
		group.Go(func() { seen[i] = promise.Keep(ctx, w) })
	}
	group.Wait()
	return seen
}

// Tell does what the chapter says. After a chapter that could not be done, the following
// ones refuse: they would only report what is missing because of it.
func (c Chapter) Tell(ctx context.Context, w *World) error {
	if w.stuck != "" {
		return fmt.Errorf("the chapter %q could not be done, so this one cannot start", w.stuck)
	}
	if err := c.Do(ctx, w); err != nil {
		w.stuck = c.Title
		return err
	}
	return nil
}

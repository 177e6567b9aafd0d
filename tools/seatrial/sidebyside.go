package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
)

// ownClusters tells whether each course can have a cluster of its own: those of provider embedded are there in no time.
func (r *rehearsal) ownClusters(ctx context.Context) (bool, error) {
	provider, err := framework.Choose(ctx, r.options(ground{settings: r.said.Settings()}))
	if err != nil {
		return false, err
	}
	if provider == assets.Embedded && r.said.Keep {
		fmt.Fprintln(r.out, "   --parallel: clusters of their own are thrown away, so that courses go one after the other in the one to --keep")
		return false, nil
	}
	if provider == assets.Embedded {
		return true, nil
	}
	fmt.Fprintf(r.out, "   --parallel: on provider %s, courses go one after the other: they would meet in one cluster\n", provider)
	return false, nil
}

// sideBySide plays courses at the same time, each in a cluster of its own that is thrown away. What changes in documents
// is told in one piece for each course, in the order in which the courses were named.
func (r *rehearsal) sideBySide(ctx context.Context, all []course, count *tally) error {
	settings := r.said.Settings()
	settings.Provider, settings.Keep = assets.Embedded, false
	r.account.stream.Plan(documentsOf(all))
	shared := &sharedTally{total: count}
	turns := inTurn(r.out, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.said.Parallel)
	for i, one := range all {
		group.Go(func() error {
			var told bytes.Buffer
			defer func() { turns.end(i, &told) }()
			p := &playing{rehearsal: r, course: one, out: &told, count: shared.begin()}
			defer shared.end(p.count)
			if p.enough() {
				p.notBegun()
				return nil
			}
			on := ground{settings: settings, wants: one.wants}
			return r.onCluster(ctx, on, p.perform)
		})
	}
	return group.Wait()
}

// sharedTally adds up what several courses count at the same time.
type sharedTally struct {
	mutex sync.Mutex
	total *tally
}

// begin is a tally for one course, which knows of what has failed elsewhere.
func (s *sharedTally) begin() *tally {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return &tally{elsewhere: s.total.failures()}
}

func (s *sharedTally) end(one *tally) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.total.merge(one)
}

// turns writes what several have told in the order of their numbers, each as soon as those before it are written.
type turns struct {
	mutex   sync.Mutex
	out     io.Writer
	waiting []*bytes.Buffer
	next    int
}

func inTurn(out io.Writer, count int) *turns {
	return &turns{out: out, waiting: make([]*bytes.Buffer, count)}
}

func (t *turns) end(number int, told *bytes.Buffer) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.waiting[number] = told
	for t.next < len(t.waiting) && t.waiting[t.next] != nil {
		_, _ = t.waiting[t.next].WriteTo(t.out) // To a terminal or a buffer, as everything here.
		t.next++
	}
}

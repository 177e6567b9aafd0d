package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// probePrefix starts the name of everything that a probe makes.
	probePrefix = "seatrial-probe-"
	// removeTimeout bounds the clean-up after a probe.
	removeTimeout = 30 * time.Second
	// staleAfter is an age that no running probe reaches.
	staleAfter = 10 * time.Minute
)

// remove takes away what one attempt may have made, also after a cancel.
func (p *probe) remove(ctx context.Context, name string) error {
	cause := fmt.Errorf("not removed within %s", removeTimeout)
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), removeTimeout, cause)
	defer cancel()
	var failures []error
	for _, args := range [][]string{
		{"rm", "--force", "--volumes", name},
		{"volume", "rm", name},
		{"network", "rm", name},
	} {
		if _, err := p.engine.Run(ctx, args...); err != nil && !isAbsent(err, name) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// isAbsent tells whether an engine had nothing of that name to remove.
func isAbsent(err error, name string) bool {
	run, ok := errors.AsType[*RunError](err)
	if !ok || !strings.Contains(run.Stderr, name) {
		return false
	}
	words := strings.ToLower(run.Stderr)
	return slices.ContainsFunc([]string{"no such", "not found", "does not exist", "unable to find"}, func(say string) bool {
		return strings.Contains(words, say)
	})
}

// sweep removes what probes left that were killed before they could clean up.
func (p *probe) sweep(ctx context.Context, now time.Time) error {
	var names []string
	for _, args := range [][]string{
		{"ps", "--all", "--format", "{{.Names}}"},
		{"volume", "ls", "--format", "{{.Name}}"},
		{"network", "ls", "--format", "{{.Name}}"},
	} {
		list, err := p.step(ctx, args...)
		if err != nil {
			return err
		}
		names = append(names, strings.Fields(list)...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !isStale(name, now) {
			continue
		}
		p.log.InfoContext(ctx, "removing what an earlier probe left", "engine", p.engine.Name, "name", name)
		if err := p.remove(ctx, name); err != nil {
			return fmt.Errorf("removing what an earlier probe left: %w", err)
		}
	}
	return nil
}

// isStale tells whether a name is that of a probe which must have ended.
func isStale(name string, now time.Time) bool {
	rest, ok := strings.CutPrefix(name, probePrefix)
	if !ok {
		return false
	}
	seconds, _, ok := strings.Cut(rest, "-")
	if !ok {
		return false
	}
	made, err := strconv.ParseInt(seconds, 10, 64)
	return err == nil && now.Sub(time.Unix(made, 0)) > staleAfter
}

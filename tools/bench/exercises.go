package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/workshop/story"
)

// exerciseGoal is for the three chapters on the embedded control plane, from nothing to the verdict.
const exerciseGoal = 2500 * time.Millisecond

// phase is a part of something that is measured as a whole.
type phase struct {
	name string
	took time.Duration
}

func total(phases []phase) (all time.Duration) {
	for _, p := range phases {
		all += p.took
	}
	return all
}

// shares tells what each phase took, and of how much that is.
func shares(phases []phase) string {
	const percent = 100
	var parts []string
	for _, p := range phases {
		parts = append(parts, fmt.Sprintf("%s %s (%.0f %%)", p.name, seconds(p.took), percent*p.took.Seconds()/total(phases).Seconds()))
	}
	return strings.Join(parts, ", ")
}

// exercises plays the three chapters on the embedded control plane, from the start of a process to the verdict, and then
// deletes the cluster, which is measured apart.
func (b *bench) exercises(ctx context.Context) ([]row, error) {
	settings := b.settings
	settings.Provider = assets.Embedded
	var rounds [][]phase
	var ends []time.Duration
	for range 2*b.rounds + 1 {
		phases, end, err := b.exercise(ctx, settings)
		if err != nil {
			return nil, err
		}
		rounds, ends = append(rounds, phases), append(ends, end)
	}
	// The round in the middle stands for all, so that its shares add up.
	slices.SortFunc(rounds, func(a, b []phase) int { return int(total(a) - total(b)) })
	middle := rounds[len(rounds)/2]
	tell("exercises, best of %d: %s; the median: %s", len(rounds), seconds(total(rounds[0])), shares(middle))
	took, end := total(middle), median(ends)
	return []row{
		{
			what: "embedded: the exercises from the start of a process to the verdict, against the goal", ours: seconds(took),
			baseline: seconds(exerciseGoal), ratio: took.Seconds() / exerciseGoal.Seconds(), bound: 1,
		},
		{
			what: "embedded: deletion of a cluster that was worked on, against the limit", ours: milliseconds(end),
			baseline: milliseconds(deleteLimit), ratio: end.Seconds() / deleteLimit.Seconds(), bound: 1,
		},
	}, nil
}

// exercise is one round of them.
func (b *bench) exercise(ctx context.Context, settings framework.Settings) (phases []phase, end time.Duration, err error) {
	started, err := processStart(ctx)
	if err != nil {
		return nil, 0, err
	}
	begun := time.Now()
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "bench"})
	if err != nil {
		return nil, 0, err
	}
	opened := time.Since(begun)
	told, err := b.story(ctx, environment)
	ending := time.Now()
	err = errors.Join(err, environment.Close(context.WithoutCancel(ctx)))
	return append([]phase{{"process", started}, {"cluster", opened}}, told...), time.Since(ending), err
}

// processStart is what a program of this size takes until it does something.
func processStart(ctx context.Context) (time.Duration, error) {
	program, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("measuring the start of a process: %w", err)
	}
	begun := time.Now()
	if err := exec.CommandContext(ctx, program, "-h").Run(); err != nil {
		return 0, fmt.Errorf("measuring the start of a process: %w", err)
	}
	return time.Since(begun), nil
}

// story tells three chapters. The first phase makes the namespace; each chapter has one for what is done and one for its
// promises. The end of the namespace is none of them.
func (b *bench) story(ctx context.Context, e *framework.Environment) (phases []phase, err error) {
	begun := time.Now()
	world, err := story.Open(ctx, e.Handle(), story.Tellings()[0])
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, world.Close(context.WithoutCancel(ctx))) }()
	mark := func(name string) {
		phases = append(phases, phase{name, time.Since(begun)})
		begun = time.Now()
	}
	mark("namespace")
	for _, chapter := range story.Chapters()[:3] {
		if err := chapter.Tell(ctx, world); err != nil {
			return nil, err
		}
		mark(strings.ToLower(chapter.Title))
		if err := errors.Join(chapter.Check(ctx, world)...); err != nil {
			return nil, fmt.Errorf("%s: %w", chapter.Title, err)
		}
		mark("its promises")
	}
	return phases, nil
}

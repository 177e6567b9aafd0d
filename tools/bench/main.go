// Command bench measures seatrial against what a person would use instead, in one run on
// one machine, so that its figures are ratios and not seconds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"seatrial/tools/internal/garbage"
)

func main() {
	garbage.CollectRarely(os.Getenv) // As the command does.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 3, "how often each side runs; the median counts")
	only := flags.String("only", "", "measure only `one` of "+strings.Join(names(), ", "))
	cold := flags.Bool("cold", false, "measure a build from empty caches too, which takes a quarter of an hour")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *only != "" && !slices.Contains(names(), *only) {
		return fmt.Errorf("-only %s: there is no such measurement: choose one of %s", *only, strings.Join(names(), ", "))
	}
	b := &bench{rounds: *rounds}
	defer b.close()
	var rows []row
	for _, one := range measurements() {
		if *only != "" && *only != one.name || one.name == "cold" && !*cold && *only == "" {
			continue
		}
		measured, err := one.measure(ctx, b)
		if errors.Is(err, errNoNodes) && *only == "" {
			tell("%s is left out: %v", one.name, err)
			continue
		}
		if err != nil {
			return err
		}
		rows = append(rows, measured...)
	}
	return show(os.Stdout, rows)
}

// needs are what a measurement needs to be there.
type needs int

const (
	nothing needs = iota // that has to be prepared
	controlPlane
	nodes // and an engine that runs them
)

// measurement is one part of the table.
type measurement struct {
	name  string
	run   func(b *bench, ctx context.Context) ([]row, error)
	needs needs
}

func (m measurement) measure(ctx context.Context, b *bench) ([]row, error) {
	if m.needs >= controlPlane {
		if err := b.open(); err != nil {
			return nil, err
		}
	}
	if m.needs >= nodes {
		if err := b.openNodes(ctx); err != nil {
			return nil, fmt.Errorf("measuring kind clusters: %w", err)
		}
	}
	return m.run(b, ctx)
}

func measurements() []measurement {
	single := func(measure func(b *bench, ctx context.Context) (row, error)) func(*bench, context.Context) ([]row, error) {
		return func(b *bench, ctx context.Context) ([]row, error) {
			measured, err := measure(b, ctx)
			return []row{measured}, err
		}
	}
	return []measurement{
		{"documents", single((*bench).documents), nothing},
		{"outputs", single((*bench).outputs), nothing},
		{"ledger", single((*bench).ledgers), nothing},
		{"embedded", (*bench).controlPlanes, controlPlane},
		{"many", (*bench).many, controlPlane},
		{"exercises", (*bench).exercises, controlPlane},
		{"watch", single((*bench).watched), controlPlane},
		{"cluster", single((*bench).clusters), nodes},
		{"kept", single((*bench).kept), nodes},
		{"story", single((*bench).stories), nodes},
		{"chart", (*bench).charts, controlPlane},
		{"crashes", (*bench).crashes, controlPlane},
		{"soak", (*bench).soak, controlPlane},
		{"waiting", (*bench).waiting, nodes},
		{"size", single((*bench).size), nodes},
		{"cold", single((*bench).cold), nodes},
	}
}

func names() []string {
	var all []string
	for _, one := range measurements() {
		all = append(all, one.name)
	}
	return all
}

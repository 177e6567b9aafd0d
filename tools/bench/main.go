// Command bench measures seatrial against what a person would use instead, in one run on
// one machine, so that its figures are ratios and not seconds.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
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
		if err != nil {
			return err
		}
		rows = append(rows, measured...)
	}
	return show(os.Stdout, rows)
}

// measurement is one part of the table.
type measurement struct {
	name string
	run  func(b *bench, ctx context.Context) ([]row, error)
	// bare says that it needs nothing that has to be prepared.
	bare bool
}

func (m measurement) measure(ctx context.Context, b *bench) ([]row, error) {
	if !m.bare {
		if err := b.open(ctx); err != nil {
			return nil, err
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
		{name: "documents", run: single((*bench).documents), bare: true},
		{name: "ledger", run: single((*bench).ledgers), bare: true},
		{name: "embedded", run: (*bench).controlPlanes},
		{name: "exercises", run: single((*bench).exercises)},
		{name: "cluster", run: single((*bench).clusters)},
		{name: "kept", run: single((*bench).kept)},
		{name: "story", run: single((*bench).stories)},
		{name: "chart", run: (*bench).charts},
		{name: "waiting", run: (*bench).waiting},
		{name: "size", run: single((*bench).size)},
		{name: "cold", run: single((*bench).cold)},
	}
}

func names() []string {
	var all []string
	for _, one := range measurements() {
		all = append(all, one.name)
	}
	return all
}

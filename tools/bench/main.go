// Command bench measures seatrial against what a person would use instead, in one run on
// one machine, so that its figures are ratios and not seconds.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
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
	cold := flags.Bool("cold", false, "measure a build from empty caches too, which takes a quarter of an hour")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := open(ctx, *rounds)
	if err != nil {
		return err
	}
	defer b.close()
	rows, err := b.controlPlanes(ctx)
	if err != nil {
		return err
	}
	for _, measure := range []func(context.Context) (row, error){b.exercises, b.clusters, b.stories, b.size} {
		r, err := measure(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	if *cold {
		r, err := b.cold(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	return show(os.Stdout, rows)
}

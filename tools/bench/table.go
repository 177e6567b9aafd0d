package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// row is one line of the table: ours against a baseline or a bound.
type row struct {
	what           string
	ours, baseline string
	ratio          float64
	bound          float64 // the ratio that must not be exceeded
}

// show prints the table, and fails when a bound is exceeded.
func show(out io.Writer, rows []row) error {
	fmt.Fprintf(out, "\n%d cores, %s/%s, %s\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tOURS\tAGAINST\tRATIO\tAT MOST")
	exceeded := 0
	for _, r := range rows {
		verdict := ""
		if r.ratio > r.bound {
			exceeded++
			verdict = "  exceeded"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.2f\t%.2f%s\n", r.what, r.ours, r.baseline, r.ratio, r.bound, verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if exceeded > 0 {
		return fmt.Errorf("%d of %d bounds are exceeded", exceeded, len(rows))
	}
	return nil
}

// against compares the medians of two series.
func against(what string, ours, baseline []time.Duration, bound float64) row {
	a, b := median(ours), median(baseline)
	return row{what: what, ours: seconds(a), baseline: seconds(b), ratio: a.Seconds() / b.Seconds(), bound: bound}
}

func median(series []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(series))
	return sorted[len(sorted)/2]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

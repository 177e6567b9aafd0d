package main

import (
	"fmt"
	"io"
)

// tellRevisions says what a chart is tried with.
func tellRevisions(out io.Writer, one trialled) {
	fmt.Fprintf(out, "\n== %s\n", one.name)
	for i, r := range one.revisions {
		fmt.Fprintf(out, "   revision %d: %s (chart %s)\n", i+1, r.Name, r.Chart.Version())
		if r.Said != "" {
			fmt.Fprintf(out, "      %s\n", r.Said)
		}
	}
}

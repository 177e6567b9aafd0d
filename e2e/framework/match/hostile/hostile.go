// Package hostile makes pairs of outputs of any size that are hard to compare: whatever a comparison does for each
// line, word, row, table or field, one of them has as many as fit.
package hostile

import (
	"maps"
	"slices"
	"strings"
)

// Side is which of two outputs is made.
type Side int

const (
	// Want is what a document shows.
	Want Side = iota
	// Got is what came.
	Got
)

// Input makes one side of a pair of outputs of at least size bytes.
type Input func(side Side, size int) string

// Inputs gives all of them by name.
func Inputs() map[string]Input {
	all := map[string]Input{}
	for _, some := range []map[string]Input{lines(), longLines(), elisions(), tables(), rows(), headers(), data(), described()} {
		maps.Copy(all, some)
	}
	return all
}

// Names lists the inputs.
func Names() []string { return slices.Sorted(maps.Keys(Inputs())) }

// Commands are those in whose light outputs are read differently.
func Commands() []string {
	return []string{"", "kubectl get pods", "helm status x", "kubectl get pods -o yaml"}
}

// each makes an output line by line.
func each(line func(i int, side Side) string) Input {
	return func(side Side, size int) string {
		var out strings.Builder
		for i := 0; out.Len() < size; i++ {
			out.WriteString(line(i, side))
			out.WriteByte('\n')
		}
		return out.String()
	}
}

// same makes both sides of one line again and again.
func same(line string) Input { return each(func(int, Side) string { return line }) }

// under makes an output of a first line and the others.
func under(first string, line func(i int, side Side) string) Input {
	return each(func(i int, side Side) string {
		if i == 0 {
			return first
		}
		return line(i, side)
	})
}

// joined makes one line of pieces.
func joined(piece func(i int, side Side) string) Input {
	return func(side Side, size int) string {
		var out strings.Builder
		for i := 0; out.Len() < size; i++ {
			out.WriteString(piece(i, side))
		}
		return out.String()
	}
}

// filled repeats one piece in one line.
func filled(piece string) Input { return joined(func(int, Side) string { return piece }) }

// pick gives the one or the other.
func pick(side Side, want, got string) string {
	if side == Want {
		return want
	}
	return got
}

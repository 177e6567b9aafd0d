package match

import (
	"runtime"
	"strings"
	"testing"

	"seatrial/e2e/framework/match/hostile"
)

const tenMegabytes = 10_000_000

// effort is what a comparison takes: what it holds against each other, and the memory it asks for.
type effort struct{ work, objects, bytes uint64 }

// effortOf compares two outputs with little left for what takes more than one look at each line: what is spent then is
// to be in proportion to the size.
func effortOf(want, got, command string, most int) (spent effort, findings int) {
	c := newComparison(Options{Command: command, Memory: &Memory{}})
	c.most, c.effort = mostFindings, most
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.compare(want, got)
	c.remember()
	runtime.ReadMemStats(&after)
	spent = effort{uint64(c.work), after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc} //nolint:gosec // It counts up.
	return spent, len(c.told())
}

// Four times the output takes four times the work and the memory. Steps that are not linear have limits, beyond which
// these outputs are; how long ten megabytes take is for the measurements to say.
func TestNoOutputTakesMoreThanItsShare(t *testing.T) {
	const (
		size, times = 8_000, 4
		most        = 2_000
		// Memory is asked for in steps, and parts of an output may be the first of their kind.
		tolerance, objects, bytes = 1.5, 3_000, 1 << 19
	)
	for name, input := range hostile.Inputs() {
		for _, command := range hostile.Commands() {
			small, _ := effortOf(input(hostile.Want, size), input(hostile.Got, size), command, most)
			large, findings := effortOf(input(hostile.Want, times*size), input(hostile.Got, times*size), command, most)
			within := func(what string, small, large uint64, anyway float64) {
				if bound := tolerance*times*float64(small) + anyway; float64(large) > bound {
					t.Errorf("%s, %q: %d %s for %d bytes, but %d for %d", name, command, small, what, size, large, times*size)
				}
			}
			within("comparisons", small.work, large.work, 2*most)
			within("objects", small.objects, large.objects, objects)
			within("bytes of memory", small.bytes, large.bytes, bytes)
			if findings > mostFindings+1 {
				t.Errorf("%s, %q: %d findings are more than anybody reads", name, command, findings)
			}
		}
	}
	t.Logf("%d kinds of output", len(hostile.Names()))
}

func TestHostileOutputsAreEqualToThemselves(t *testing.T) {
	const size = 3000
	for name, input := range hostile.Inputs() {
		text := input(hostile.Want, size)
		for _, command := range hostile.Commands() {
			if found := Compare(text, text, Options{Command: command}); len(found) > 0 {
				t.Errorf("%s, %q: %v", name, command, found[0])
			}
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	for name, input := range hostile.Inputs() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			want, got := input(hostile.Want, tenMegabytes), input(hostile.Got, tenMegabytes)
			b.SetBytes(int64(len(want)))
			for b.Loop() {
				Compare(want, got, Options{})
			}
		})
	}
}

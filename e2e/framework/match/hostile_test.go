package match

import (
	"strings"
	"testing"
	"time"

	"seatrial/e2e/framework/match/hostile"
)

const (
	megabyte     = 1 << 20
	tenMegabytes = 10 * megabyte
)

// A time that grows with the square is minutes for a megabyte; how long ten take is for the benchmark to say. Steps
// that are not linear have limits, beyond which these outputs are: none may be forgotten.
func TestNoOutputTakesMoreThanItsShareOfTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second or so for each kind of output")
	}
	const bound = time.Minute
	for name, input := range hostile.Inputs() {
		t.Run(name, func(t *testing.T) {
			want, got := input(hostile.Want, megabyte), input(hostile.Got, megabyte)
			for _, command := range hostile.Commands() {
				start := time.Now()
				found := Compare(want, got, Options{Command: command, Memory: &Memory{}})
				if took := time.Since(start); took > bound {
					t.Errorf("%q: comparing a megabyte took %s", command, took)
				}
				if len(found) > mostFindings+1 {
					t.Errorf("%q: %d findings are more than anybody reads", command, len(found))
				}
			}
		})
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

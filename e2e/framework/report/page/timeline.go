package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"seatrial/e2e/framework/report"
)

// The measures of the picture, in the units of its own coordinates.
const (
	barLeft   = 220.0 // where time begins: names stand before it
	barWidth  = 760.0
	rowHeight = 22
	barHeight = 14
	axis      = 26 // room for the scale
	ticks     = 5
	narrowest = 1.5 // of a bar: one that took no time can still be seen
	longName  = 34  // characters that fit before the bars
)

// timeline is a picture of all that took time.
type timeline struct {
	Height int
	Width  float64
	Rows   []row
	Ticks  []tick
}

// row is a phase, or a subject with its steps as bars.
type row struct {
	Name   string
	Short  string // the name as there is room for it: without the group, which is often the same
	Y      int
	Middle int
	Link   string
	Bars   []bar
}

// bar is a stretch of time.
type bar struct {
	X, Width float64
	Class    string
	Title    string
	Link     string
}

type tick struct {
	X    float64
	Text string
}

// timelineOf draws the phases, then the subjects. A run without a length has no picture.
func timelineOf(run report.Run) timeline {
	whole := run.Ended.Sub(run.Started)
	if whole <= 0 {
		return timeline{}
	}
	scale := func(from, to time.Time) (x, width float64) {
		if to.Before(from) {
			to = run.Ended
		}
		// Clocks of others may say that something ended after the run.
		at := func(t time.Time) float64 {
			return barWidth * min(max(t.Sub(run.Started).Seconds()/whole.Seconds(), 0), 1)
		}
		return barLeft + at(from), max(at(to)-at(from), narrowest)
	}
	t := timeline{Width: barLeft + barWidth + 20}
	add := func(r row) {
		r.Y = axis + len(t.Rows)*rowHeight
		r.Middle = r.Y + barHeight - 3
		r.Short = cmp.Or(r.Short, shorten(r.Name))
		t.Rows = append(t.Rows, r)
	}
	for _, phase := range run.Phases {
		x, width := scale(phase.Started, phase.Ended)
		add(row{Name: phase.Name, Bars: []bar{{X: x, Width: width, Class: "phase", Title: fmt.Sprintf("%s: %s", phase.Name, took(phase.Ended.Sub(phase.Started)))}}})
	}
	for i := range run.Subjects {
		add(rowOf(i, run.Subjects[i], scale))
	}
	for i := range ticks + 1 {
		part := float64(i) / ticks
		t.Ticks = append(t.Ticks, tick{X: barLeft + barWidth*part, Text: fmt.Sprintf("%.1f s", whole.Seconds()*part)})
	}
	t.Height = axis + len(t.Rows)*rowHeight + 6
	return t
}

func rowOf(index int, s report.Subject, scale func(from, to time.Time) (float64, float64)) row {
	id := fmt.Sprintf("subject-%d", index+1)
	r := row{Name: s.Name(), Short: shorten(s.Title), Link: "#" + id}
	if len(s.Steps) == 0 && !s.Ended.IsZero() {
		x, width := scale(s.Started, s.Ended)
		r.Bars = append(r.Bars, bar{X: x, Width: width, Class: slug(s.Verdict), Title: s.Name(), Link: r.Link})
	}
	for k := range s.Steps {
		step := &s.Steps[k]
		x, width := scale(step.Started, step.Started.Add(time.Duration(step.Seconds*float64(time.Second))))
		r.Bars = append(r.Bars, bar{
			X: x, Width: width, Class: slug(step.Verdict), Link: "#" + stepID(id, step.Number),
			Title: fmt.Sprintf("%s: %s, %.1f s", step.Title(), step.Verdict, step.Seconds),
		})
	}
	return r
}

// shorten keeps the begin of a name, on one line.
func shorten(name string) string {
	runes := []rune(strings.Join(strings.Fields(name), " "))
	if len(runes) <= longName {
		return string(runes)
	}
	return string(runes[:longName-1]) + "…"
}

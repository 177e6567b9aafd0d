package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/paint"
)

// frame is the room for what changes, at a moment.
type frame struct {
	now           time.Time
	width, height int
	paint.Paint
}

// view are the lines that say what is under way: phases and subjects with what each is doing and for how long, and at
// last what is left.
func (s *state) view(f frame) []string {
	var lines []string
	for _, one := range s.under {
		lines = append(lines, one.view(f)...)
	}
	total := s.total(f)
	room := f.height - len(total)
	if hidden := len(lines) - room; hidden > 0 && room > 0 {
		lines = append(lines[:room-1], f.Faint(report.Fit(fmt.Sprintf("  … and %d more", hidden+1), f.width)))
	}
	return append(lines, total...)
}

// view is what one is doing. Many paths go at a time, so that each has one line; of others what is being done has one.
func (d *doing) view(f frame) []string {
	head := d.progress()
	if head != "" {
		head += "  "
	}
	head += report.Took(f.now.Sub(d.since))
	if d.phase || d.kind == report.Path {
		name := d.name
		if d.what != "" {
			name += ": " + d.what
		}
		return []string{f.row("  "+name, head)}
	}
	lines := []string{f.row("  "+d.name, head)}
	if d.what != "" {
		lines = append(lines, f.row("    "+d.what, report.Took(f.now.Sub(d.whatSince))))
	}
	return lines
}

// total says how much is done and left, where there is more than one.
func (s *state) total(f frame) []string {
	over := 0
	for _, n := range s.over {
		over += n
	}
	all := max(s.planned, len(s.subjects))
	if all == 0 && s.phases > 1 {
		return s.totalOfPhases(f)
	}
	if all < 2 {
		return nil
	}
	parts := []string{fmt.Sprintf("%d of %d done", over, all)}
	if failed := s.over[report.Failed]; failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", failed))
	}
	if left := all - len(s.subjects); left > 0 {
		parts = append(parts, fmt.Sprintf("%d to begin", left))
	}
	return []string{f.row("  "+strings.Join(parts, ", "), report.Took(f.now.Sub(s.started)))}
}

// totalOfPhases is that of a command that consists of phases.
func (s *state) totalOfPhases(f frame) []string {
	text := fmt.Sprintf("  %d of %d done", s.ended, s.phases)
	if left := s.phases - s.ended - len(s.under); left > 0 {
		text += fmt.Sprintf(", %d to begin", left)
	}
	return []string{f.row(text, report.Took(f.now.Sub(s.started)))}
}

// row puts a text at the left end of a line and another at the right one, if there is room for both.
func (f frame) row(left, right string) string {
	const least = 12 // columns of the left text that are worth more than the right one
	room := f.width - runewidth.StringWidth(right) - 2
	if room < least {
		return report.Fit(left, f.width)
	}
	left = report.Fit(left, room)
	return left + strings.Repeat(" ", max(room-runewidth.StringWidth(left), 0)) + "  " + f.Faint(right)
}

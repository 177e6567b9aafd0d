package live

import (
	"slices"

	"seatrial/e2e/framework/report"
)

// group is a phase or a subject whose lines belong together.
type group struct {
	name string
	id   report.SubjectID // of a subject
	// ordered says that its lines must not stand between those of others.
	ordered bool
}

// groups keeps lines together that belong together: what goes on at the same time as the open group is kept back until
// that is closed. If they are marked, it is as a GitHub workflow's log folds them: a line "::group::NAME" opens one, and
// "::endgroup::" closes it; they do not nest.
type groups struct {
	marked bool
	open   group
	held   []*heldGroup
}

// heldGroup is one that has to wait.
type heldGroup struct {
	group

	lines []string
	over  bool
}

// put gives what can be written now of a line of a group. Lines of no group are written at once.
func (g *groups) put(of group, text string) []string {
	if of == (group{}) || of == g.open {
		return []string{text}
	}
	if g.open == (group{}) {
		g.open = of
		return append(g.mark("::group::"+of.name), text)
	}
	at := slices.IndexFunc(g.held, func(h *heldGroup) bool { return h.group == of && !h.over })
	if at < 0 {
		at = len(g.held)
		g.held = append(g.held, &heldGroup{group: of})
	}
	g.held[at].lines = append(g.held[at].lines, text)
	return nil
}

// close closes a group. If it was the open one, those that are over come after it, and the next one opens.
func (g *groups) close(of group) []string {
	if of == (group{}) {
		return nil
	}
	if of != g.open {
		for _, h := range g.held {
			h.over = h.over || h.group == of
		}
		return nil
	}
	g.open = group{}
	return append(g.mark("::endgroup::"), g.next()...)
}

// next writes the groups that were held back: first those that are over, then the oldest of the others, which is open
// from then on.
func (g *groups) next() []string {
	var lines []string
	var rest []*heldGroup
	for _, h := range g.held {
		if !h.over {
			rest = append(rest, h)
			continue
		}
		lines = append(lines, g.mark("::group::"+h.name)...)
		lines = append(lines, h.lines...)
		lines = append(lines, g.mark("::endgroup::")...)
	}
	g.held = rest
	if len(rest) > 0 {
		g.open, g.held = rest[0].group, rest[1:]
		lines = append(append(lines, g.mark("::group::"+g.open.name)...), rest[0].lines...)
	}
	return lines
}

// end closes all of them.
func (g *groups) end() []string {
	for _, h := range g.held {
		h.over = true
	}
	return g.close(g.open)
}

func (g *groups) mark(text string) []string {
	if !g.marked {
		return nil
	}
	return []string{text}
}

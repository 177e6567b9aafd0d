package live

import "slices"

// groups folds lines as a GitHub workflow's log does: a line "::group::NAME" opens one, and "::endgroup::" closes it.
// They do not nest. What goes on at the same time is kept back until the open one is closed.
type groups struct {
	open string
	held []*heldGroup
}

// heldGroup is one that has to wait.
type heldGroup struct {
	name  string
	lines []string
	over  bool
}

// put gives what can be written now of a line of a group. Lines of no group are written at once.
func (g *groups) put(name, text string) []string {
	if name == "" || name == g.open {
		return []string{text}
	}
	if g.open == "" {
		g.open = name
		return []string{"::group::" + name, text}
	}
	at := slices.IndexFunc(g.held, func(h *heldGroup) bool { return h.name == name && !h.over })
	if at < 0 {
		at = len(g.held)
		g.held = append(g.held, &heldGroup{name: name})
	}
	g.held[at].lines = append(g.held[at].lines, text)
	return nil
}

// close closes a group. If it was the open one, those that are over come after it, and the next one opens.
func (g *groups) close(name string) []string {
	if name != g.open {
		for _, h := range g.held {
			h.over = h.over || h.name == name
		}
		return nil
	}
	if name == "" {
		return nil
	}
	g.open = ""
	return append([]string{"::endgroup::"}, g.next()...)
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
		lines = append(append(append(lines, "::group::"+h.name), h.lines...), "::endgroup::")
	}
	g.held = rest
	if len(rest) > 0 {
		g.open, g.held = rest[0].name, rest[1:]
		lines = append(append(lines, "::group::"+g.open), rest[0].lines...)
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

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// gathering is what was found in a subject, or in all paths of a chart together.
type gathering struct {
	kind     SubjectKind
	name     string
	evidence string
	subjects int
	findings []found
}

// found is a finding with where it was found.
type found struct {
	Finding

	heading, step string
	// paths are those on which it was found, of a chart, and tried is how many there are.
	paths []string
	tried int
}

// gathered puts together what was found on several paths of one chart: there it is one fault, and is told once.
func gathered(all []Subject) []gathering {
	var list []gathering
	for i := range all {
		name := all[i].Name()
		at := -1
		if all[i].Kind == Path {
			name = cmp.Or(all[i].Group, name)
			at = slices.IndexFunc(list, func(g gathering) bool { return g.kind == Path && g.name == name })
		}
		if at < 0 {
			at, list = len(list), append(list, gathering{kind: all[i].Kind, name: name})
		}
		list[at].add(all[i])
	}
	for _, g := range list {
		for i := range g.findings {
			g.findings[i].tried = g.subjects
		}
		if g.kind == Path { // They have no order of their own.
			slices.SortStableFunc(g.findings, func(a, b found) int { return cmp.Compare(grades()[a.Severity], grades()[b.Severity]) })
		}
	}
	return list
}

// grades sort the severities.
func grades() map[Severity]int { return map[Severity]int{Error: 0, Warning: 1, Note: 2} }

func (g *gathering) add(s Subject) {
	g.subjects++
	if s.Verdict == Failed {
		g.evidence = cmp.Or(g.evidence, s.Evidence)
	}
	add := func(f found) {
		at := -1
		if g.kind == Path {
			at = slices.IndexFunc(g.findings, func(o found) bool { return o.same(f.Finding) })
		}
		if at < 0 {
			at = len(g.findings)
			g.findings = append(g.findings, f)
		}
		if g.kind == Path {
			g.findings[at].paths = append(g.findings[at].paths, s.Title)
		}
	}
	for _, f := range s.Findings {
		add(found{Finding: f})
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		for _, f := range step.Findings {
			add(found{Finding: f, heading: step.Heading, step: step.shown()})
		}
	}
}

// onPaths are the paths on which it was found, as one text that can be read: each subject tells of its own.
func (f found) onPaths() string {
	const named = 3
	more := len(f.paths) - named
	switch {
	case more <= 0:
		return strings.Join(f.paths, "; ")
	case len(f.paths) == f.tried:
		return fmt.Sprintf("all %d paths", f.tried)
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(f.paths[:named], "; "), more)
}

// same tells whether two findings are the same fault, seen twice. What a fault with a name leaves behind, such as a port
// that is made up, is another thing each time.
func (f found) same(other Finding) bool {
	alike := f.Severity == other.Severity && f.Word == other.Word && f.Object == other.Object && f.Field == other.Field
	return alike && (f.Word != "" && f.Object != "" || f.Text == other.Text)
}

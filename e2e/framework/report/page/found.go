package page

import (
	"fmt"

	"seatrial/e2e/framework/report"
)

// sides are how the two sides of a finding are called.
type sides struct {
	Expected, Actual string
	document         bool
}

func sidesOf(kind report.SubjectKind) sides {
	expected, actual := kind.Sides()
	return sides{Expected: expected, Actual: actual, document: kind == report.Document}
}

// finding is one with what is derived from it.
type finding struct {
	report.Finding

	Sides sides
	// Step is the name of the place of the step that it belongs to, if it belongs to one.
	Step string
}

// Wrong says of a side whether it is the wrong one: of a document, it is the document's, which has to be mended; of a
// chart, it is what was seen.
func (f finding) Wrong(side string) string {
	if f.Sides.document == (side == "expected") {
		return "wrong"
	}
	return "right"
}

// foundIn are the findings of a section, those of no step first.
func foundIn(s section) []finding {
	var all []finding
	for _, one := range s.Findings {
		all = append(all, finding{Finding: one, Sides: s.Sides})
	}
	for i := range s.Steps {
		for _, one := range s.Steps[i].Findings {
			all = append(all, finding{Finding: one, Sides: s.Sides, Step: stepID(s.ID, s.Steps[i].Number)})
		}
	}
	return all
}

// stepID is the name of the place of a step.
func stepID(section string, number int) string { return fmt.Sprintf("%s-step-%d", section, number) }

package regression

import (
	"fmt"
	"slices"
	"time"

	"seatrial/e2e/framework/ledger"
)

// Verdict is how a path ended.
type Verdict string

// The verdicts.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
	NotRun Verdict = "not run"
)

// Result is what became of a chart.
type Result struct {
	Paths []PathResult `json:"paths"`
}

// PathResult is what became of one path.
type PathResult struct {
	Path     Path          `json:"path"`
	Verdict  Verdict       `json:"verdict"`
	Took     time.Duration `json:"took"`
	Steps    []StepResult  `json:"steps"`
	Findings []Finding     `json:"findings"`
	// Namespace is where it went.
	Namespace string `json:"namespace"`
	// Artifacts is the folder with its evidence; empty if none was asked for.
	Artifacts string `json:"artifacts,omitempty"`
	// Ledgers has one for each revision that has settled, in their order, and at last that of the release that was taken
	// away, which has what is left and says "uninstalled". They are kept as files of their own.
	Ledgers []ledger.Ledger `json:"-"`
}

// StepResult is what became of one step.
type StepResult struct {
	Step Step   `json:"step"`
	Name string `json:"name"`
	// Took is the time until it had settled, Helm that of Helm's own part in it.
	Took time.Duration `json:"took"`
	Helm time.Duration `json:"helm"`
	// Err is why it did not get to its end; the findings explain it.
	Err string `json:"error,omitempty"`
}

// Failed tells whether any path has failed.
func (r Result) Failed() bool {
	for _, p := range r.Paths {
		if p.Verdict == Failed {
			return true
		}
	}
	return false
}

// Unfinished tells whether any path was begun and could not be gone to its end on this cluster, for no fault of the chart.
func (r Result) Unfinished() bool {
	return slices.ContainsFunc(r.Paths, func(p PathResult) bool { return p.Verdict == NotRun && len(p.Steps) > 0 })
}

// Findings are those of all paths, in the paths' order.
func (r Result) Findings() []Finding {
	var all []Finding
	for _, p := range r.Paths {
		all = append(all, p.Findings...)
	}
	return all
}

// describe is a step in words.
func describe(s Step, names []string) string {
	switch s.Action {
	case Rollback:
		return fmt.Sprintf("rollback %d (%s)", s.Back, names[s.Revision])
	case Uninstall:
		return string(s.Action)
	case Install, Upgrade:
		return fmt.Sprintf("%s %s", s.Action, names[s.Revision])
	}
	return string(s.Action)
}

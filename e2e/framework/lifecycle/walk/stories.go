package walk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/lifecycle"
)

// Story is something that Helm does and that its users would not expect.
type Story struct {
	Name string
	Walk Walk
	// Ends is how the last operation ends.
	Ends lifecycle.Failure
	// Leaves are lines of what there is then, as lifecycle.State tells it; Lacks are parts of lines that are not among them.
	Leaves, Lacks []string
}

// Stories are those that a model has to tell right, whatever else it says.
func Stories() []Story { return slices.Concat(ofUpgrades(), ofEnds(), ofDeaths()) }

type values = lifecycle.Values

const (
	install  = lifecycle.Install
	upgrade  = lifecycle.Upgrade
	rollback = lifecycle.Rollback
	takeDown = lifecycle.Uninstall
)

// ofUpgrades are about what upgrades and rollbacks keep and forget.
func ofUpgrades() []Story {
	return []Story{
		{
			Name: "a revision that had to make room cannot be rolled back to",
			Walk: Walk{{Verb: install}, {Verb: upgrade, Values: values{A: "2"}}, {Verb: upgrade, Values: values{A: "3"}, MaxHistory: 2}, {Verb: rollback, Back: 2}},
			Ends: lifecycle.NoRevision, Leaves: []string{"revision 2 superseded", "revision 3 deployed"},
		},
		{
			Name:   "a limit of one revision keeps two: the one that is deployed does not make room",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{A: "2"}, MaxHistory: 1}},
			Leaves: []string{"revision 1 superseded", "revision 2 deployed"},
		},
		{
			Name:   "what a failed upgrade made is forgotten by the next one, and stays after the release is gone",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{B: "1", Trouble: lifecycle.Late}}, {Verb: upgrade, Values: values{A: "2"}}, {Verb: takeDown}},
			Leaves: []string{"object demo-b map[value:1]"}, Lacks: []string{"revision", "demo-a"},
		},
		{
			Name:   "a rollback does remember what a failed upgrade made",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{B: "1", Trouble: lifecycle.Late}}, {Verb: rollback}},
			Leaves: []string{"revision 3 deployed (): Rollback to 1"}, Lacks: []string{"demo-b"},
		},
		{
			Name:   "a key that a failed upgrade set stays set, although no revision that succeeded has it",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{Key: "more", Trouble: lifecycle.Late}}, {Verb: upgrade, Values: values{A: "2"}}},
			Leaves: []string{"revision 3 deployed (a=2)", "object demo-a map[more:added value:2]"},
		},
	}
}

// ofEnds are about releases that come and go.
func ofEnds() []Story {
	return []Story{
		{
			Name: "an installation with --atomic that fails is uninstalled, but its hook stays",
			Walk: Walk{{Verb: install, Values: values{Hook: lifecycle.Before, Trouble: lifecycle.Late}, Atomic: true}},
			Ends: lifecycle.Refused, Leaves: []string{"object demo-hook map[value:1]"}, Lacks: []string{"revision", "demo-a"},
		},
		{
			Name:   "an installation with --replace after a failed upgrade leaves two revisions deployed",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{Trouble: lifecycle.Late}}, {Verb: install, Values: values{A: "2"}, Replace: true}},
			Leaves: []string{"revision 1 deployed", "revision 3 deployed"},
		},
		{
			Name: "an installation with --replace and --atomic that fails removes the history it was to replace",
			Walk: Walk{{Verb: install}, {Verb: takeDown, KeepHistory: true}, {Verb: install, Values: values{Trouble: lifecycle.Late}, Replace: true, Atomic: true}},
			Ends: lifecycle.Refused, Lacks: []string{"revision", "object"},
		},
		{
			Name: "an uninstallation whose last hook fails says so, and has removed everything",
			Walk: Walk{{Verb: install, Values: values{Hook: lifecycle.After, Trouble: lifecycle.InHook}}, {Verb: takeDown}},
			Ends: lifecycle.Refused, Lacks: []string{"revision", "object"},
		},
		{
			Name: "an uninstallation whose first hook fails leaves everything, and a release that cannot be upgraded",
			Walk: Walk{{Verb: install, Values: values{Hook: lifecycle.Before, Trouble: lifecycle.InHook}}, {Verb: takeDown}, {Verb: upgrade}},
			Ends: lifecycle.NothingDeployed, Leaves: []string{"revision 1 uninstalling"},
		},
	}
}

// ofDeaths are about clients that die in the middle of an operation.
func ofDeaths() []Story {
	return []Story{
		{
			Name: "an interrupted installation blocks every upgrade",
			Walk: Walk{{Verb: install, Cut: cut(2)}, {Verb: upgrade}},
			Ends: lifecycle.Pending, Leaves: []string{"revision 1 pending-install"}, Lacks: []string{"object"},
		},
		{
			Name: "a rollback does not mind an interrupted upgrade, and gets the release going again",
			Walk: Walk{{Verb: install}, {Verb: upgrade, Values: values{A: "2"}, Cut: cut(2)}, {Verb: rollback, Back: 1}, {Verb: upgrade}},
		},
		{
			Name:   "an upgrade that is interrupted before its last write leaves nothing deployed, though all is done",
			Walk:   Walk{{Verb: install}, {Verb: upgrade, Values: values{A: "2"}, Cut: cut(4)}},
			Leaves: []string{"revision 1 superseded", "revision 2 pending-upgrade", "object demo-a map[value:2]"}, Lacks: []string{" deployed"},
		},
	}
}

// cut is where a client dies: before one of its writes.
func cut(write int) *fault.Cut { return &fault.Cut{Write: write, Moment: fault.Before} }

// Commands are the story in one line.
func (s Story) Commands() string {
	state := lifecycle.State{}
	commands := make([]string, 0, len(s.Walk))
	for _, o := range s.Walk {
		commands = append(commands, strings.TrimSpace(Step{Operation: o, Target: o.Target(state)}.command()))
		state = lifecycle.Model{}.Apply(state, o)[0].State
	}
	return strings.Join(commands, "; ")
}

// Tell plays a story. It returns what is otherwise than the oracle or the story say, a line each.
func Tell(ctx context.Context, s Story, oracle Oracle, p Performer) ([]string, error) {
	steps, found, err := Take(ctx, s.Walk, oracle, p)
	if err != nil {
		return nil, err
	}
	if found != nil {
		return append([]string{"after: " + strings.TrimSpace(found.Commands())}, found.Differences...), nil
	}
	last := steps[len(steps)-1].Seen
	var wrong []string
	if !last.Cut && last.Failure != s.Ends {
		wrong = append(wrong, fmt.Sprintf("the operation: expected %s, seen: %s", end(s.Ends, ""), end(last.Failure, last.Text)))
	}
	there := last.State.String()
	for _, line := range s.Leaves {
		if !strings.Contains("\n"+there, "\n"+line) {
			wrong = append(wrong, fmt.Sprintf("expected %q, seen: %q", line, there))
		}
	}
	for _, part := range s.Lacks {
		if strings.Contains(there, part) {
			wrong = append(wrong, fmt.Sprintf("expected nothing with %q, seen: %q", part, there))
		}
	}
	return wrong, nil
}

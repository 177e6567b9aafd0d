package walk

import (
	"context"
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/lifecycle"
)

// double is Helm in memory, as the model has it, with a fault that it may have.
type double struct {
	// misled changes what is asked for before it is done.
	misled func(*lifecycle.Operation)
	// wrong changes what came of it.
	wrong func(o lifecycle.Operation, before lifecycle.State, came *lifecycle.Outcome)

	state lifecycle.State
}

func (d *double) Reset(context.Context) error {
	d.state = lifecycle.State{}
	return nil
}

func (d *double) Do(_ context.Context, o lifecycle.Operation, _ int) (Seen, error) {
	if d.misled != nil {
		d.misled(&o)
	}
	came := lifecycle.Model{}.Apply(d.state, o)[0]
	if d.wrong != nil {
		d.wrong(o, d.state, &came)
	}
	d.state = came.State
	return Seen{Outcome: came}, nil
}

func explored(t *testing.T, p Performer) Explored {
	t.Helper()
	t.Chdir(t.TempDir()) // Where rapid keeps what failed.
	// With walks that are always the same, they are always shortened to the same.
	seed := flag.Lookup("rapid.seed").Value
	before := seed.String()
	t.Cleanup(func() { _ = seed.Set(before) })
	if err := seed.Set("1"); err != nil {
		t.Fatal(err)
	}
	e, err := Explore(t.Context(), "double", lifecycle.Model{}.Apply, Choices{Longest: 12}, p)
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return e
}

func TestThereIsNoDifferenceFromHelmAsTheModelHasIt(t *testing.T) {
	g := gomega.NewWithT(t)
	e := explored(t, &double{})
	g.Expect(e.Finding).To(gomega.BeNil())
	g.Expect(e.Operations).To(gomega.BeNumerically(">=", 300), "a hundred walks are as long as that")
}

// faults are those of a Helm that does one thing otherwise.
func faults() map[string]struct {
	double   double
	commands int    // of the shortest walk that shows it
	last     string // part of the last of them
} {
	type operation = *lifecycle.Operation
	type outcome = *lifecycle.Outcome
	type state = lifecycle.State
	misled := func(how func(operation)) double { return double{misled: how} }
	mistaken := func(how func(o lifecycle.Operation, before state, came outcome)) double { return double{wrong: how} }
	return map[string]struct {
		double   double
		commands int
		last     string
	}{
		"--atomic is ignored":                    {misled(func(o operation) { o.Atomic = false }), 2, "--atomic"},
		"--force is ignored":                     {misled(func(o operation) { o.Force = false }), 3, "--force"},
		"--cleanup-on-fail is ignored":           {misled(func(o operation) { o.CleanupOnFail = false }), 3, "--cleanup-on-fail"},
		"--keep-history is ignored":              {misled(func(o operation) { o.KeepHistory = false }), 2, "helm uninstall demo --keep-history"},
		"--replace is ignored":                   {misled(func(o operation) { o.Replace = false }), 3, "--replace"},
		"history has no limit":                   {misled(func(o operation) { o.MaxHistory = -1 }), 4, "--history-max="},
		"every operation is as with --force":     {misled(func(o operation) { o.Force = true }), 3, ""},
		"a rollback goes to the revision before": {misled(func(o operation) { o.Back = 0 }), 3, "helm rollback demo "},
		"a client never dies":                    {misled(func(o operation) { o.Cut = nil }), 2, "# killed "},
		"a failed upgrade supersedes what was deployed": {mistaken(func(o lifecycle.Operation, _ state, came outcome) {
			if o.Verb == lifecycle.Upgrade && came.Failure == lifecycle.Refused {
				setStatus(came, helm.StatusDeployed, helm.StatusSuperseded)
			}
		}), 2, "helm upgrade demo ./demo --set-string "},
		"a failed upgrade is deployed": {mistaken(func(o lifecycle.Operation, _ state, came outcome) {
			if o.Verb == lifecycle.Upgrade {
				setStatus(came, helm.StatusFailed, helm.StatusDeployed)
			}
		}), 2, "helm upgrade demo ./demo"},
		"a failure is told as a success": {mistaken(func(_ lifecycle.Operation, _ state, came outcome) {
			if came.Failure == lifecycle.Refused {
				came.Failure = lifecycle.None
			}
		}), 2, "trouble="},
		"a pending release can be upgraded": {mistaken(func(o lifecycle.Operation, _ state, came outcome) {
			if came.Failure == lifecycle.Pending {
				for i := range came.State.Revisions {
					came.State.Revisions[i].Status = helm.StatusFailed
				}
				*came = lifecycle.Model{}.Apply(came.State, o)[0]
			}
		}), 3, "helm upgrade demo ./demo"},
		"an object that is to be kept is deleted": {mistaken(func(o lifecycle.Operation, _ state, came outcome) {
			if o.Verb == lifecycle.Uninstall {
				delete(came.State.Objects, "demo-kept")
			}
		}), 3, "helm uninstall demo"},
		"a rollback leaves an object as it is": {mistaken(func(o lifecycle.Operation, before state, came outcome) {
			if object, there := before.Objects["demo-b"]; o.Verb == lifecycle.Rollback && there {
				came.State.Objects["demo-b"] = object
			}
		}), 3, "helm rollback demo"},
	}
}

func TestAFaultOfHelmIsFoundAndToldInTheFewestCommandsThatShowIt(t *testing.T) {
	for name, wrong := range faults() {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			e := explored(t, &wrong.double)
			g.Expect(e.Finding).NotTo(gomega.BeNil())
			t.Logf("after %d operations:\n%s", e.Operations, e.Finding.Script())
			commands := strings.Split(strings.TrimSpace(e.Finding.Commands()), "\n")
			g.Expect(commands).To(gomega.HaveEach(gomega.HavePrefix("helm ")))
			g.Expect(e.Finding.Steps).To(gomega.WithTransform(func(s []Step) int { return len(s) }, gomega.BeNumerically("<=", wrong.commands)))
			g.Expect(commands[len(commands)-1]).To(gomega.ContainSubstring(wrong.last))
			for _, one := range shorter(e.Finding.walk()) {
				_, found, err := Take(t.Context(), one, lifecycle.Model{}.Apply, &wrong.double)
				g.Expect(err).NotTo(gomega.HaveOccurred())
				g.Expect(found).To(gomega.BeNil(), "there is nothing to leave out")
			}
		})
	}
}

func TestTheModelTellsTheStories(t *testing.T) {
	t.Parallel()
	for _, story := range Stories() {
		t.Run(story.Name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			g.Expect(Tell(t.Context(), story, lifecycle.Model{}.Apply, &double{})).To(gomega.BeEmpty())
		})
	}
}

func TestAStoryThatComesOtherwiseIsTold(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	story := Stories()[0]
	g.Expect(Tell(t.Context(), story, lifecycle.Model{}.Apply, &double{misled: func(o *lifecycle.Operation) { o.MaxHistory = 0 }})).NotTo(gomega.BeEmpty())
	story.Ends, story.Lacks = lifecycle.None, []string{"deployed"}
	g.Expect(Tell(t.Context(), story, lifecycle.Model{}.Apply, &double{})).To(gomega.HaveLen(2))
}

// A walk with one cut is told as the outcomes that are possible: objects of a kind are worked on side by side.
func TestAClientThatDiesAmongObjectsOfAKindMayHaveMadeAnyOfThem(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	install := lifecycle.Operation{
		Verb: lifecycle.Install, Values: lifecycle.Values{B: "1", Fixed: "1"}, Cut: &fault.Cut{Write: 2, Moment: fault.Served},
	}
	var made []string
	for _, outcome := range (lifecycle.Model{}).Apply(lifecycle.State{}, install) {
		g.Expect(outcome.Cut).To(gomega.Equal(true))
		made = append(made, slices.Collect(maps.Keys(outcome.State.Objects))...)
	}
	g.Expect(made).To(gomega.ConsistOf("demo-a", "demo-b", "demo-fixed"))
}

func TestAClientThatDiesIsPastedAsOneWhoseFurtherWritesAreNotTaken(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	f := &Finding{Steps: []Step{
		{Operation: lifecycle.Operation{Verb: install}},
		{Operation: lifecycle.Operation{Verb: upgrade, Values: lifecycle.Values{A: "2"}, Cut: cut(4)}, Seen: Seen{
			Outcome: lifecycle.Outcome{Cut: true},
			Writes: []fault.Write{
				{Method: "POST", Resource: "secrets", Name: "sh.helm.release.v1.demo.v2"},
				{Method: "PATCH", Resource: "configmaps", Name: "demo-a"},
				{Method: "DELETE", Resource: "configmaps", Name: "demo-b"},
			},
		}},
	}}
	g.Expect(f.Script()).To(gomega.ContainSubstring("\nhelm install demo ./demo\n"))
	g.Expect(f.Script()).To(gomega.ContainSubstring("\nkilled 'CREATE secrets sh.helm.release.v1.demo.v2' 'UPDATE configmaps demo-a' 'DELETE configmaps demo-b' -- " +
		"helm upgrade demo ./demo --set-string a=2  # killed before write 4\n"))
	f.Steps[1].Operation.Cut, f.Steps[1].Seen = nil, Seen{}
	g.Expect(f.Script()).ToNot(gomega.ContainSubstring("killed"))
}

func setStatus(of *lifecycle.Outcome, from, to helm.Status) {
	for i := range of.State.Revisions {
		if of.State.Revisions[i].Status == from {
			of.State.Revisions[i].Status = to
		}
	}
}

// broken is a performer of which nothing can be learned.
type broken struct{ double }

var errBroken = errors.New("no cluster")

func (*broken) Do(context.Context, lifecycle.Operation, int) (Seen, error) { return Seen{}, errBroken }

func TestWhoCannotWalkSaysSo(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Explore(t.Context(), "broken", lifecycle.Model{}.Apply, Choices{}, &double{}, &broken{})
	gomega.NewWithT(t).Expect(err).To(gomega.And(gomega.MatchError(errBroken), gomega.MatchError(gomega.ContainSubstring("operation 1 of a walk"))))
}

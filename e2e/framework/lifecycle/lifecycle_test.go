package lifecycle

import (
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/helm"
)

func anyValues() *rapid.Generator[Values] {
	return rapid.Custom(func(t *rapid.T) Values {
		var v Values
		for _, one := range v.named() {
			*one.value = rapid.SampledFrom([]string{"", "1", "pre"}).Draw(t, one.name)
		}
		return v
	})
}

func TestValuesAreReadAsTheyWereRecorded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := anyValues().Draw(t, "values")
		gomega.NewWithT(t).Expect(Recorded(v.Helm())).To(gomega.Equal(v))
	})
}

func TestValuesThatTheChartDoesNotHaveAreNotReadOver(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(Recorded(helm.Values{"a": 1})).Error().To(gomega.MatchError(gomega.ContainSubstring("is no string")))
	g.Expect(Recorded(helm.Values{"other": "1"})).Error().To(gomega.MatchError(gomega.ContainSubstring("that the chart does not have")))
}

func TestTheChartCanBeLoadedAndWrittenAgain(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	for range 2 {
		path, err := WriteChart(dir)
		g.Expect(err).NotTo(gomega.HaveOccurred())
		g.Expect(helm.Load(path)).To(gomega.HaveField("Name()", "demo"))
	}
}

func TestStatesDifferInRevisionsAndObjects(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	model := Model{}
	installed := model.Apply(State{}, Operation{Verb: Install})[0].State
	failed := model.Apply(installed, Operation{Verb: Upgrade, Values: Values{B: "1", Trouble: Late}})[0].State
	g.Expect(installed.Differences(installed)).To(gomega.BeEmpty())
	g.Expect(installed.Differences(failed)).To(gomega.HaveExactElements(
		gomega.HavePrefix(`revision 2: expected none, seen: failed, "Upgrade \"demo\" failed: "`),
		gomega.Equal("object demo-b: expected none, seen: data map[value:1]"),
	))
	reasoned := failed.clone()
	reasoned.Revisions[1].Description += "no such luck"
	g.Expect(failed.Differences(reasoned)).To(gomega.BeEmpty(), "the reason of a failure is not the model's")
	reasoned.Revisions[0].Description += "!"
	g.Expect(failed.Differences(reasoned)).To(gomega.HaveLen(1))
}

// What the model remembers of a state must not be changed by what comes after it.
func TestAnOperationLeavesTheStateBeforeItAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		state := State{}
		for range rapid.IntRange(1, 6).Draw(t, "operations") {
			o := Operation{
				Verb:   rapid.SampledFrom([]Verb{Install, Upgrade, Rollback, Uninstall}).Draw(t, "verb"),
				Values: anyValues().Draw(t, "values"), Atomic: rapid.Bool().Draw(t, "atomic"),
			}
			before := state.String()
			after := Model{}.Apply(state, o)[0].State
			if state.String() != before {
				t.Fatalf("%s changed\n%sinto\n%s", o.Verb, before, state)
			}
			state = after
		}
	})
}

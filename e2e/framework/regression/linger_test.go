package regression

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// entryOf is an object with one field, which the manifest has or not, and whose it is.
func entryOf(kind string, asked, live map[string]any, manager ledger.Manager) ledger.Object {
	return ledger.Object{
		Ref: objects.Ref{Group: map[string]string{"Job": "batch"}[kind], Kind: kind, Name: "web"}, UID: "1", Manifest: map[string]any{"spec": asked}, Fields: map[string]any{"spec": live},
		Managers: []ledger.Manager{{Name: "helm", Role: ledger.Helm, Owns: []string{"/metadata/name"}}, manager},
	}
}

func TestWhoeverChangesAnInstallationIsToldAndWhoeverOverwritesTheChartIsFound(t *testing.T) {
	t.Parallel()
	type fields = map[string]any
	by := func(name string, role ledger.Role) ledger.Manager {
		return ledger.Manager{Name: name, Role: role, Owns: []string{"/spec/colour"}}
	}
	operator, controller := by("operator", ledger.Other), by("kube-controller-manager", ledger.Cluster)
	settled := func(kind string, asked, live fields) ledger.Object {
		return entryOf(kind, asked, live, by("helm", ledger.Helm))
	}
	tests := []struct {
		name      string
		then, now []ledger.Object
		want      []string
	}{
		{
			"nothing",
			[]ledger.Object{settled("Widget", fields{"colour": "red"}, fields{"colour": "red"})},
			[]ledger.Object{settled("Widget", fields{"colour": "red"}, fields{"colour": "red"})},
			nil,
		},
		{
			"a value of the chart",
			[]ledger.Object{settled("Widget", fields{"colour": "red"}, fields{"colour": "red"})},
			[]ledger.Object{entryOf("Widget", fields{"colour": "red"}, fields{"colour": "blue"}, operator)},
			[]string{`fault drifted spec.colour: "red", as it had settled -> "blue", set by operator`},
		},
		{
			"a value beside the chart",
			[]ledger.Object{settled("Widget", fields{"size": "1"}, fields{"size": "1"})},
			[]ledger.Object{entryOf("Widget", fields{"size": "1"}, fields{"size": "1", "colour": "blue"}, operator)},
			[]string{`note drifted spec.colour: absent, as it had settled -> "blue", set by operator`},
		},
		{
			"a place that the chart leaves",
			[]ledger.Object{settled("Widget", fields{"colour": ""}, fields{"colour": ""})},
			[]ledger.Object{entryOf("Widget", fields{"colour": ""}, fields{"colour": "blue"}, operator)},
			[]string{`note drifted spec.colour: "", as it had settled -> "blue", set by operator`},
		},
		{
			"what the chart leaves to the cluster",
			[]ledger.Object{settled("Widget", fields{}, fields{"colour": "red"})},
			[]ledger.Object{entryOf("Widget", fields{}, fields{"colour": "blue"}, controller)},
			[]string{`note drifted spec.colour: "red", as it had settled -> "blue", set by kube-controller-manager`},
		},
		{
			"a value of the chart that the cluster is in charge of",
			[]ledger.Object{settled("Widget", fields{"colour": "red"}, fields{"colour": "red"})},
			[]ledger.Object{entryOf("Widget", fields{"colour": "red"}, fields{"colour": "blue"}, controller)},
			[]string{`fault field-taken-over spec.colour: "red", as it had settled -> "blue", set by kube-controller-manager`},
		},
		{
			"an object that is gone",
			[]ledger.Object{settled("Widget", nil, nil)},
			nil,
			[]string{"fault missing : the object -> nothing: somebody has deleted it"},
		},
		{
			"a Job whose time is over",
			[]ledger.Object{settled("Job", fields{"ttlSecondsAfterFinished": int64(5)}, fields{"ttlSecondsAfterFinished": int64(5)})},
			nil, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range edited(ledger.Ledger{Objects: test.then}, ledger.Ledger{Objects: test.now}) {
				weight := map[bool]string{true: "note", false: "fault"}[f.Note]
				got = append(got, fmt.Sprintf("%s %s %s: %s -> %s", weight, f.Word, f.Field, f.Expected, f.Found))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

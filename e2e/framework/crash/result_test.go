package crash

import (
	"encoding/json"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/regression"
)

func record(method, name, status string) fault.Write {
	return fault.Write{Method: method, Resource: "secrets", Name: name, Labels: map[string]string{"owner": "helm", "status": status}}
}

func TestWritesAreToldInTheWordsOfHelm(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	kinds := func(resource string) string {
		return map[string]string{"services": "Service", "deployments": "Deployment"}[resource]
	}
	g.Expect(describe([]fault.Write{
		record("POST", "sh.helm.release.v1.web.v2.v3", "pending-upgrade"),
		{Method: "POST", Resource: "services", Name: "web"},
		{Method: "PATCH", Resource: "deployments", Name: "web", Subresource: "scale"},
		record("PUT", "sh.helm.release.v1.web.v2.v3", "deployed"),
		record("DELETE", "sh.helm.release.v1.web.v2.v12", ""),
	}, kinds)).To(gomega.Equal([]string{
		"record revision 3 as pending-upgrade", "create Service", "change Deployment (scale)", "record revision 3 as deployed", "forget revision 12",
	}))
}

// swept is an upgrade of two writes that was crashed at each point.
func swept() Operation {
	o := Operation{Action: regression.Upgrade, Writes: []string{"record revision 2 as pending-upgrade", "change Service"}}
	pending := []string{"1 deployed", "2 pending-upgrade"}
	found := []left{{[]string{"1 deployed"}, 0, 1}, {pending, 0, 1}, {pending, 1, 1}}
	for i, m := range momentsOf([]Operation{o}) {
		state := m.begin(m.cuts[0], found[i]).State
		state.Points = m.cuts
		state.Recoveries = []Recovery{
			{Name: "upgrade again", Outcome: Refused, Why: "another operation is in progress"},
			{Name: "rollback 1", Outcome: Works, History: []string{"1 superseded", "2 pending-upgrade", "3 deployed"}},
			{Name: "uninstall", Outcome: Unproven, Why: "left over: Service/web"},
		}
		o.States = append(o.States, state)
	}
	return o
}

func TestAfterAWriteAndBeforeTheNextAreOneMoment(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var points [][]fault.Cut
	for _, m := range momentsOf([]Operation{{Action: regression.Upgrade, Writes: []string{"one", "two"}}, {Action: regression.Uninstall}}) {
		points = append(points, m.cuts)
	}
	g.Expect(points).To(gomega.Equal([][]fault.Cut{
		{{Write: 1, Moment: fault.Before}},
		{{Write: 1, Moment: fault.Served}, {Write: 2, Moment: fault.Before}},
		{{Write: 2, Moment: fault.Served}},
		nil, // An operation that writes nothing cannot be killed at a write.
	}))
}

func TestTheTableHasARowForEachStateAndWantsAWayBack(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	result := Result{Operations: []Operation{swept()}}
	table := result.Table("Crashes")
	g.Expect(table.Rows()).To(gomega.HaveLen(3))
	g.Expect(table.Rows()[1]).To(gomega.SatisfyAll(
		gomega.HaveField("Done", "upgrade killed after write 1 of 2 (record revision 2 as pending-upgrade)"),
		gomega.HaveField("Happened", "1 deployed, 2 pending-upgrade; 0 of 1 objects changed; works: rollback 1; "+
			"refused: upgrade again (another operation is in progress); unproven: uninstall (left over: Service/web)"),
		gomega.HaveField("Held", true),
	))
	g.Expect(result.Stuck()).To(gomega.BeEmpty())

	result.Operations[0].States[1].Recoveries[1].Outcome = Refused
	g.Expect(result.Stuck()).To(gomega.HaveExactElements(gomega.HaveField("Done", 1)))
	g.Expect(result.Table("Crashes").Broken()).To(gomega.HaveLen(1))
}

func TestAnotherVersionOfHelmShowsItsDifference(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	data, err := json.Marshal(Result{Operations: []Operation{swept()}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	known, err := Parse(data)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect((Result{Operations: []Operation{swept()}}).Against(known, "Crashes").Broken()).To(gomega.BeEmpty())

	other := swept()
	other.Writes = append(other.Writes, "record revision 2 as deployed")
	other.States[0].Recoveries[0].Outcome = Works
	other.States[2].Done, other.States[2].Of, other.States[2].Last = 3, 3, other.Writes[2]

	g.Expect((Result{Operations: []Operation{other}}).Against(known, "Crashes").Broken()).To(gomega.HaveExactElements(
		gomega.HaveField("Done", "upgrade killed before it wrote anything"),
		gomega.SatisfyAll(gomega.HaveField("Done", gomega.ContainSubstring("write 3 of 3")), gomega.HaveField("Expected", "nothing known")),
		gomega.SatisfyAll(gomega.HaveField("Done", gomega.ContainSubstring("write 2 of 2")), gomega.HaveField("Happened", "no crash has come to this point")),
	))
}

func TestInBriefItIsOnlySaidWhyNothingWorks(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	known := Result{Operations: []Operation{swept()}}
	g.Expect(known.Brief("Crashes").Rows()).To(gomega.HaveEach(gomega.HaveField("Happened", gomega.SatisfyAll(
		gomega.ContainSubstring("works: rollback 1"), gomega.ContainSubstring("unproven: uninstall"), gomega.Not(gomega.ContainSubstring("left over"))))))

	for i := range known.Operations[0].States {
		known.Operations[0].States[i].Recoveries = known.Operations[0].States[i].Recoveries[1:2]
		known.Operations[0].States[i].Recoveries[0] = Recovery{Name: "uninstall", Outcome: Unproven, Why: "left over: Service/web"}
	}
	g.Expect(known.Brief("Crashes").Rows()).To(gomega.HaveEach(gomega.HaveField("Happened", gomega.ContainSubstring("(left over: Service/web)"))))
}

func TestOperationsAreSharedOutAmongClustersAndComeBackInTheirOrder(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	options := Options{Actions: Actions(), Place: regression.Place{Kubeconfig: "one"}, Beside: []regression.Place{{Kubeconfig: "two"}}, Parallel: 4}
	shares := options.shares()
	g.Expect(shares).To(gomega.HaveExactElements(
		gomega.SatisfyAll(gomega.HaveField("Place.Kubeconfig", "one"), gomega.HaveField("Parallel", 2),
			gomega.HaveField("Actions", []regression.Action{regression.Install, regression.Rollback})),
		gomega.SatisfyAll(gomega.HaveField("Place.Kubeconfig", "two"), gomega.HaveField("Parallel", 2),
			gomega.HaveField("Actions", []regression.Action{regression.Upgrade, regression.Uninstall})),
	))
	var results []Result
	for _, share := range shares {
		var one Result
		for _, action := range share.Actions {
			one.Operations = append(one.Operations, Operation{Action: action})
		}
		results = append(results, one)
	}
	var order []regression.Action
	for _, o := range merge(options.Actions, results).Operations {
		order = append(order, o.Action)
	}
	g.Expect(order).To(gomega.Equal(Actions()))

	options.Actions = []regression.Action{regression.Upgrade}
	g.Expect(options.shares()).To(gomega.HaveLen(1), "one operation is not torn apart")
}

package match

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestLintFindsWhatNoClusterPrints(t *testing.T) {
	for _, c := range []struct{ what, text, said string }{
		{"an old age", podsHeader + podRow("x", "1h"), "row pod/x: AGE: kubectl prints no such age as 1h (it would be 60m)"},
		{"too many ready", "NAME   READY   AGE\nx   2/1   5m\n", "row x: READY: 2 of 1 cannot be ready"},
		{
			"invented letters", podsHeader + podRow("ui-6d5bb7b9c8-xyz12", "5m"),
			"row pod/ui-*: NAME: ui-6d5bb7b9c8-xyz12 has the suffix xyz12: Kubernetes appends only bcdfghjklmnpqrstvwxz2456789",
		},
		{
			"a node port", "NAME   TYPE   CLUSTER-IP   PORT(S)\nx   NodePort   10.1.1.1   80:8080/TCP\n",
			"row service/x: PORT(S): 8080 is no node port: they are 30000 to 32767",
		},
		{
			"an address", "NAME   TYPE   CLUSTER-IP   PORT(S)\nx   ClusterIP   10.1.1.256   80/TCP\n",
			"row service/x: CLUSTER-IP: 10.1.1.256 is no address",
		},
		{
			"an orphan", "NAME   READY\npod/a-586b4c847c-tkfj5   1/1\n\nNAME   DESIRED   CURRENT   READY\nreplicaset.apps/a-5fb44d67c9   1   1   1\n",
			"row pod/a-*: NAME: the ReplicaSet a-586b4c847c of this pod is not listed",
		},
		{
			"two deployed", "REVISION   STATUS\n1   deployed\n2   deployed\n",
			"row revision 2: STATUS: another revision is deployed already, and a release has only one",
		},
	} {
		g := gomega.NewWithT(t)
		found := Lint(c.text, Options{})
		g.Expect(found).To(gomega.HaveLen(1), c.what)
		g.Expect(found[0].String()).To(gomega.Equal(c.said))
		g.Expect(found[0].Severity).To(gomega.Equal(Warning))
	}
}

func TestLintTakesNamesOfAllYears(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, name := range []string{"redis-master-2035384211-7ci7o", "redis-master-xx4uv", "web-0", "nginx-xxxxxxxxxx-xxxxx"} {
		g.Expect(Lint(podsHeader+podRow(name, "5m"), Options{})).To(gomega.BeEmpty())
	}
}

func TestLintHoldsHistoriesAgainstEachOther(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "helm history x -n y", Memory: &Memory{}}
	g.Expect(Lint(file(t, "real_history.txt"), o)).To(gomega.BeEmpty())
	g.Expect(Lint(file(t, "real_history.txt"), o)).To(gomega.BeEmpty())
	found := Lint(file(t, "real_history2.txt"), o)
	g.Expect(found).To(gomega.HaveLen(2))
	g.Expect(found[0].Column).To(gomega.Equal("UPDATED"))
}

package match

import (
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

const (
	historyCommand = "helm history guestbook-demo -n helm-demo"
	allCommand     = "kubectl get all --namespace helm-demo"
)

func TestTheSeedIsRightAndHasTwoWarnings(t *testing.T) {
	g := gomega.NewWithT(t)
	history, all := Options{Command: historyCommand}, Options{Command: allCommand}
	g.Expect(Compare(file(t, "seed_history.txt"), file(t, "real_history.txt"), history)).To(gomega.BeEmpty())
	g.Expect(Compare(file(t, "seed_all.txt"), file(t, "real_all.txt"), all)).To(gomega.BeEmpty())

	g.Expect(Lint(file(t, "seed_history.txt"), history)).To(gomega.BeEmpty())
	found := Lint(file(t, "seed_all.txt"), all)
	g.Expect(found).To(gomega.HaveLen(2))
	g.Expect(HasErrors(found)).To(gomega.Equal(false))
	g.Expect(found[0].Line).To(gomega.Equal(2))
	g.Expect(found[0].String()).To(gomega.ContainSubstring("guestbook-demo-6c9cf8b9-zddn has the suffix zddn of 4 characters"))
	g.Expect(found[1].Line).To(gomega.Equal(18))
	g.Expect(found[1].String()).To(gomega.ContainSubstring("guestbook-demo-26c9cf8b9 has the hash 26c9cf8b9"))
}

func TestEditsOfTheSeedAreFound(t *testing.T) {
	for _, edit := range []struct {
		name, file, command, old, new string
		line                          int
		said                          string
	}{
		{
			name: "revision 2 deployed", file: "history", command: historyCommand,
			old: "2           Tue Feb 25 14:23:27 2020    superseded", new: "2           Tue Feb 25 14:23:27 2020    deployed  ",
			line: 2, said: "row revision 2: STATUS: document says deployed, cluster says superseded",
		},
		{
			name: "rollback to 2", file: "history", command: historyCommand, old: "Rollback to 1", new: "Rollback to 2",
			line: 3, said: "row revision 3: DESCRIPTION: document says Rollback to 2, cluster says Rollback to 1",
		},
		{
			name: "a redis-slave pod less", file: "all", command: allCommand,
			old:  "pod/redis-slave-586b4c847c-xxrdn      1/1     Running   0          5m15s\n",
			line: 4, said: "row pod/redis-slave-*: cluster shows it, document does not (document shows 1 of them, cluster 2)",
		},
		{
			name: "NodePort", file: "all", command: allCommand, old: "LoadBalancer", new: "NodePort    ",
			line: 8, said: "row service/guestbook-demo: TYPE: document says NodePort, cluster says LoadBalancer",
		},
		{
			name: "redis-slave 1/1", file: "all", command: allCommand,
			old: "deployment.apps/redis-slave      2/2", new: "deployment.apps/redis-slave      1/1",
			line: 15, said: "row deployment.apps/redis-slave: READY: document says 1/1, cluster says 2/2",
		},
	} {
		t.Run(edit.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			seed := file(t, "seed_"+edit.file+".txt")
			edited := strings.Replace(seed, edit.old, edit.new, 1)
			g.Expect(edited).NotTo(gomega.Equal(seed))
			found := Compare(edited, file(t, "real_"+edit.file+".txt"), Options{Command: edit.command})
			g.Expect(found).To(gomega.HaveLen(1))
			g.Expect(found[0].Severity).To(gomega.Equal(Error))
			g.Expect(found[0].Line).To(gomega.Equal(edit.line))
			g.Expect(found[0].String()).To(gomega.Equal(edit.said))

			merged := Merge(edited, file(t, "real_"+edit.file+".txt"), Options{Command: edit.command})
			g.Expect(Compare(merged, file(t, "real_"+edit.file+".txt"), Options{Command: edit.command})).To(gomega.BeEmpty())
		})
	}
}

package match

import (
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

const podsHeader = "NAME   READY   STATUS    RESTARTS   AGE\n"

func podRow(name, age string) string { return name + "   1/1   Running   0   " + age + "\n" }

func TestANameThatIsRepeatedStaysOneObject(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "kubectl get pods -n helm-demo", Memory: &Memory{}}
	shown := podsHeader + podRow("redis-master-5d8b66464f-g7sh6", "20h")
	g.Expect(Compare(shown, podsHeader+podRow("redis-master-69fdbf6bc5-vz4qt", "9s"), o)).To(gomega.BeEmpty())
	g.Expect(Compare(shown, podsHeader+podRow("redis-master-69fdbf6bc5-vz4qt", "19s"), o)).To(gomega.BeEmpty())

	found := Compare(shown, podsHeader+podRow("redis-master-69fdbf6bc5-bbbbb", "19s"), o)
	g.Expect(found).To(gomega.HaveLen(1))
	g.Expect(found[0].Kind).To(gomega.Equal(Identity))
	g.Expect(found[0].String()).To(gomega.Equal("row pod/redis-master-*: NAME: document says redis-master-5d8b66464f-g7sh6, " +
		"cluster says redis-master-69fdbf6bc5-bbbbb " +
		"(the document showed redis-master-5d8b66464f-g7sh6 before, and it was redis-master-69fdbf6bc5-vz4qt)"))

	// In another namespace it is another object.
	o.Command = "kubectl get pods -n other"
	g.Expect(Compare(shown, podsHeader+podRow("redis-master-69fdbf6bc5-bbbbb", "19s"), o)).To(gomega.BeEmpty())
}

func TestTwoNamesAreNeverOneObject(t *testing.T) {
	g := gomega.NewWithT(t)
	command := "kubectl get pods"
	before, now := podsHeader+podRow("redis-master-5d8b66464f-g7sh6", "20h"), podsHeader+podRow("redis-master-69fdbf6bc5-vz4qt", "9s")
	o := Options{Command: command, Memory: &Memory{}}
	g.Expect(Compare(before, now, o)).To(gomega.BeEmpty())

	younger := Compare(podsHeader+podRow("redis-master-5d8b66464f-tkfj5", "5s"), now, o)
	g.Expect(younger).To(gomega.HaveLen(1))
	g.Expect(younger[0].Severity).To(gomega.Equal(Error))

	// A document whose outputs are from two recordings promises no new pod.
	older := Compare(podsHeader+podRow("redis-master-5d8b66464f-tkfj5", "21h"), now, o)
	g.Expect(older).To(gomega.HaveLen(1))
	g.Expect(older[0].Severity).To(gomega.Equal(Warning))
}

func TestKnownPodsAreFoundAgainAmongTheirKind(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "kubectl get pods", Memory: &Memory{}}
	a, b := "web-586b4c847c-aaaaa", "web-586b4c847c-bbbbb"
	a = strings.ReplaceAll(a, "aaaaa", "tkfj5")
	g.Expect(Compare(podsHeader+podRow(a, "1m"), podsHeader+podRow("web-5fb44d67c9-99999", "1m"), o)).To(gomega.BeEmpty())
	g.Expect(Compare(podsHeader+podRow(b, "1s")+podRow(a, "2m"),
		podsHeader+podRow("web-5fb44d67c9-99999", "2m")+podRow("web-5fb44d67c9-22222", "2s"), o)).To(gomega.BeEmpty())
	found := Compare(podsHeader+podRow(a, "3m"), podsHeader+podRow("web-5fb44d67c9-22222", "3s"), o)
	g.Expect(found).To(gomega.HaveLen(1))
	g.Expect(found[0].Kind).To(gomega.Equal(Identity))
}

func TestAddressesThatAreRepeatedStayTheSame(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "kubectl get services -n helm-demo", Memory: &Memory{}}
	shown := file(t, "real_services.txt")
	g.Expect(Compare(shown, shown, o)).To(gomega.BeEmpty())
	found := Compare(shown, strings.ReplaceAll(shown, "10.96.77.3 ", "10.96.99.9 "), o)
	g.Expect(found).To(gomega.HaveLen(1))
	g.Expect(found[0].String()).To(gomega.HavePrefix("row service/redis-slave: CLUSTER-IP: document says 10.96.77.3, cluster says 10.96.99.9"))
	found = Compare(shown, strings.ReplaceAll(shown, ":30544", ":30545"), o)
	g.Expect(found).To(gomega.HaveLen(1))
	g.Expect(found[0].Column).To(gomega.Equal("PORT(S)"))
}

func TestOnlyWhatMatchedIsRemembered(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "kubectl get pods", Memory: &Memory{}}
	shown := podsHeader + podRow("web-586b4c847c-tkfj5", "1m")
	starting := strings.Replace(podsHeader+podRow("web-5fb44d67c9-99999", "1s"), "Running", "Pending", 1)
	g.Expect(Compare(shown, starting, o)).To(gomega.HaveLen(1))
	g.Expect(Compare(shown, podsHeader+podRow("web-5fb44d67c9-22222", "1s"), o)).To(gomega.BeEmpty())
}

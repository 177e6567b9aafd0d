package match

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestCommandsGetWhatTookThePlaceOfWhatTheDocumentShows(t *testing.T) {
	g := gomega.NewWithT(t)
	m := &Memory{}
	o := Options{Command: "kubectl get pods -n demo", Memory: m}
	g.Expect(Compare("NAME                     READY   STATUS    RESTARTS   AGE\nweb-586b4c847c-tkfj5     1/1     Running   0          5m\n",
		"NAME                     READY   STATUS    RESTARTS   AGE\nweb-5fb44d67c9-9bpxj     1/1     Running   0          9s\n", o)).To(gomega.BeEmpty())
	o.Command = "kubectl get services -n demo"
	g.Expect(Compare("NAME   TYPE       CLUSTER-IP      EXTERNAL-IP   PORT(S)          AGE\nweb    NodePort   172.21.43.244   <none>        3000:31202/TCP   20h\n",
		"NAME   TYPE       CLUSTER-IP      EXTERNAL-IP   PORT(S)          AGE\nweb    NodePort   10.96.12.3      <none>        3000:30311/TCP   5s\n", o)).To(gomega.BeEmpty())

	command, replaced := m.Real("kubectl logs web-586b4c847c-tkfj5 -n demo; curl http://172.21.43.244:31202/hello web-1")
	g.Expect(command).To(gomega.Equal("kubectl logs web-5fb44d67c9-9bpxj -n demo; curl http://10.96.12.3:30311/hello web-1"))
	g.Expect(replaced).To(gomega.Equal(map[string]string{
		"web-586b4c847c-tkfj5": "web-5fb44d67c9-9bpxj", "172.21.43.244": "10.96.12.3", "31202": "30311",
	}))
	command, replaced = (*Memory)(nil).Real("kubectl logs web-586b4c847c-tkfj5")
	g.Expect(command).To(gomega.Equal("kubectl logs web-586b4c847c-tkfj5"))
	g.Expect(replaced).To(gomega.BeEmpty())
}

func TestTheStemOfAPodHasNothingGenerated(t *testing.T) {
	g := gomega.NewWithT(t)
	stem, generated := Stem("redis-slave-586b4c847c-tkfj5")
	g.Expect(stem).To(gomega.Equal("redis-slave"))
	g.Expect(generated).To(gomega.Equal(true))
	_, generated = Stem("redis")
	g.Expect(generated).To(gomega.Equal(false))
}

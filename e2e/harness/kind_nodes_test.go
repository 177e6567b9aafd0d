package harness

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/matcher"
)

var _ = Describe("A kind cluster of several nodes", Label("kind", "slow"), func() {
	// redisImage is one of the workshop's and has both a server and a client.
	const redisImage = "localhost/seatrial/redis:7"

	It("lets pods on different nodes reach each other by address and by name", func(ctx SpecContext) {
		home := newKindHome(ctx)
		c := home.create(ctx, cluster.Spec{Workers: 2, Images: handle.Assets.Images})
		client := clientOf(c)

		By("knowing the control plane without asking the engine's DNS")
		for _, worker := range []string{"-worker", "-worker2"} {
			home.run(ctx, "exec", c.Name()+worker, "getent", "--service=files", "hosts", c.Name()+"-control-plane")
		}

		run := func(name, node string, command ...string) {
			GinkgoHelper()
			_, err := client.CoreV1().Pods(metav1.NamespaceDefault).Create(ctx, &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}},
				Spec: corev1.PodSpec{
					NodeName: node, RestartPolicy: corev1.RestartPolicyNever,
					Containers: []corev1.Container{{Name: name, Image: redisImage, Command: command}},
				},
			}, metav1.CreateOptions{})
			Expect(err).ToNot(HaveOccurred())
		}

		By("serving on one worker")
		run("server", c.Name()+"-worker", "redis-server", "--protected-mode", "no", "--save", "")
		expose(ctx, client, "server", 6379)
		Eventually(podNamed(client, "server")).WithContext(ctx).WithTimeout(kindGoneTimeout).Should(matcher.BeReady())
		server, err := podNamed(client, "server")(ctx)
		Expect(err).ToNot(HaveOccurred())

		By("asking from the other worker and from the control plane")
		script := fmt.Sprintf("for host in %s server server.default.svc.cluster.local; do until redis-cli -h $host ping 2> /dev/null; do sleep 0.2; done; done", server.Status.PodIP)
		for name, node := range map[string]string{"worker": c.Name() + "-worker2", "control": c.Name() + "-control-plane"} {
			run(name, node, "sh", "-ec", script)
			Eventually(podNamed(client, name)).WithContext(ctx).WithTimeout(kindGoneTimeout).Should(
				HaveField("Status.Phase", BeElementOf(corev1.PodSucceeded, corev1.PodFailed)))
			log, err := client.CoreV1().Pods(metav1.NamespaceDefault).GetLogs(name, &corev1.PodLogOptions{}).DoRaw(ctx)
			Expect(err).ToNot(HaveOccurred())
			Expect(strings.Fields(string(log))).To(And(HaveLen(3), HaveEach("PONG")))
		}
	}, SpecTimeout(kindTimeout))
})

// expose gives a pod a name of its own in the cluster.
func expose(ctx SpecContext, client kubernetes.Interface, name string, port int32) {
	GinkgoHelper()
	_, err := client.CoreV1().Services(metav1.NamespaceDefault).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": name},
			Ports:    []corev1.ServicePort{{Port: port, TargetPort: intstr.FromInt32(port)}},
		},
	}, metav1.CreateOptions{})
	Expect(err).ToNot(HaveOccurred())
}

func podNamed(client kubernetes.Interface, name string) func(ctx SpecContext) (corev1.Pod, error) {
	return func(ctx SpecContext) (corev1.Pod, error) {
		pod, err := client.CoreV1().Pods(metav1.NamespaceDefault).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return corev1.Pod{}, err
		}
		return *pod, nil
	}
}

package matcher

import (
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
)

func someService() *corev1.Service {
	s := &corev1.Service{}
	s.Namespace, s.Name = "demo", "guestbook-demo"
	s.Spec.Type = corev1.ServiceTypeNodePort
	s.Spec.Ports = []corev1.ServicePort{{Port: 3000, NodePort: 31202, Protocol: "TCP"}, {Name: "admin", Port: 3001, Protocol: "TCP"}}
	return s
}

func TestHaveServiceType(t *testing.T) {
	t.Parallel()
	matches(t, "service_type", HaveServiceType(corev1.ServiceTypeNodePort), someService())
	differs(t, "service_type_other", HaveServiceType(corev1.ServiceTypeLoadBalancer), *someService())
}

func TestHavePort(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(someService()).To(HavePort(3000))
	g.Expect(someService()).To(HavePort("admin"))
	g.Expect(someService()).NotTo(HavePort("3000"), "a name is no number")
	differs(t, "service_without_port", HavePort(31202), someService())
	refuses(t, HavePort(3000), 3000, "a int, not a v1.Service")
}

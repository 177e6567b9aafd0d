package matcher

import (
	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
)

// HaveServiceType matches a corev1.Service, or a pointer to one, of a type.
//
//	Expect(service).To(HaveServiceType(corev1.ServiceTypeNodePort))
func HaveServiceType(t corev1.ServiceType) types.GomegaMatcher {
	return checked[corev1.Service]{
		claim:   "have type " + string(t),
		subject: func(s corev1.Service) string { return named("Service", s.Namespace, s.Name) },
		checks:  func(s corev1.Service) []check { return []check{equal("type", t, s.Spec.Type)} },
	}
}

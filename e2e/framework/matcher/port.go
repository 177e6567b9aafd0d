package matcher

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
)

// HavePort matches a corev1.Service, or a pointer to one, that has a port of this number or name.
//
//	Expect(service).To(HavePort(3000))
func HavePort[P int | string](port P) types.GomegaMatcher {
	want := fmt.Sprint(port)
	return checked[corev1.Service]{
		claim:   fmt.Sprintf("have port %s", want),
		subject: func(s corev1.Service) string { return named("Service", s.Namespace, s.Name) },
		checks: func(s corev1.Service) []check {
			all := make([]string, 0, len(s.Spec.Ports))
			found := slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
				return any(port) == any(p.Name) || any(port) == any(int(p.Port))
			})
			for _, p := range s.Spec.Ports {
				all = append(all, portText(p))
			}
			return []check{{what: "ports", expected: want, actual: strings.Join(all, ", "), ok: found}}
		},
	}
}

// portText is a port as kubectl shows it, with its name if it has one.
func portText(p corev1.ServicePort) string {
	text := fmt.Sprintf("%d/%s", p.Port, p.Protocol)
	if p.NodePort != 0 {
		text = fmt.Sprintf("%d:%d/%s", p.Port, p.NodePort, p.Protocol)
	}
	if p.Name == "" {
		return text
	}
	return p.Name + " " + text
}

package api

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"
)

const (
	servicePort = 443
	// targetPort is the one of a kind cluster. Ours is another at each start, and nobody
	// can reach it by way of the Service.
	targetPort = 6443

	rangeInterval = 20 * time.Millisecond
	rangeTimeout  = 30 * time.Second
)

// createService creates the Service "kubernetes". The server does so itself, but only once
// it is ready, which it asks every 100 ms: too late for who lists Services right away.
func createService(ctx context.Context, client kubernetes.Interface) error {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{
			Name:      "kubernetes",
			Namespace: metav1.NamespaceDefault,
			Labels:    map[string]string{"provider": "kubernetes", "component": "apiserver"},
		},
		Spec: corev1.ServiceSpec{
			Ports:           []corev1.ServicePort{{Name: "https", Protocol: corev1.ProtocolTCP, Port: servicePort, TargetPort: intstr.FromInt32(targetPort)}},
			ClusterIP:       serviceAddress,
			IPFamilyPolicy:  ptr.To(corev1.IPFamilyPolicySingleStack),
			SessionAffinity: corev1.ServiceAffinityNone,
			Type:            corev1.ServiceTypeClusterIP,
		},
	}
	// It takes its address from the range of Services, which another hook creates.
	var last error
	err := wait.PollUntilContextTimeout(ctx, rangeInterval, rangeTimeout, true, func(ctx context.Context) (bool, error) {
		last = create(ctx, client.CoreV1().Services(metav1.NamespaceDefault), service)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("creating the Service \"kubernetes\": %w: %w", err, last)
	}
	return nil
}

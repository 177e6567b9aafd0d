package outside

import (
	"errors"
	"net"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
)

func service(name string, spec corev1.ServiceSpec) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "hooks", Name: name}, Spec: spec}
}

// slice has one endpoint of a Service, on port 8443.
func slice(service, managedBy, address string, ready bool) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "hooks", Name: service + "-" + address, Labels: map[string]string{
			discoveryv1.LabelServiceName: service, discoveryv1.LabelManagedBy: managedBy,
		}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: new(ready)}}},
		Ports:       []discoveryv1.EndpointPort{{Name: new(""), Port: new(int32(8443))}},
	}
}

func TestOnlyServicesThatLeadOutsideCanBeReached(t *testing.T) {
	inner := func(name string) *corev1.Service {
		return service(name, corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.96.0.7", Ports: []corev1.ServicePort{{Port: 443}}})
	}
	known := informers.NewSharedInformerFactory(fake.NewClientset(), 0)
	services, slices := known.Core().V1().Services().Informer().GetStore(), known.Discovery().V1().EndpointSlices().Informer().GetStore()
	for _, s := range []*corev1.Service{
		service("outside", corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"}),
		inner("pods"), inner("by-hand"), inner("endpoints"), inner("both"), inner("ill"), inner("nobody"),
	} {
		if err := services.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*discoveryv1.EndpointSlice{
		slice("pods", "endpointslice-controller.k8s.io", "10.244.0.9", true),
		slice("by-hand", "", "192.168.1.7", true),
		slice("endpoints", "endpointslicemirroring-controller.k8s.io", "192.168.1.8", true),
		slice("both", "endpointslice-controller.k8s.io", "10.244.0.10", true), slice("both", "me", "192.168.1.9", true),
		slice("ill", "", "192.168.1.10", false),
	} {
		if err := slices.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	resolver := Resolver(known, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 6443})
	const simulated = "pods of an embedded cluster are simulated"
	for _, test := range []struct {
		namespace, name string
		port            int32
		to, says        string
	}{
		{"hooks", "outside", 8443, "https://localhost:8443", ""},
		{"default", "kubernetes", 443, "https://127.0.0.1:6443", ""},
		{"hooks", "by-hand", 443, "https://192.168.1.7:8443", ""},
		{"hooks", "endpoints", 443, "https://192.168.1.8:8443", ""},
		{"hooks", "both", 443, "https://192.168.1.9:8443", ""},
		{"hooks", "by-hand", 80, "", `no service port 80 found for service "by-hand"`},
		{"hooks", "ill", 443, "", `no endpoints available for service "ill"`},
		{"hooks", "pods", 443, "", simulated},
		{"hooks", "nobody", 443, "", simulated},
		{"hooks", "nothing", 443, "", `service "nothing" not found`},
	} {
		to, err := resolver.ResolveEndpoint(test.namespace, test.name, test.port)
		switch {
		case test.says != "":
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v, want %q", test.name, err, test.says)
			}
		case err != nil || to.String() != test.to:
			t.Errorf("%s: %v, %v, want %s", test.name, to, err, test.to)
		}
	}
}

func TestAddressesOfTheSimulationAreNotDialled(t *testing.T) {
	for _, address := range []string{"10.244.0.9:80", "10.96.0.1:443"} {
		conn, err := Dial(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		if !errors.Is(err, ErrSimulated) {
			t.Errorf("%s: %v", address, err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	conn, err := Dial(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatalf("a server of this machine: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

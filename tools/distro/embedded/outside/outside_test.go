package outside

import (
	"errors"
	"net"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	listersv1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

func service(name string, spec corev1.ServiceSpec) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "hooks", Name: name}, Spec: spec}
}

func TestOnlyServicesThatLeadOutsideCanBeReached(t *testing.T) {
	services := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, s := range []*corev1.Service{
		service("pods", corev1.ServiceSpec{ClusterIP: "10.96.0.7", Selector: map[string]string{"a": "b"}}),
		service("outside", corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"}),
	} {
		if err := services.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	resolver := Resolver(listersv1.NewServiceLister(services), &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 6443})

	to, err := resolver.ResolveEndpoint("hooks", "outside", 8443)
	if err != nil || to.String() != "https://localhost:8443" {
		t.Errorf("outside: %v, %v", to, err)
	}
	to, err = resolver.ResolveEndpoint("default", "kubernetes", 443)
	if err != nil || to.String() != "https://127.0.0.1:6443" {
		t.Errorf("the server itself: %v, %v", to, err)
	}
	if _, err = resolver.ResolveEndpoint("hooks", "pods", 443); !errors.Is(err, ErrSimulated) {
		t.Errorf("pods: %v", err)
	}
	if _, err = resolver.ResolveEndpoint("hooks", "nothing", 443); err == nil {
		t.Error("a Service that is not there was resolved")
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

package acceptance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// The manifests of a webhook's chart name a Service. Whoever runs the webhook on this machine
// says where, the way one does for any Service without selector.
func TestAWebhookIsCalledAtTheEndpointsThatSomebodyWrote(t *testing.T) {
	host := ownAddress(t)
	for name, write := range map[string]func(t *testing.T, client kubernetes.Interface, port int){
		"as an EndpointSlice": func(t *testing.T, client kubernetes.Interface, port int) {
			t.Helper()
			createFrom(t, client, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", map[string]any{
				"metadata":    map[string]any{"name": "hook-1", "labels": map[string]any{"kubernetes.io/service-name": "hook"}},
				"addressType": "IPv4", "endpoints": []any{map[string]any{"addresses": []string{host}}},
				"ports": []any{map[string]any{"port": port}},
			})
		},
		"as Endpoints": func(t *testing.T, client kubernetes.Interface, port int) {
			t.Helper()
			createFrom(t, client, "/api/v1/namespaces/default/endpoints", map[string]any{
				"metadata": map[string]any{"name": "hook"},
				"subsets": []any{map[string]any{
					"addresses": []any{map[string]any{"ip": host}}, "ports": []any{map[string]any{"port": port}},
				}},
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := serveAs(t, host, "hook.default.svc")
			p := launch(t)
			client := p.client(t)
			service := &corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Name: "hook"},
				Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 443}}},
			}
			if _, err := client.CoreV1().Services("default").Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
			at, is := server.Listener.Addr().(*net.TCPAddr)
			if !is {
				t.Fatalf("it listens at %v", server.Listener.Addr())
			}
			write(t, client, at.Port)
			undo := register(t, client, admissionregistrationv1.WebhookClientConfig{
				CABundle: certificate(server), Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "hook"},
			})
			last := ""
			eventually(t, "the webhook is called", func() bool {
				secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{GenerateName: "s-"}}
				_, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{})
				if err != nil && err.Error() != last {
					last = err.Error()
					t.Log(last)
				}
				return err != nil && strings.Contains(err.Error(), "denied the request: not today")
			})
			undo()
			p.end(t)
		})
	}
}

// createFrom creates an object at a path of the API.
func createFrom(t *testing.T, client kubernetes.Interface, path string, object map[string]any) {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Discovery().RESTClient().Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body(text).Do(t.Context()).Error(); err != nil {
		t.Fatal(err)
	}
}

// ownAddress is one of this machine that endpoints may have: Kubernetes allows no loopback.
func ownAddress(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if network, is := one.(*net.IPNet); is && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback, which Kubernetes allows for no endpoint; package outside has the same as a unit test")
	return ""
}

// serveAs is a webhook at an address of this machine, with a certificate for a name of the cluster.
func serveAs(t *testing.T, host, name string) *httptest.Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(refuse))
	server.Listener = listener
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

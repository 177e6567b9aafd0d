package acceptance

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"
)

// hooks are what the servers do after their start. Where this list changes with a version
// of Kubernetes, look whether a new one sleeps, and whether ours still do what they replace:
// rbac/bootstrap-roles and scheduling/bootstrap-system-priority-classes.
var hooks = []string{
	"aggregator-reload-proxy-client-cert",
	"apiservice-discovery-controller",
	"apiservice-openapi-controller",
	"apiservice-openapiv3-controller",
	"apiservice-registration-controller",
	"apiservice-status-local-available-controller",
	"apiservice-status-remote-available-controller",
	"bootstrap-controller",
	"crd-informer-synced",
	"generic-apiserver-start-informers",
	"kube-apiserver-autoregistration",
	"peer-endpoint-reconciler-controller",
	"priority-and-fairness-config-consumer",
	"priority-and-fairness-config-producer",
	"priority-and-fairness-filter",
	"start-apiextensions-controllers",
	"start-apiextensions-informers",
	"start-apiserver-admission-initializer",
	"start-cluster-authentication-info-controller",
	"start-kube-aggregator-informers",
	"start-kube-apiserver-identity-lease-controller",
	"start-kube-apiserver-identity-lease-garbage-collector",
	"start-kubernetes-service-cidr-controller",
	"start-legacy-token-tracking-controller",
	"start-service-ip-repair-controllers",
	"start-system-namespaces-controller",
	"storage-object-count-tracker-hook",
	"storage-readiness",
}

func TestTheServerDoesWhatWeThinkItDoesAtItsStart(t *testing.T) {
	p := launch(t)
	answer := get(t, p.client(t), "/readyz?verbose")
	var found []string
	for _, match := range regexp.MustCompile(`poststarthook/(\S+) ok`).FindAllStringSubmatch(answer, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	if !slices.Equal(found, hooks) {
		t.Errorf("hooks are now:\n%q\nnot:\n%q", found, hooks)
	}
	p.end(t)
}

func get(t *testing.T, client kubernetes.Interface, path string) string {
	t.Helper()
	content, err := client.Discovery().RESTClient().Get().RequestURI(path).Do(t.Context()).Raw()
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return string(content)
}

func TestDocumentsThatAreBuiltLateAreComplete(t *testing.T) {
	p := launch(t)
	client := p.client(t)
	dynamicClient := dynamic.NewForConfigOrDie(p.config(t))
	createKind(t, dynamicClient)

	var index struct {
		Paths map[string]struct {
			ServerRelativeURL string `json:"serverRelativeURL"` //nolint:tagliatelle // It is Kubernetes' name.
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(get(t, client, "/openapi/v3")), &index); err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{"api/v1", "apis/apps/v1", "apis/batch/v1", "apis/apiregistration.k8s.io/v1", "apis/apiextensions.k8s.io/v1"} {
		url := index.Paths[group].ServerRelativeURL
		if document := get(t, client, url); !strings.Contains(document, `"/`+group+"/") {
			t.Errorf("%s at %q has none of its paths", group, url)
		}
	}
	// A client that has the address of another version's document is sent to the right one.
	if document := get(t, client, "/openapi/v3/apis/apps/v1?hash=OLD"); !strings.Contains(document, "/apis/apps/v1/namespaces/{namespace}/deployments") {
		t.Error("an old address leads nowhere")
	}
	eventually(t, "the document of the new kind is there", func() bool {
		return strings.Contains(get(t, client, "/openapi/v3"), "apis/example.com/v1")
	})
	eventually(t, "the whole document has old and new kinds", func() bool {
		whole := get(t, client, "/openapi/v2")
		return strings.Contains(whole, "io.k8s.api.apps.v1.Deployment") && strings.Contains(whole, "com.example.v1.Thing")
	})
	p.end(t)
}

// createKind creates a custom resource definition, and an object that keeps to its schema.
func createKind(t *testing.T, client dynamic.Interface) {
	t.Helper()
	definition := &unstructured.Unstructured{}
	if err := json.Unmarshal([]byte(`{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
		"spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
			"versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
				"properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 3}}}}}}}]}}`), definition); err != nil {
		t.Fatal(err)
	}
	definitions := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	if _, err := client.Resource(definitions).Create(t.Context(), definition, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	things := client.Resource(schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "things"}).Namespace("default")
	thing := func(size int64) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "example.com/v1", "kind": "Thing",
			"metadata": map[string]any{"generateName": "a-"}, "spec": map[string]any{"size": size},
		}}
	}
	eventually(t, "an object of the new kind can be created", func() bool {
		_, err := things.Create(t.Context(), thing(3), metav1.CreateOptions{})
		return err == nil
	})
	if _, err := things.Create(t.Context(), thing(4), metav1.CreateOptions{}); !apierrors.IsInvalid(err) {
		t.Errorf("one that breaks its schema: %v", err)
	}
}

func TestWebhooksOutsideAreCalledAndPodsAreSaidToBeSimulated(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(refuse))
	defer server.Close()
	p := launch(t)
	client := p.client(t)
	outside := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "outside"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "127.0.0.1"},
	}
	pods := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "pods"},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "hook"}, Ports: []corev1.ServicePort{{Port: 443}}},
	}
	for _, service := range []*corev1.Service{outside, pods} {
		if _, err := client.CoreV1().Services("default").Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	_, text, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, says string
		to         admissionregistrationv1.WebhookClientConfig
	}{
		{"by its URL", "denied the request: not today", admissionregistrationv1.WebhookClientConfig{URL: new(server.URL)}},
		{"by a Service that leads outside", "x509: ", admissionregistrationv1.WebhookClientConfig{
			Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "outside", Port: new(int32(port))},
		}},
		{"by a Service of pods", `service "pods" in "default" cannot be reached: pods of an embedded cluster are simulated and serve nothing; give a webhook by its URL`, admissionregistrationv1.WebhookClientConfig{
			Service: &admissionregistrationv1.ServiceReference{Namespace: "default", Name: "pods"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.to.CABundle = certificate(server)
			defer register(t, client, test.to)()
			eventually(t, "the webhook is called: "+test.says, func() bool {
				secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{GenerateName: "s-"}}
				_, err := client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{})
				return err != nil && strings.Contains(err.Error(), test.says)
			})
		})
	}
	p.end(t)
}

// refuse is a webhook that admits nothing.
func refuse(w http.ResponseWriter, r *http.Request) {
	var review admissionv1.AdmissionReview
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &review)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	review.Response = &admissionv1.AdmissionResponse{UID: review.Request.UID, Result: &metav1.Status{Message: "not today"}}
	w.Header().Set("Content-Type", "application/json")
	//nolint:errchkjson // What cannot be answered makes the test fail.
	_ = json.NewEncoder(w).Encode(review)
}

// register registers a webhook for Secrets, and returns how to take that back.
func register(t *testing.T, client kubernetes.Interface, to admissionregistrationv1.WebhookClientConfig) (undo func()) {
	t.Helper()
	configurations := client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	_, err := configurations.Create(t.Context(), &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "refuse"},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "refuse.example.com", ClientConfig: to,
			AdmissionReviewVersions: []string{"v1"}, SideEffects: ptr.To(admissionregistrationv1.SideEffectClassNone),
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"secrets"}},
			}},
		}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := configurations.Delete(t.Context(), "refuse", metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	}
}

func TestAnExtensionServerOutsideIsAggregated(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		//nolint:gosec // No browser reads it.
		_, _ = fmt.Fprintf(w, `{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "outside.example.com/v1", "resources": [], "asked": %q, "by": %q}`,
			r.URL.Path, r.Header.Get("X-Remote-User"))
	}))
	defer server.Close()
	p := launch(t)
	client := p.client(t)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "outside"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "127.0.0.1"},
	}
	if _, err := client.CoreV1().Services("default").Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	registration := &unstructured.Unstructured{}
	if err := json.Unmarshal(fmt.Appendf(nil, `{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1.outside.example.com"},
		"spec": {"group": "outside.example.com", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 1,
			"insecureSkipTLSVerify": true, "service": {"namespace": "default", "name": "outside", "port": %s}}}`, port), registration); err != nil {
		t.Fatal(err)
	}
	services := schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}
	if _, err := dynamic.NewForConfigOrDie(p.config(t)).Resource(services).Create(t.Context(), registration, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "requests arrive, with the name of who asks", func() bool {
		answer, err := client.Discovery().RESTClient().Get().AbsPath("/apis/outside.example.com/v1/here").Do(t.Context()).Raw()
		return err == nil && strings.Contains(string(answer), `"asked": "/apis/outside.example.com/v1/here", "by": "seatrial-admin"`)
	})
	p.end(t)
}

package fault

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
)

// Write is a request that may change something.
type Write struct {
	// Method is that of HTTP: POST creates, PUT replaces, PATCH changes, DELETE deletes.
	Method string `json:"method"`
	// Resource is what the URL calls the kind, such as "deployments"; Subresource is such as "scale", or empty.
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	// Namespace is empty for what belongs to the cluster.
	Namespace string `json:"namespace,omitempty"`
	// Name is empty where the server makes it up, and for a deletion of many at once.
	Name string `json:"name,omitempty"`
	// Labels are those of the object that was sent, if one was.
	Labels map[string]string `json:"labels,omitempty"`
	// Code is how the server answered; 0 if no answer came.
	Code int `json:"code,omitempty"`
}

// Verb is the method in words: create, replace, change, delete.
func (w Write) Verb() string {
	switch w.Method {
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "replace"
	case http.MethodPatch:
		return "change"
	case http.MethodDelete:
		return "delete"
	default:
		return strings.ToLower(w.Method)
	}
}

// String is such as "create services/redis-master".
func (w Write) String() string {
	text := w.Verb() + " " + w.Resource
	if w.Name != "" {
		text += "/" + w.Name
	}
	if w.Subresource != "" {
		text += " (" + w.Subresource + ")"
	}
	return text
}

// Succeeded tells whether the server did what was asked.
func (w Write) Succeeded() bool {
	return w.Code >= http.StatusOK && w.Code < http.StatusMultipleChoices
}

// parse reads what a request is about from its address and its body, which it leaves as it was.
func parse(request *http.Request) (Write, error) {
	w := Write{Method: request.Method}
	w.place(strings.Split(strings.Trim(request.URL.Path, "/"), "/"))
	if request.Body == nil || request.Body == http.NoBody || request.Method == http.MethodDelete {
		return w, nil
	}
	content, err := io.ReadAll(request.Body)
	if err != nil {
		return w, fmt.Errorf("reading the body of a request to %q: %w", request.URL.Path, err)
	}
	if err := request.Body.Close(); err != nil {
		return w, fmt.Errorf("reading the body of a request to %q: %w", request.URL.Path, err)
	}
	request.Body = io.NopCloser(bytes.NewReader(content))
	if sent := decode(content); sent != nil {
		w.Labels = sent.GetLabels()
		if w.Name == "" {
			w.Name = sent.GetName()
		}
	}
	return w, nil
}

// place reads the parts of a path: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
func (w *Write) place(parts []string) {
	version := len([]string{"apis", "apps", "v1"})
	if parts[0] == "api" {
		version = len([]string{"api", "v1"})
	}
	if len(parts) <= version {
		w.Resource = strings.Join(parts, "/")
		return
	}
	parts = parts[version:]
	// Below a namespace are objects, except for two views of the namespace itself.
	if below := len([]string{"namespaces", "NAME"}); parts[0] == "namespaces" && len(parts) > below && parts[below] != "status" && parts[below] != "finalize" {
		w.Namespace = parts[1]
		parts = parts[below:]
	}
	for i, field := range []*string{&w.Resource, &w.Name, &w.Subresource} {
		if i < len(parts) {
			*field = parts[i]
		}
	}
}

// decode reads an object that was sent, or nothing. Typed clients may send protocol buffers, and patches are no whole objects.
func decode(content []byte) metav1.Object {
	partial := &unstructured.Unstructured{}
	if err := partial.UnmarshalJSON(content); err == nil {
		return partial
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(content, nil, nil)
	if err != nil {
		return nil
	}
	sent, err := meta.Accessor(object)
	if err != nil {
		return nil
	}
	return sent
}

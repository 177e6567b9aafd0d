package helm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// fakeAPI is as much of an API server as releases of ConfigMaps need. Unlike a real one
// it can be told to fail.
type fakeAPI struct {
	mu        sync.Mutex
	kinds     map[string]string // of the resources of v1
	objects   map[string]map[string]any
	version   int // of what was written last
	requests  []string
	interfere func(w http.ResponseWriter, r *http.Request) bool
}

// newFakeAPI returns a server with the namespace "place" and the path of a kubeconfig
// for it.
func newFakeAPI(t *testing.T) (api *fakeAPI, kubeconfig string) {
	t.Helper()
	api = &fakeAPI{
		kinds:   map[string]string{"namespaces": "Namespace", "secrets": "Secret", "configmaps": "ConfigMap"},
		objects: map[string]map[string]any{"/api/v1/namespaces/place": {"apiVersion": "v1", "kind": "Namespace"}},
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	content := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: fake
contexts: [{name: fake, context: {cluster: fake, namespace: place}}]
clusters: [{name: fake, cluster: {server: %q}}]
`, server.URL)
	if err := os.WriteFile(kubeconfig, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return api, kubeconfig
}

// taken returns the requests made since it was last called.
func (a *fakeAPI) taken() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := a.requests
	a.requests = nil
	return taken
}

// meddle lets do answer requests first; it returns whether it did.
func (a *fakeAPI) meddle(do func(w http.ResponseWriter, r *http.Request) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.interfere = do
}

// addKind adds a resource to v1.
func (a *fakeAPI) addKind(resource, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kinds[resource] = kind
}

func (a *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.requests = append(a.requests, r.Method+" "+r.URL.Path)
	interfere := a.interfere
	a.mu.Unlock()
	if interfere != nil && interfere(w, r) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case r.URL.Path == "/version":
		answer(w, http.StatusOK, map[string]string{"major": "1", "minor": "37", "gitVersion": "v1.37.0"})
	case r.URL.Path == "/api":
		answer(w, http.StatusOK, metav1.APIVersions{Versions: []string{"v1"}})
	case r.URL.Path == "/apis":
		a.answerGroups(w, r)
	case r.URL.Path == "/api/v1":
		a.answerResources(w)
	case a.kinds[path.Base(r.URL.Path)] != "":
		a.answerCollection(w, r)
	default:
		a.answerObject(w, r)
	}
}

func (a *fakeAPI) answerGroups(w http.ResponseWriter, r *http.Request) {
	tag := fmt.Sprintf("%q", fmt.Sprint(a.kinds))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	answer(w, http.StatusOK, metav1.APIGroupList{})
}

func (a *fakeAPI) answerResources(w http.ResponseWriter) {
	list := metav1.APIResourceList{GroupVersion: "v1"}
	for resource, kind := range a.kinds {
		list.APIResources = append(list.APIResources, metav1.APIResource{
			Name: resource, Kind: kind, Namespaced: kind != "Namespace", Verbs: metav1.Verbs{"get", "list", "create", "update", "patch", "delete"},
		})
	}
	answer(w, http.StatusOK, list)
}

func (a *fakeAPI) answerCollection(w http.ResponseWriter, r *http.Request) {
	kind := a.kinds[path.Base(r.URL.Path)]
	if r.Method == http.MethodGet {
		selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
		if err != nil {
			refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, r.URL.Path, err.Error())
			return
		}
		items := []any{}
		for at, object := range a.objects {
			if path.Dir(at) == r.URL.Path && selector.Matches(labelsOf(object)) {
				items = append(items, object)
			}
		}
		answer(w, http.StatusOK, map[string]any{"apiVersion": "v1", "kind": kind + "List", "items": items})
		return
	}
	if namespace := path.Dir(r.URL.Path); a.objects[namespace] == nil {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, namespace, "not found")
		return
	}
	object, err := decode(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, r.URL.Path, err.Error())
		return
	}
	at := path.Join(r.URL.Path, nameIn(object))
	if a.objects[at] != nil {
		refuse(w, http.StatusConflict, metav1.StatusReasonAlreadyExists, at, "already exists")
		return
	}
	object["apiVersion"], object["kind"] = "v1", kind
	a.store(at, object)
	answer(w, http.StatusCreated, object)
}

func (a *fakeAPI) answerObject(w http.ResponseWriter, r *http.Request) {
	object := a.objects[r.URL.Path]
	if object == nil {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, r.URL.Path, "not found")
		return
	}
	switch r.Method {
	case http.MethodPut, http.MethodPatch:
		change, err := decode(r)
		if err != nil {
			refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, r.URL.Path, err.Error())
			return
		}
		if r.Method == http.MethodPut {
			change["apiVersion"], change["kind"] = object["apiVersion"], object["kind"]
			object = change
		} else {
			lay(object, change)
		}
		a.store(r.URL.Path, object)
	case http.MethodDelete:
		delete(a.objects, r.URL.Path)
	}
	answer(w, http.StatusOK, object)
}

func (a *fakeAPI) store(at string, object map[string]any) {
	a.version++
	if metadata, ok := object["metadata"].(map[string]any); ok {
		metadata["resourceVersion"] = strconv.Itoa(a.version)
	}
	a.objects[at] = object
}

// decode reads an object, which typed clients send as protobuf, or a patch.
func decode(r *http.Request) (map[string]any, error) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodPatch {
		var patch map[string]any
		err := json.Unmarshal(content, &patch)
		return patch, err
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(content, nil, nil)
	if err != nil {
		return nil, err
	}
	return runtime.DefaultUnstructuredConverter.ToUnstructured(object)
}

func answer(w http.ResponseWriter, code int, content any) {
	text, err := json.Marshal(content)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(text) // A client that has gone needs no answer.
}

func refuse(w http.ResponseWriter, code int32, reason metav1.StatusReason, at, message string) {
	resource, name := path.Split(at)
	answer(w, int(code), metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Code: code, Reason: reason,
		Message: fmt.Sprintf("%s %q %s", path.Base(resource), name, message),
		Details: &metav1.StatusDetails{Kind: path.Base(resource), Name: name},
	})
}

func labelsOf(object map[string]any) labels.Set {
	set := labels.Set{}
	metadata, _ := object["metadata"].(map[string]any)
	given, _ := metadata["labels"].(map[string]any)
	for key, value := range given {
		set[key] = fmt.Sprint(value)
	}
	return set
}

func nameIn(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return fmt.Sprint(metadata["name"])
}

// isRecord tells whether a request writes the record of a revision of a method's kind.
func isRecord(r *http.Request, method string) bool {
	return r.Method == method && strings.Contains(r.URL.Path, "/secrets")
}

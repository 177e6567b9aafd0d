package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	restful "github.com/emicklei/go-restful/v3"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/mux"
	"k8s.io/apiserver/pkg/server/routes"
	"k8s.io/component-base/version"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/handler3"
)

const (
	openAPIV2 = "/openapi/v2"
	openAPIV3 = "/openapi/v3"
)

// documents serves the OpenAPI documents of the built-in types, each built when it is first
// asked for. Built at the start, as upstream does, they cost 250 ms of it, and most
// clusters of a test never need most of them. The price: the first request for the whole
// document, version 2, takes 0.7 s.
type documents struct {
	container *restful.Container
	v2        *common.Config
	v3        *common.OpenAPIV3Config

	wholeOnce sync.Once
	whole     http.Handler
	groups    map[string]*group
}

// group is the document of one group and version.
type group struct {
	service *restful.WebService
	once    sync.Once
	handler http.Handler
}

// serveDocuments installs the documents on a server that was told to leave them out, with
// all its groups installed.
func serveDocuments(server *genericapiserver.GenericAPIServer, v2 *common.Config, v3 *common.OpenAPIV3Config) {
	d := &documents{container: server.Handler.GoRestfulContainer, v2: v2, v3: v3, groups: map[string]*group{}}
	for _, service := range d.container.RegisteredWebServices() {
		d.groups[strings.TrimPrefix(service.RootPath(), "/")] = &group{service: service}
	}
	server.Handler.NonGoRestfulMux.HandleFunc(openAPIV2, d.serveWhole)
	server.Handler.NonGoRestfulMux.HandleFunc(openAPIV3, d.serveIndex)
	server.Handler.NonGoRestfulMux.HandlePrefix(openAPIV3+"/", http.HandlerFunc(d.serveGroup))
}

func (d *documents) serveWhole(w http.ResponseWriter, r *http.Request) {
	d.wholeOnce.Do(func() {
		into := mux.NewPathRecorderMux("openapi-v2")
		routes.OpenAPI{Config: d.v2}.InstallV2(d.container, into)
		d.whole = into
	})
	d.whole.ServeHTTP(w, r)
}

// serveIndex lists the groups. Upstream's index has a hash of each document, for which all
// of them would have to be built; they change with the version of Kubernetes only, so here
// the hash is one of the version.
func (d *documents) serveIndex(w http.ResponseWriter, _ *http.Request) {
	index := handler3.OpenAPIV3Discovery{Paths: map[string]handler3.OpenAPIV3DiscoveryGroupVersion{}}
	for name := range d.groups {
		index.Paths[name] = handler3.OpenAPIV3DiscoveryGroupVersion{ServerRelativeURL: relative(name)}
	}
	content, err := json.Marshal(index)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Etag", `"`+hash("")+`"`)
	_, _ = w.Write(content)
}

func (d *documents) serveGroup(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, openAPIV3+"/")
	wanted, known := d.groups[name]
	if !known {
		http.NotFound(w, r)
		return
	}
	wanted.once.Do(func() { wanted.handler = d.build(wanted.service) })
	inner := r.Clone(r.Context())
	if asked := r.URL.Query().Get("hash"); asked != "" {
		if asked != hash(name) {
			//nolint:gosec // The name is one of our groups.
			http.Redirect(w, r, relative(name), http.StatusMovedPermanently)
			return
		}
		w.Header().Set("Cache-Control", "public, immutable")
		query := inner.URL.Query()
		query.Del("hash")
		inner.URL.RawQuery = query.Encode()
	}
	wanted.handler.ServeHTTP(w, inner)
}

// build makes the document of one group with the code that makes them all.
func (d *documents) build(service *restful.WebService) http.Handler {
	into := mux.NewPathRecorderMux("openapi-v3 " + service.RootPath())
	routes.OpenAPI{V3Config: d.v3}.InstallV3(restful.NewContainer().Add(service), into)
	return into
}

func relative(name string) string { return openAPIV3 + "/" + name + "?hash=" + hash(name) }

func hash(name string) string {
	sum := sha256.Sum256([]byte(version.Get().GitVersion + "\n" + name))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

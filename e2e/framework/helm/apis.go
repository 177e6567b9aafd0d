package helm

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// apis keeps what a client has learned of the kinds the API server has. To read that
// again for every operation takes most of a small operation's time, so each only asks
// whether it is still true: the server marks its list of kinds with an entity tag.
type apis struct {
	known atomic.Pointer[kinds]
	// turn is held to discover; unlike a mutex it can be waited for with a context.
	turn chan struct{}
}

// kinds is the state of the server's API at one time. It does not change.
type kinds struct {
	tag          string
	mapper       meta.RESTMapper
	capabilities *chartutil.Capabilities
}

func newAPIs() *apis { return &apis{turn: make(chan struct{}, 1)} }

// current returns the server's kinds as they are now.
func (a *apis) current(ctx context.Context, config *rest.Config) (*kinds, error) {
	for {
		known := a.known.Load()
		if known != nil {
			same, err := unchanged(ctx, config, known.tag)
			if err != nil {
				return nil, err
			}
			if same {
				return known, nil
			}
		}
		found, err := a.replace(ctx, config, known)
		if err != nil || found != nil {
			return found, err
		}
	}
}

// replace discovers the server's kinds anew, unless another operation has done so
// since they were known; then it returns nil.
func (a *apis) replace(ctx context.Context, config *rest.Config, known *kinds) (*kinds, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if a.known.Load() != known {
		return nil, nil
	}
	found, err := discover(config)
	if err != nil {
		return nil, err
	}
	a.known.Store(found)
	return found, nil
}

// unchanged asks whether the list of kinds still has the tag. A server that gives no
// tags has always changed.
func unchanged(ctx context.Context, config *rest.Config, tag string) (bool, error) {
	if tag == "" {
		return false, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(config.Host, "/")+groupsPath, http.NoBody)
	if err != nil {
		return false, err
	}
	request.Header.Set("Accept", discovery.AcceptV2+","+discovery.AcceptV1)
	request.Header.Set("If-None-Match", tag)
	response, err := config.Transport.RoundTrip(request)
	if err != nil {
		return false, fmt.Errorf("asking for the kinds of the API server: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil { // So that the connection can be used again.
		return false, fmt.Errorf("asking for the kinds of the API server: %w", err)
	}
	return response.StatusCode == http.StatusNotModified, nil
}

const groupsPath = "/apis"

func discover(config *rest.Config) (*kinds, error) {
	tags := &tagReader{next: config.Transport}
	config = rest.CopyConfig(config)
	config.Transport = tags
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	version, err := client.ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("asking for the version of the API server: %w", err)
	}
	cached := memory.NewMemCacheClient(client)
	groups, err := restmapper.GetAPIGroupResources(cached)
	if err != nil {
		return nil, fmt.Errorf("asking for the kinds of the API server: %w", err)
	}
	set, err := action.GetVersionSet(cached)
	if err != nil {
		return nil, fmt.Errorf("asking for the kinds of the API server: %w", err)
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.APIVersions = set
	capabilities.KubeVersion = chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor}
	return &kinds{tag: tags.tag, mapper: restmapper.NewDiscoveryRESTMapper(groups), capabilities: capabilities}, nil
}

// tagReader notes the entity tag of the list of kinds as the discovery client reads it.
type tagReader struct {
	next http.RoundTripper
	tag  string
}

func (t *tagReader) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(request)
	if err == nil && strings.HasSuffix(request.URL.Path, groupsPath) {
		t.tag = response.Header.Get("ETag")
	}
	return response, err
}

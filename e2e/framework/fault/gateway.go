package fault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// headerTimeout is how long a client may take to send the head of a request.
const headerTimeout = 30 * time.Second

// Gateway is an address of an API server at which every request passes a wrapper: for programs into which nothing can be
// put, such as the helm command. A request to which the wrapper gives an error gets no answer; its connection is closed. It
// listens on this machine alone, and only to those who have its kubeconfig: the address in it has a secret.
type Gateway struct {
	server *http.Server
	url    string
	ended  chan error
}

// OpenGateway makes a gateway to the API server of a configuration. Close it after use.
func OpenGateway(ctx context.Context, config *rest.Config, wrap Wrapper) (*Gateway, error) {
	target, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("making a gateway to %q: %w", config.Host, err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, fmt.Errorf("making a gateway to %q: %w", config.Host, err)
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("making a gateway to %q: %w", config.Host, err)
	}
	// Clients send no token to an address without TLS, but they keep its path.
	secret := "/" + rand.Text()
	g := &Gateway{url: "http://" + listener.Addr().String() + secret, ended: make(chan error, 1)}
	g.server = &http.Server{
		Handler: http.StripPrefix(secret, proxy(target, wrap(transport))), ReadHeaderTimeout: headerTimeout, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { g.ended <- g.server.Serve(listener) }()
	return g, nil
}

// proxy passes requests on, and answers as they come: a watch has no end.
func proxy(target *url.URL, transport http.RoundTripper) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
}

// WriteKubeconfig writes a kubeconfig file for the gateway, with a namespace to work in.
func (g *Gateway) WriteKubeconfig(path, namespace string) error {
	const name = "gateway"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: g.url}
	config.AuthInfos[name] = clientcmdapi.NewAuthInfo()
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: namespace}
	config.CurrentContext = name
	content, err := clientcmd.Write(*config)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing the kubeconfig of a gateway: %w", err)
	}
	return nil
}

// Close ends the gateway and every connection through it.
func (g *Gateway) Close() error {
	err := g.server.Close()
	if served := <-g.ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if err != nil {
		return fmt.Errorf("closing a gateway: %w", err)
	}
	return nil
}

// Package proxy is a reverse proxy between a client and an API server that fails requests on purpose, at a given rate and the
// same ones in each run. Unlike what package fault lays around a transport, it meets any program that reads a kubeconfig.
package proxy

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
)

// headerTimeout bounds how long a client may take to say what it wants.
const headerTimeout = 10 * time.Second

// Options say what a proxy stands in front of.
type Options struct {
	// Kubeconfig is the file that leads to the real API server. The proxy acts with its credentials.
	Kubeconfig string
	// Dir is where the file is written that leads to the proxy; it must exist.
	Dir string
	// Plan is what is failed from the start. It can be changed while the proxy runs.
	Plan Plan
}

// Proxy is one that runs. It speaks HTTP/1.1 only, so that a connection which is reset takes no other request with it.
type Proxy struct {
	server     *http.Server
	kubeconfig string
	token      string
	ended      chan error
	release    func()

	mu       sync.Mutex
	plan     Plan
	hits     []int // of each rule
	requests int
	seen     map[string]int
	injected []Injection
}

// Injection is a request that was failed.
type Injection struct {
	Fault  Fault
	Method string
	Path   string
	// Served tells whether the API server had done what was asked when the request was failed.
	Served bool
}

// Tally is what a proxy has done since its plan was set.
type Tally struct {
	// Requests counts those that came.
	Requests int
	// Injected are those that were failed, in the order of their beginning.
	Injected []Injection
}

// Start runs a proxy until it is closed. Nobody but the reader of its kubeconfig gets through: it asks for a token.
func Start(ctx context.Context, o Options) (*Proxy, error) {
	p, err := start(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("starting a proxy for %q: %w", o.Kubeconfig, err)
	}
	return p, nil
}

func start(ctx context.Context, o Options) (*Proxy, error) {
	config, err := clientcmd.BuildConfigFromFlags("", o.Kubeconfig)
	if err != nil {
		return nil, err
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	way, err := newWay(config)
	if err != nil {
		return nil, err
	}
	const host = "127.0.0.1"
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	certificate, key, err := cert.GenerateSelfSignedCertKey(host, []net.IP{net.ParseIP(host)}, nil)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	p := &Proxy{
		kubeconfig: filepath.Join(o.Dir, "kubeconfig"), token: rand.Text(),
		ended: make(chan error, 1), release: way.close,
	}
	p.SetPlan(o.Plan)
	if err := p.write("https://"+listener.Addr().String(), certificate); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	p.serve(listener, pair, p.handler(server, way))
	return p, nil
}

// serve starts to answer.
func (p *Proxy) serve(listener net.Listener, pair tls.Certificate, handler http.Handler) {
	p.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout,
		// Clients that are reset complain about the TLS connection; that is the purpose.
		ErrorLog:    log.New(discard{}, "", 0),
		ConnContext: withConnection,
		TLSConfig:   &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
	}
	go func() { p.ended <- p.server.ServeTLS(listener, "", "") }()
}

func (p *Proxy) handler(server *url.URL, way *way) http.Handler {
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			r.Out.Header.Del("Authorization")
		},
		Transport: &injector{proxy: p, next: way},
		// Each event of a watch is passed on as it comes.
		FlushInterval: -1,
		ErrorLog:      log.New(discard{}, "", 0),
		ErrorHandler:  answerError,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+p.token {
			http.Error(w, "this proxy wants the token of its kubeconfig", http.StatusUnauthorized)
			return
		}
		forward.ServeHTTP(w, r)
	})
}

// write makes the kubeconfig that leads to the proxy.
func (p *Proxy) write(address string, certificate []byte) error {
	const name = "proxy"
	file := clientcmdapi.NewConfig()
	file.Clusters[name] = &clientcmdapi.Cluster{Server: address, CertificateAuthorityData: certificate}
	file.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: p.token}
	file.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	return clientcmd.WriteToFile(*file, p.kubeconfig)
}

// Kubeconfig is the file that leads to the proxy.
func (p *Proxy) Kubeconfig() string { return p.kubeconfig }

// SetPlan changes what is failed from now on. What was asked before does not count any more, neither for the choice nor for
// the tally.
func (p *Proxy) SetPlan(plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.hits, p.seen = plan, make([]int, len(plan.Rules)), map[string]int{}
	p.requests, p.injected = 0, nil
}

// Tally tells what was done since the plan was set.
func (p *Proxy) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Tally{Requests: p.requests, Injected: append([]Injection(nil), p.injected...)}
}

// Close cuts all connections and removes the kubeconfig.
func (p *Proxy) Close() error {
	err := p.server.Close()
	if end := <-p.ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	p.release()
	if err := errors.Join(err, os.Remove(p.kubeconfig)); err != nil {
		return fmt.Errorf("closing a proxy: %w", err)
	}
	return nil
}

// discard is where complaints about broken connections go.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

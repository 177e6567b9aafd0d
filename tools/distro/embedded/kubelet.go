package embedded

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"
)

const readHeaderTimeout = 10 * time.Second

// serveKubelets serves what the API server asks kubelets, on a socket that only this user
// can open, and returns how to connect to it. The server insists on encryption.
func (p *plane) serveKubelets(ctx context.Context, handler http.Handler) (func(ctx context.Context, network, address string) (net.Conn, error), error) {
	certificate, err := tls.LoadX509KeyPair(p.credentials.Files.Server, p.credentials.Files.ServerKey)
	if err != nil {
		return nil, fmt.Errorf("reading the kubelets' certificate: %w", err)
	}
	path := filepath.Join(p.sockets, "nodes.sock")
	if err := removeStale(path); err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listening for the kubelets: %w", err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		// Streams of exec take over the connection, which HTTP/2 does not allow.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	p.parts.run(ctx, "kubelets", func(ctx context.Context) error {
		context.AfterFunc(ctx, func() { _ = server.Close() })
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}, nil
}

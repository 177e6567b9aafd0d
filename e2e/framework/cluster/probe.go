package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Connection is a client whose idle connections end with it.
type Connection struct {
	kubernetes.Interface

	http *http.Client
}

// Connect makes a client from a kubeconfig file. It asks the server nothing.
func Connect(kubeconfig string) (*Connection, error) {
	config, err := LoadRESTConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("making a client from %q: %w", kubeconfig, err)
	}
	client, err := kubernetes.NewForConfigAndClient(config, httpClient)
	if err != nil {
		return nil, fmt.Errorf("making a client from %q: %w", kubeconfig, err)
	}
	return &Connection{Interface: client, http: httpClient}, nil
}

// Close ends the idle connections.
func (c *Connection) Close() { c.http.CloseIdleConnections() }

// Ready asks once whether the API server is ready.
func (c *Connection) Ready(ctx context.Context) error {
	if err := c.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error(); err != nil {
		return fmt.Errorf("asking whether the API server is ready: %w", err)
	}
	return nil
}

// Version asks for the version of Kubernetes, as v1.37.2.
func (c *Connection) Version(ctx context.Context) (string, error) {
	raw, err := c.Discovery().RESTClient().Get().AbsPath("/version").DoRaw(ctx)
	if err != nil {
		return "", fmt.Errorf("asking for the version of Kubernetes: %w", err)
	}
	var found version.Info
	if err := json.Unmarshal(raw, &found); err != nil {
		return "", fmt.Errorf("reading the version of Kubernetes: %w", err)
	}
	return found.GitVersion, nil
}

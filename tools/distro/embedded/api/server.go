package api

import (
	"context"
	"errors"
	"fmt"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	controlplaneapiserver "k8s.io/kubernetes/pkg/controlplane/apiserver"

	"seatrial/tools/distro/embedded/outside"
)

// Server is the chain of servers, ready to run.
type Server struct {
	run func(ctx context.Context) error
}

// New makes the server. Its handler answers from then on by way of the transport, before
// anybody listens and before its hooks have run.
func New(ctx context.Context, c Config) (*Server, error) {
	o, err := complete(ctx, c)
	if err != nil {
		return nil, err
	}
	bootstrapped, err := c.AwaitStore(ctx)
	if err != nil {
		return nil, err
	}
	//nolint:contextcheck // What authenticates clients ends with the server, not with us.
	config, err := configure(o, c)
	if err != nil {
		return nil, err
	}
	completed, err := config.Complete()
	if err != nil {
		return nil, fmt.Errorf("completing the servers' configuration: %w", err)
	}
	chain, err := app.CreateServerChain(completed)
	if err != nil {
		return nil, fmt.Errorf("chaining the servers: %w", err)
	}
	top := chain.GenericAPIServer
	kube, isKube := top.NextDelegate().(*genericapiserver.GenericAPIServer)
	if !isKube {
		return nil, errors.New("chaining the servers: the second is not the one of the built-in types")
	}
	generic := config.KubeAPIs.ControlPlane.Generic
	serveDocuments(kube, generic.OpenAPIConfig, generic.OpenAPIV3Config)
	if !bootstrapped {
		if err := top.AddPostStartHook(bootstrapHook, bootstrap); err != nil {
			return nil, fmt.Errorf("adding the hook of the first objects: %w", err)
		}
	}
	prepared, err := chain.PrepareRun()
	if err != nil {
		return nil, fmt.Errorf("preparing the servers: %w", err)
	}
	c.Transport.Serve(top.Handler)
	return &Server{run: prepared.Run}, nil
}

// configure makes the configuration of each server in the chain.
func configure(o options.CompletedOptions, c Config) (*app.Config, error) {
	g, err := buildGeneric(o, c.Transport)
	if err != nil {
		return nil, err
	}
	// The seam is named for tests, but it is the only one: webhooks' clients, which are made
	// in the next call, keep the resolver that they are given there.
	undo := app.SetServiceResolverForTests(outside.Resolver(g.informers, c.Listener.Addr()))
	defer undo()
	kube, services, initializers, err := app.CreateKubeAPIServerConfig(o, g.config, g.informers, g.storage)
	if err != nil {
		return nil, fmt.Errorf("configuring the server of built-in types: %w", err)
	}
	plane := &kube.ControlPlane
	plane.ProxyTransport.DialContext = outside.Dial
	extensions, err := controlplaneapiserver.CreateAPIExtensionsConfig(*plane.Generic, plane.VersionedInformers, initializers,
		o.CompletedOptions, o.MasterCount, services,
		webhook.NewDefaultAuthenticationInfoResolverWrapper(plane.ProxyTransport, nil, plane.Generic.LoopbackClientConfig, plane.Generic.TracerProvider))
	if err != nil {
		return nil, fmt.Errorf("configuring the server of custom resources: %w", err)
	}
	aggregator, err := controlplaneapiserver.CreateAggregatorConfig(*plane.Generic, o.CompletedOptions, plane.VersionedInformers,
		services, plane.ProxyTransport, plane.PeerProxy, initializers)
	if err != nil {
		return nil, fmt.Errorf("configuring the aggregator: %w", err)
	}
	// After the other two have their copies of it: they build their documents themselves.
	plane.Generic.SkipOpenAPIInstallation = true
	return &app.Config{Options: o, KubeAPIs: kube, ApiExtensions: extensions, Aggregator: aggregator}, nil
}

// Run serves until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.run(ctx) }

package embedded

import (
	"context"
	"fmt"
	"net"

	"k8s.io/client-go/kubernetes"

	"seatrial/tools/distro/embedded/api"
	"seatrial/tools/distro/embedded/controllers"
	"seatrial/tools/distro/embedded/credentials"
	"seatrial/tools/distro/embedded/scheduler"
	"seatrial/tools/distro/embedded/store"
	"seatrial/tools/distro/embedded/volumes"
)

// start brings up all parts but the store, which starts beside the server's preparations.
// Controllers, scheduler and nodes start when the server's handler exists.
func (p *plane) start(ctx context.Context) error {
	var err error
	if p.credentials, err = credentials.Ensure(p.folder.Join("pki"), p.options.TokenFile); err != nil {
		return err
	}
	p.reached("credentials")
	kubelets, err := p.startNodes(ctx)
	if err != nil {
		return err
	}
	server, err := api.New(ctx, api.Config{
		Listener: p.listener, Store: store.Endpoint(p.sockets), AwaitStore: p.etcd.await,
		Credentials: p.credentials, Transport: p.transport, DialKubelet: kubelets,
	})
	if err != nil {
		return err
	}
	p.reached("handler of the API server")
	complete := make(chan struct{})
	p.parts.run(ctx, "API server", server.Run)
	p.parts.run(ctx, "controllers", func(ctx context.Context) error {
		return controllers.Run(ctx, controllers.Config{
			Client: p.client(credentials.ControllerManager), Credentials: p.credentials,
			Scratch: p.folder.Path, Complete: complete,
		})
	})
	p.parts.run(ctx, "scheduler", func(ctx context.Context) error {
		return scheduler.Run(ctx, p.client(credentials.Scheduler))
	})
	p.parts.run(ctx, "provisioner of volumes", p.runVolumes)
	p.complete = complete
	return nil
}

// startNodes starts what plays the nodes, and returns how to reach their kubelets.
func (p *plane) startNodes(ctx context.Context) (func(ctx context.Context, network, address string) (net.Conn, error), error) {
	client, err := kubernetes.NewForConfig(p.client(credentials.Nodes))
	if err != nil {
		return nil, fmt.Errorf("making the nodes' client: %w", err)
	}
	fleet, err := p.options.Nodes(client, p.log.Slog)
	if err != nil {
		return nil, fmt.Errorf("making the nodes: %w", err)
	}
	p.nodesReady = fleet.Ready()
	p.parts.run(ctx, "nodes", fleet.Run)
	return p.serveKubelets(ctx, fleet.Kubelet())
}

func (p *plane) runVolumes(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(p.client(credentials.ControllerManager))
	if err != nil {
		return fmt.Errorf("making the provisioner's client: %w", err)
	}
	if err := volumes.CreateClass(ctx, client); err != nil {
		return err
	}
	return volumes.Run(ctx, client)
}

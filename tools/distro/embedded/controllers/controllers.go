// Package controllers is kube-controller-manager inside the process of the embedded
// control plane: all controllers that are on by default, without leader election, server
// and start-up jitter.
package controllers

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"

	"seatrial/tools/distro/embedded/credentials"
	"seatrial/tools/distro/embedded/inprocess"
)

// Config is what controllers are started with.
type Config struct {
	// Client reaches the server as the controller manager.
	Client *rest.Config
	// Credentials are this cluster's.
	Credentials *credentials.Credentials
	// Scratch is a folder that controllers may look for plugins in.
	Scratch string
	// Complete is closed when the server knows all of its groups.
	Complete <-chan struct{}
}

// Run runs the controllers until ctx ends. They start before the server has run its own
// hooks: what they ask for is answered from the moment its handler exists. Measured: the
// default service account is there when the server is ready, not 400 ms later.
func Run(ctx context.Context, c Config) error {
	config := rest.CopyConfig(c.Client)
	config.Transport = &inprocess.Named{
		Program: "kube-controller-manager", Inner: &inprocess.Gate{Inner: c.Client.Transport, Open: c.Complete},
	}
	controllers, err := newContext(ctx, config, c)
	if err != nil {
		return fmt.Errorf("preparing the controllers: %w", err)
	}
	tokens, err := newTokens(ctx, controllers, config, c.Credentials)
	if err != nil {
		return fmt.Errorf("building the controller of service account tokens: %w", err)
	}
	early, late := split(app.NewControllerDescriptors())

	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { tokens(ctx) })
	if err := start(ctx, controllers, early, &running); err != nil {
		return err
	}
	close(controllers.InformersStarted)
	select {
	case <-c.Complete:
	case <-ctx.Done():
		return nil
	}
	emptying, err := newNamespaces(ctx, controllers)
	if err != nil {
		return fmt.Errorf("building the controller of namespaces: %w", err)
	}
	running.Go(func() { emptying.run(ctx) })
	if err := start(ctx, controllers, late, &running); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// start builds controllers, then the informers they have asked for, then runs them.
func start(ctx context.Context, c app.ControllerContext, descriptors []*app.ControllerDescriptor, running *sync.WaitGroup) error {
	built := make([]app.Controller, 0, len(descriptors))
	for _, descriptor := range descriptors {
		if !c.IsControllerEnabled(descriptor) {
			continue
		}
		controller, err := descriptor.BuildController(ctx, c)
		if err != nil {
			return fmt.Errorf("building the controller %q: %w", descriptor.Name(), err)
		}
		// One that is turned off by a feature gate or its configuration.
		if controller != nil {
			built = append(built, controller)
		}
	}
	c.InformerFactory.Start(ctx.Done())
	c.ObjectOrMetadataInformerFactory.Start(ctx.Done())
	for _, controller := range built {
		running.Go(func() { controller.Run(ctx) })
	}
	return nil
}

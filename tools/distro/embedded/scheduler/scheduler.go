// Package scheduler is kube-scheduler inside the process of the embedded control plane,
// with its default profile, without leader election and server.
package scheduler

import (
	"context"
	"fmt"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// Run schedules pods until ctx ends.
func Run(ctx context.Context, client *rest.Config) error {
	config := rest.CopyConfig(client)
	config.UserAgent = "kube-scheduler"
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making the scheduler's client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making the scheduler's client: %w", err)
	}
	defaults, err := latest.Default()
	if err != nil {
		return fmt.Errorf("reading the scheduler's default configuration: %w", err)
	}
	// The adapter that upstream uses for events first asks the server which versions of
	// events it has; this one knows that it is the current one.
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: clients.EventsV1()})
	defer broadcaster.Shutdown()
	factory := scheduler.NewInformerFactory(clients, 0, nil)
	dynamicFactory := dynamicinformer.NewDynamicSharedInformerFactory(dynamicClient, 0)
	pods, err := scheduler.New(ctx, clients, factory, dynamicFactory, profile.NewRecorderFactory(broadcaster),
		scheduler.WithComponentConfigVersion(defaults.APIVersion),
		scheduler.WithKubeConfig(config),
		scheduler.WithProfiles(defaults.Profiles...),
	)
	if err != nil {
		return fmt.Errorf("building the scheduler: %w", err)
	}
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		return fmt.Errorf("recording the scheduler's events: %w", err)
	}
	factory.Start(ctx.Done())
	dynamicFactory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	dynamicFactory.WaitForCacheSync(ctx.Done())
	if err := pods.WaitForHandlersSync(ctx); err != nil {
		return context.Cause(ctx)
	}
	pods.Run(ctx)
	return nil
}

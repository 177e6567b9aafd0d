package controllers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	controllersmetrics "k8s.io/component-base/metrics/prometheus/controllers"
	"k8s.io/controller-manager/pkg/clientbuilder"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	controllerconfig "k8s.io/kubernetes/pkg/controller/apis/config"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
)

// mapperReset is how often the kinds that the server has are asked for anew, as upstream.
const mapperReset = 30 * time.Second

// newContext does what app.CreateControllerContext does, which first waits for a healthy
// server, a second at a time.
func newContext(ctx context.Context, config *rest.Config, c Config) (app.ControllerContext, error) {
	none := app.ControllerContext{}
	component, err := configure(c)
	if err != nil {
		return none, err
	}
	builder := clientbuilder.SimpleControllerClientBuilder{ClientConfig: config}
	client, err := builder.Client("shared-informers")
	if err != nil {
		return none, err
	}
	metadataConfig, err := builder.Config("metadata-informers")
	if err != nil {
		return none, err
	}
	metadataClient, err := metadata.NewForConfig(metadataConfig)
	if err != nil {
		return none, err
	}
	discovery, err := builder.DiscoveryClient("controller-discovery")
	if err != nil {
		return none, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovery))
	go wait.UntilWithContext(ctx, func(context.Context) { mapper.Reset() }, mapperReset)

	resync := resyncPeriod(component.Generic.MinResyncPeriod.Duration)
	shared := informers.NewSharedInformerFactoryWithOptions(client, resync(), informers.WithTransform(trim))
	metadataShared := metadatainformer.NewSharedInformerFactoryWithOptions(metadataClient, resync(), metadatainformer.WithTransform(trim))
	made := app.ControllerContext{
		ClientBuilder:                   builder,
		InformerFactory:                 shared,
		ObjectOrMetadataInformerFactory: informerfactory.NewInformerFactory(shared, metadataShared),
		ComponentConfig:                 component,
		RESTMapper:                      mapper,
		InformersStarted:                make(chan struct{}),
		ResyncPeriod:                    resync,
		ControllerManagerMetrics:        controllersmetrics.NewControllerManagerMetrics("kube-controller-manager"),
	}
	ignored := map[schema.GroupResource]struct{}{}
	for _, r := range component.GarbageCollectorController.GCIgnoredResources {
		ignored[schema.GroupResource{Group: r.Group, Resource: r.Resource}] = struct{}{}
	}
	made.GraphBuilder = garbagecollector.NewDependencyGraphBuilder(ctx, metadataClient, mapper, ignored,
		made.ObjectOrMetadataInformerFactory, made.InformersStarted)
	return made, nil
}

// endpointsPause is how long the endpoints of a Service wait for another pod to change, too. Without it, of two pods that
// are ready at once, the second is often only a second later an endpoint: its change comes before the controller has seen
// its own write for the first one, and it then waits for its shortest back-off.
const endpointsPause = 20 * time.Millisecond

// configure is the default configuration, with our files.
func configure(c Config) (controllerconfig.KubeControllerManagerConfiguration, error) {
	component, err := options.NewDefaultComponentConfig()
	if err != nil {
		return component, fmt.Errorf("reading the default configuration: %w", err)
	}
	files := c.Credentials.Files
	// Without it, kube-root-ca.crt is published empty.
	component.SAController.RootCAFile = files.CA
	component.CSRSigningController.ClusterSigningCertFile = files.CA
	component.CSRSigningController.ClusterSigningKeyFile = files.CAKey
	component.EndpointSliceController.EndpointUpdatesBatchPeriod = metav1.Duration{Duration: endpointsPause}
	// The default is a folder of the system, which would be made if it is not there.
	component.PersistentVolumeBinderController.VolumeConfiguration.FlexVolumePluginDir = filepath.Join(c.Scratch, "flexvolume")
	return component, nil
}

// resyncPeriod spreads the times at which informers go through all they have.
func resyncPeriod(least time.Duration) func() time.Duration {
	return func() time.Duration {
		//nolint:gosec // Nothing is secret about it.
		return time.Duration(float64(least) * (1 + rand.Float64()))
	}
}

// trim drops what no controller needs.
func trim(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil && accessor.GetManagedFields() != nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

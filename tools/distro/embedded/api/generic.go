package api

import (
	"fmt"
	"time"

	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/endpoints/discovery/aggregated"
	openapinamer "k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/filters"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/util/openapi"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/controlplane"
	controlplaneapiserver "k8s.io/kubernetes/pkg/controlplane/apiserver"
	generatedopenapi "k8s.io/kubernetes/pkg/generated/openapi"
	"k8s.io/kubernetes/pkg/kubeapiserver"
	rbacrest "k8s.io/kubernetes/pkg/registry/rbac/rest"
	schedulingrest "k8s.io/kubernetes/pkg/registry/scheduling/rest"

	"seatrial/tools/distro/embedded/inprocess"
)

// resync is how often informers of the server go through all they have, as upstream.
const resync = 10 * time.Minute

// generic is what the three servers have in common.
type generic struct {
	config    *genericapiserver.Config
	informers informers.SharedInformerFactory
	storage   *serverstorage.DefaultStorageFactory
}

// buildGeneric does what controlplaneapiserver.BuildGenericConfig does, but for one thing:
// the server's own clients use the transport in the process, so that no certificate has to
// be made for them. Upstream makes an RSA key at this point, 100 to 350 ms.
func buildGeneric(o options.CompletedOptions, transport *inprocess.Transport) (*generic, error) {
	g := &generic{config: genericapiserver.NewConfig(legacyscheme.Codecs)}
	resources := controlplane.DefaultAPIResourceConfigSource()
	g.config.MergedResourceConfig = resources
	if err := o.GenericServerRunOptions.ApplyTo(g.config); err != nil {
		return nil, fmt.Errorf("applying the server's options: %w", err)
	}
	if err := o.SecureServing.SecureServingOptions.ApplyTo(&g.config.SecureServing); err != nil {
		return nil, fmt.Errorf("applying how the server listens: %w", err)
	}
	g.config.LoopbackClientConfig = loopback(g.config.SecureServing.Listener, transport)
	client, err := kubernetes.NewForConfig(g.config.LoopbackClientConfig)
	if err != nil {
		return nil, fmt.Errorf("making the server's own client: %w", err)
	}
	g.informers = informers.NewSharedInformerFactoryWithOptions(client, resync, informers.WithTransform(trim))
	if err := o.Features.ApplyTo(g.config, client, g.informers); err != nil {
		return nil, fmt.Errorf("applying the server's features: %w", err)
	}
	if err := o.APIEnablement.ApplyTo(g.config, resources, legacyscheme.Scheme); err != nil {
		return nil, fmt.Errorf("choosing API groups: %w", err)
	}
	describe(g.config)
	g.config.LongRunningFunc = filters.BasicLongRunningRequestCheck(
		sets.NewString("watch", "proxy"),
		sets.NewString("attach", "exec", "proxy", "log", "portforward"),
	)
	if err := g.store(o); err != nil {
		return nil, err
	}
	if err := g.admit(o, client); err != nil {
		return nil, err
	}
	g.config.AggregatedDiscoveryGroupManager = aggregated.NewResourceManager("apis")
	// See roles.go and priorityclasses.go.
	g.config.DisabledPostStartHooks.Insert(rbacrest.PostStartHookName, schedulingrest.PostStartHookName)
	return g, nil
}

// describe sets what OpenAPI documents are made from.
func describe(config *genericapiserver.Config) {
	definitions := openapi.GetOpenAPIDefinitionsWithoutDisabledFeatures(generatedopenapi.GetOpenAPIDefinitions)
	namer := openapinamer.NewDefinitionNamer(legacyscheme.Scheme, apiextensionsapiserver.Scheme, aggregatorscheme.Scheme)
	config.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(definitions, namer)
	config.OpenAPIConfig.Info.Title = "Kubernetes"
	config.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(definitions, namer)
	config.OpenAPIV3Config.Info.Title = "Kubernetes"
}

func (g *generic) store(o options.CompletedOptions) error {
	factory := kubeapiserver.NewStorageFactoryConfigEffectiveVersion(g.config.EffectiveVersion)
	factory.APIResourceConfig = g.config.MergedResourceConfig
	factory.DefaultResourceEncoding.SetEffectiveVersion(g.config.EffectiveVersion)
	storage, err := factory.Complete(o.Etcd).New()
	if err != nil {
		return fmt.Errorf("choosing how objects are stored: %w", err)
	}
	storage.StorageConfig.StorageObjectCountTracker = g.config.StorageObjectCountTracker
	if err := o.Etcd.ApplyWithStorageFactoryTo(storage, g.config); err != nil {
		return fmt.Errorf("applying how objects are stored: %w", err)
	}
	g.storage = storage
	return nil
}

// admit sets who clients are and what they may do.
func (g *generic) admit(o options.CompletedOptions, client kubernetes.Interface) error {
	ctx := wait.ContextForChannel(g.config.DrainedNotify())
	err := o.Authentication.ApplyTo(ctx, &g.config.Authentication, g.config.SecureServing, nil,
		g.config.OpenAPIConfig, g.config.OpenAPIV3Config, client, g.informers, g.config.APIServerID)
	if err != nil {
		return fmt.Errorf("applying how clients prove who they are: %w", err)
	}
	g.config.Authorization.Authorizer, g.config.RuleResolver, _, err = controlplaneapiserver.BuildAuthorizer(
		ctx, o.CompletedOptions, nil, g.config.APIServerID, g.informers)
	if err != nil {
		return fmt.Errorf("applying what clients may do: %w", err)
	}
	if err := o.Audit.ApplyTo(g.config); err != nil {
		return fmt.Errorf("applying the audit log: %w", err)
	}
	return nil
}

// trim drops what no informer needs.
func trim(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil && accessor.GetManagedFields() != nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

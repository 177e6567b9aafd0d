package helm

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubectl/pkg/validation"
)

// session is all that one operation works with. It is what Helm asks for clients, and
// every client it gives is bound to the operation's context.
type session struct {
	client  *Client
	link    *link
	config  *rest.Config
	core    corev1client.CoreV1Interface
	records *records
	objects *objects
	kinds   *kinds
	action  *action.Configuration

	// recordVersion is the resource version of the record that was written last.
	recordVersion string

	writing sync.Mutex
	written []Written
}

var (
	_ action.RESTClientGetter = (*session)(nil)
	_ kube.Factory            = (*session)(nil)
)

// session prepares an operation that ends with ctx. It makes no request yet.
func (c *Client) session(ctx context.Context) (*session, error) {
	s := &session{client: c, link: &link{ctx: ctx, next: c.transport}}
	s.config = &rest.Config{
		Host:      c.host,
		Transport: s.link,
		// The server protects itself with its priority levels.
		QPS:                       -1,
		WarningHandlerWithContext: warnings{c.log},
	}
	core, err := corev1client.NewForConfig(s.config)
	if err != nil {
		return nil, err
	}
	s.core = core
	s.records = &records{Driver: s.driver(), unsaved: map[string]*recorded{}, removed: map[string]bool{}}
	s.objects = &objects{
		Client:  &kube.Client{Factory: s, Log: s.debug, Namespace: c.namespace},
		session: s,
	}
	s.action = &action.Configuration{
		RESTClientGetter: s,
		KubeClient:       s.objects,
		Releases:         storage.Init(s.records),
		Log:              s.debug,
		HookOutputFunc:   func(_, _, _ string) io.Writer { return io.Discard },
	}
	return s, nil
}

// wrote notes an object that the operation has left as info has it.
func (s *session) wrote(info *resource.Info) {
	s.writing.Lock()
	defer s.writing.Unlock()
	gvk := info.Mapping.GroupVersionKind
	one := Written{Group: gvk.Group, Kind: gvk.Kind, Namespace: info.Namespace, Name: info.Name, Version: info.ResourceVersion}
	if object, err := meta.Accessor(info.Object); err == nil {
		one.UID = string(object.GetUID())
	}
	s.written = append(s.written, one)
}

func (s *session) driver() driver.Driver {
	if s.client.driver == ConfigMaps {
		configMaps := driver.NewConfigMaps(notedConfigMaps{s.core.ConfigMaps(s.client.namespace), &s.recordVersion})
		configMaps.Log = s.debug
		return configMaps
	}
	secrets := driver.NewSecrets(notedSecrets{s.core.Secrets(s.client.namespace), &s.recordVersion})
	secrets.Log = s.debug
	return secrets
}

// learn brings what is known of the server's kinds up to date, for templates too.
func (s *session) learn() error {
	current, err := s.client.apis.current(s.link.ctx, s.config)
	if err != nil {
		return err
	}
	s.kinds = current
	s.action.Capabilities = current.capabilities.Copy()
	return nil
}

// ToRESTConfig returns a copy: Helm changes what it gets.
func (s *session) ToRESTConfig() (*rest.Config, error) { return rest.CopyConfig(s.config), nil }

// ToDiscoveryClient returns a discovery client, which reads the server's kinds once.
func (s *session) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	client, err := discovery.NewDiscoveryClientForConfig(rest.CopyConfig(s.config))
	if err != nil {
		return nil, err
	}
	return memory.NewMemCacheClient(client), nil
}

// ToRESTMapper returns a mapper that looks again when it is asked for an unknown kind.
func (s *session) ToRESTMapper() (meta.RESTMapper, error) {
	return &mapper{RESTMapper: s.kinds.mapper, session: s}, nil
}

// ToRawKubeConfigLoader returns the kubeconfig.
func (s *session) ToRawKubeConfigLoader() clientcmd.ClientConfig { return s.client.loader }

// DynamicClient returns a client for any kind.
func (s *session) DynamicClient() (dynamic.Interface, error) {
	return dynamic.NewForConfig(rest.CopyConfig(s.config))
}

// KubernetesClientSet returns a client for Kubernetes' own kinds.
func (s *session) KubernetesClientSet() (*kubernetes.Clientset, error) {
	return kubernetes.NewForConfig(rest.CopyConfig(s.config))
}

// NewBuilder returns a reader of manifests.
func (s *session) NewBuilder() *resource.Builder { return resource.NewBuilder(s) }

// Validator returns one that passes everything: Helm's own reads the OpenAPI document,
// finds that the server can validate, and leaves it at that. See strict.
func (s *session) Validator(string) (validation.Schema, error) { return validation.NullSchema{}, nil }

func (s *session) debug(format string, args ...any) {
	if s.client.log.Enabled(s.link.ctx, slog.LevelDebug) {
		s.client.log.DebugContext(s.link.ctx, "helm", "message", fmt.Sprintf(format, args...))
	}
}

// mapper finds the resource of a kind. A kind it does not know may be new, from a
// CustomResourceDefinition of this very release for example.
type mapper struct {
	meta.RESTMapper

	session *session
}

func (m *mapper) RESTMapping(kind schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	mapping, err := m.RESTMapper.RESTMapping(kind, versions...)
	if !meta.IsNoMatchError(err) {
		return mapping, err
	}
	if err := m.session.learn(); err != nil {
		return nil, err
	}
	m.RESTMapper = m.session.kinds.mapper
	return m.RESTMapper.RESTMapping(kind, versions...)
}

// warnings logs what the API server warns of, such as deprecated versions; the default
// is to print it.
type warnings struct{ log *slog.Logger }

// HandleWarningHeaderWithContext logs a warning.
func (w warnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _, text string) {
	const miscellaneous = 299 // The only code Kubernetes gives a meaning.
	if code == miscellaneous && text != "" {
		w.log.WarnContext(ctx, "API server", "warning", text)
	}
}

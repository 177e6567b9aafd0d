// Package helm installs, upgrades, rolls back, uninstalls and reads Helm releases.
//
// It is the one door to the Helm SDK: no type of the SDK leaves it, so that another
// major version of Helm is a change of this package alone. What it adds to the SDK:
// every operation ends with its context and leaves nothing running, no release stays
// pending because its operation was stopped, errors name the release, the object and
// the remedy, and what a client has learned of the API server is kept and checked
// with one small request instead of being read again by every operation.
package helm

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"seatrial/e2e/framework/retry"
)

const (
	// DefaultTimeout bounds an operation, its hooks included, unless Options.Timeout
	// says otherwise. The helm command allows each hook as much.
	DefaultTimeout = 5 * time.Minute
	// DefaultMaxHistory is how many revisions of a release are kept unless
	// Options.MaxHistory says otherwise, as with the helm command.
	DefaultMaxHistory = 10
	// RequestTimeout bounds a single request to the API server, watches excepted, so
	// that a server that accepts connections and never answers is noticed.
	RequestTimeout = 30 * time.Second
	// RepairTimeout bounds the work left to do after an operation was stopped: to
	// record that the release failed.
	RepairTimeout = 5 * time.Second
)

// Driver is the kind of object in which releases are recorded.
type Driver string

const (
	// Secrets records each revision in a Secret, Helm's default.
	Secrets Driver = "secret"
	// ConfigMaps records each revision in a ConfigMap.
	ConfigMaps Driver = "configmap"
)

// Options say which cluster and namespace a [Client] works on, and how.
type Options struct {
	// Kubeconfig is the path of the kubeconfig file. Required.
	Kubeconfig string
	// Context names a context of the file; its current one if empty.
	Context string
	// Namespace is where the releases live; if empty, the context's namespace or
	// else "default".
	Namespace string
	// Driver says where revisions are recorded; if empty, in [Secrets].
	Driver Driver
	// MaxHistory limits the revisions kept per release; 0 means
	// [DefaultMaxHistory], a negative number no limit.
	MaxHistory int
	// Timeout bounds an operation, its hooks included; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Log receives what Helm tells on its way (debug), warnings of the API server
	// (warn) and output of hooks that ask for it (info); if nil, nothing is logged.
	Log *slog.Logger
}

// Client works on the releases of one namespace. It may be used by several
// goroutines at a time.
type Client struct {
	namespace  string
	driver     Driver
	maxHistory int
	timeout    time.Duration
	log        *slog.Logger
	options    OperationOptions

	loader    clientcmd.ClientConfig
	loaderIn  func(namespace string) clientcmd.ClientConfig
	host      string
	transport http.RoundTripper
	apis      *apis
}

// New returns a client for the cluster of a kubeconfig file. It does not call the
// cluster yet.
func New(o Options) (*Client, error) {
	if o.Kubeconfig == "" {
		return nil, errors.New("creating a Helm client: Options.Kubeconfig is empty: it is the path of a kubeconfig file")
	}
	client, err := newClient(o)
	if err != nil {
		return nil, fmt.Errorf("creating a Helm client from %q: %w", o.Kubeconfig, err)
	}
	return client, nil
}

func newClient(o Options) (*Client, error) {
	switch o.Driver {
	case "":
		o.Driver = Secrets
	case Secrets, ConfigMaps:
	default:
		return nil, fmt.Errorf("driver %q is neither %q nor %q", o.Driver, Secrets, ConfigMaps)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxHistory == 0 {
		o.MaxHistory = DefaultMaxHistory
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	loaderIn, err := loadKubeconfig(o)
	if err != nil {
		return nil, err
	}
	loader := loaderIn(o.Namespace)
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, err
	}
	host, transport, err := connection(loader)
	if err != nil {
		return nil, err
	}
	return &Client{
		namespace:  namespace,
		driver:     o.Driver,
		maxHistory: max(o.MaxHistory, 0), // to Helm, 0 is no limit.
		timeout:    o.Timeout,
		log:        o.Log,
		loader:     loader,
		loaderIn:   loaderIn,
		host:       host,
		transport:  transport,
		apis:       newAPIs(),
	}, nil
}

// Namespace is where the releases are that the client works on.
func (c *Client) Namespace() string { return c.namespace }

// Through returns a client whose requests all pass a wrapper of transports, also those with which it would set right what an
// operation has left. It works on the same releases as c, and shares what c has learned of the cluster.
func (c *Client) Through(wrap func(next http.RoundTripper) http.RoundTripper) *Client {
	through := *c
	through.transport = wrap(c.transport)
	return &through
}

// loadKubeconfig reads the file once, for whatever namespace.
func loadKubeconfig(o Options) (func(namespace string) clientcmd.ClientConfig, error) {
	file, err := clientcmd.LoadFromFile(o.Kubeconfig)
	if err != nil {
		return nil, err
	}
	name := o.Context
	if name == "" {
		name = file.CurrentContext
	}
	if _, found := file.Contexts[name]; !found {
		there := strings.Join(slices.Sorted(maps.Keys(file.Contexts)), ", ")
		return nil, fmt.Errorf("context %q is not in the file, which has: %s", name, there)
	}
	return func(namespace string) clientcmd.ClientConfig {
		overrides := &clientcmd.ConfigOverrides{Context: clientcmdapi.Context{Namespace: namespace}}
		return clientcmd.NewNonInteractiveClientConfig(*file, name, overrides, nil)
	}, nil
}

// connection returns the address of the API server and the one transport all
// operations share; it authenticates, keeps the connections, and repeats what may be
// repeated.
func connection(loader clientcmd.ClientConfig) (host string, transport http.RoundTripper, err error) {
	config, err := loader.ClientConfig()
	if err != nil {
		return "", nil, err
	}
	config.UserAgent = "seatrial-helm"
	// Without TLS settings of its own, the config of an operation would take an
	// address without a scheme for plain HTTP.
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return "", nil, err
	}
	retry.Wrap(config)
	transport, err = rest.TransportFor(config)
	return server.String(), transport, err
}

// Package api is kube-apiserver inside the process of the embedded control plane: the
// real servers for built-in types, custom resources and aggregated APIs, put together so
// that they answer after a third of a second.
package api

import (
	"context"
	"errors"
	"fmt"
	"net"

	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/controlplane/reconcilers"

	"seatrial/tools/distro/embedded/credentials"
	"seatrial/tools/distro/embedded/inprocess"
	"seatrial/tools/distro/embedded/outside"
)

// serviceAddress is the first of the range of Services, which belongs to the server.
const serviceAddress = "10.96.0.1"

// issuer names this cluster in the tokens of service accounts.
const issuer = "https://kubernetes.default.svc.cluster.local"

// Config is what a server is made of.
type Config struct {
	// Listener accepts connections on loopback; the server closes it.
	Listener net.Listener
	// Store is the endpoint of etcd.
	Store string
	// AwaitStore returns when it answers, and says whether it has what a first start
	// creates. A client that connects too early tries again only after a second.
	AwaitStore func(ctx context.Context) (complete bool, failed error)
	// Credentials are this cluster's.
	Credentials *credentials.Credentials
	// Transport is how clients in this process reach the server.
	Transport *inprocess.Transport
	// DialKubelet connects to the kubelet of any node.
	DialKubelet func(ctx context.Context, network, address string) (net.Conn, error)
}

// complete makes the options of a server that is alone, and on loopback.
func complete(ctx context.Context, c Config) (options.CompletedOptions, error) {
	o := options.NewServerRunOptions()
	registry := o.GenericServerRunOptions.ComponentGlobalsRegistry
	if err := registry.Set(); err != nil {
		return options.CompletedOptions{}, fmt.Errorf("setting feature gates: %w", err)
	}
	loopback := net.IPv4(127, 0, 0, 1)
	o.GenericServerRunOptions.AdvertiseAddress = loopback
	o.SecureServing.Listener = c.Listener
	o.SecureServing.BindAddress = loopback
	o.Etcd.StorageConfig.Transport.ServerList = []string{c.Store}
	o.ServiceClusterIPRanges = outside.ServiceRange
	o.AllowPrivileged = true
	// Nobody could reach the server by the address of a Service: there is no network. The
	// Service "kubernetes" exists all the same.
	o.EndpointReconcilerType = string(reconcilers.NoneEndpointReconcilerType)
	authenticate(o, c.Credentials.Files)
	// Simulated nodes come and go without a kubelet's rights and registration.
	o.Authorization.Modes = []string{"RBAC"}
	// It taints nodes until the node controller has seen them: 100 ms for nothing.
	o.Admission.GenericAdmission.DisablePlugins = []string{"TaintNodesByCondition"}
	o.KubeletConfig.Lookup = dialer(c.DialKubelet)

	completed, err := o.Complete(ctx)
	if err != nil {
		return options.CompletedOptions{}, fmt.Errorf("completing the server's options: %w", err)
	}
	if problems := completed.Validate(); len(problems) > 0 {
		return options.CompletedOptions{}, fmt.Errorf("checking the server's options: %w", errors.Join(problems...))
	}
	return completed, nil
}

func authenticate(o *options.ServerRunOptions, files credentials.Files) {
	o.SecureServing.ServerCert.CertDirectory = ""
	o.SecureServing.ServerCert.CertKey.CertFile = files.Server
	o.SecureServing.ServerCert.CertKey.KeyFile = files.ServerKey
	o.Authentication.TokenFile.TokenFile = files.Tokens
	o.Authentication.ClientCert.ClientCA = files.CA
	o.Authentication.RequestHeader.ClientCAFile = files.FrontProxyCA
	o.Authentication.RequestHeader.AllowedNames = []string{"front-proxy-client"}
	o.Authentication.RequestHeader.UsernameHeaders = []string{"X-Remote-User"}
	o.Authentication.RequestHeader.GroupHeaders = []string{"X-Remote-Group"}
	o.Authentication.RequestHeader.ExtraHeaderPrefixes = []string{"X-Remote-Extra-"}
	o.ProxyClientCertFile = files.FrontProxy
	o.ProxyClientKeyFile = files.FrontProxyKey
	o.Authentication.ServiceAccounts.Issuers = []string{issuer}
	o.Authentication.ServiceAccounts.KeyFiles = []string{files.ServiceAccountKey}
	o.ServiceAccountSigningKeyFile = files.ServiceAccountKey
}

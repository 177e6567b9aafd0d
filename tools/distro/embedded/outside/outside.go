// Package outside is how the API server reaches what is not itself: webhooks and extension
// servers that run outside of the cluster can be reached, pods cannot.
package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/informers"
	listersv1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/kube-aggregator/pkg/apiserver"
)

// ErrSimulated is what everybody gets who wants to talk to a pod.
var ErrSimulated = errors.New("pods of an embedded cluster are simulated and serve nothing")

// resolver finds where the server sends what is for a Service: calls of webhooks, and
// requests for aggregated APIs. Without it the server would try the cluster IP, which
// leads nowhere or, worse, to somebody else's machine, until a timeout.
type resolver struct {
	services  listersv1.ServiceLister
	endpoints written
	self      string
}

// Resolver makes a resolver for the server that listens at an address.
func Resolver(known informers.SharedInformerFactory, self net.Addr) apiserver.ServiceResolver {
	return &resolver{
		services:  known.Core().V1().Services().Lister(),
		endpoints: written{known.Discovery().V1().EndpointSlices().Lister()},
		self:      self.String(),
	}
}

// ResolveEndpoint implements [apiserver.ServiceResolver]. A Service of type ExternalName, or
// one whose endpoints were written by hand, leads to a webhook that runs outside of the
// cluster, such as in the test's own process.
func (r *resolver) ResolveEndpoint(namespace, name string, port int32) (*url.URL, error) {
	if namespace == "default" && name == "kubernetes" {
		return &url.URL{Scheme: "https", Host: r.self}, nil
	}
	service, err := r.services.Services(namespace).Get(name)
	if err != nil {
		return nil, err
	}
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		return &url.URL{Scheme: "https", Host: net.JoinHostPort(service.Spec.ExternalName, strconv.Itoa(int(port)))}, nil
	}
	if found, err := r.endpoints.GetEndpointSlices(namespace, name); err != nil || len(found) > 0 {
		to, resolveErr := proxy.ResolveEndpoint(r.services, r.endpoints, namespace, name, port)
		return to, errors.Join(err, resolveErr)
	}
	return nil, fmt.Errorf("service %q in %q cannot be reached: %w; give a webhook by its URL, or make the Service an ExternalName of where it runs, or one without selector and write its EndpointSlice",
		name, namespace, ErrSimulated)
}

// dialTimeout is how long a webhook's server may take to accept a connection.
const dialTimeout = 5 * time.Second

// The addresses that exist in the simulation only; kind has the same.
const (
	PodRange     = "10.244.0.0/16"
	ServiceRange = "10.96.0.0/16"
)

// Dial connects to everything but addresses that only exist in the simulation.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(address); err == nil && inCluster(host) {
		return nil, fmt.Errorf("connecting to %s: %w", address, ErrSimulated)
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	return dialer.DialContext(ctx, network, address)
}

func inCluster(host string) bool {
	ip := net.ParseIP(host)
	for _, cidr := range []string{PodRange, ServiceRange} {
		if _, network, err := net.ParseCIDR(cidr); err == nil && ip != nil && network.Contains(ip) {
			return true
		}
	}
	return false
}

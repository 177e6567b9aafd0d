package podnet

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// protocol marks the routes as ours (man ip-route: values above 4 are free to use),
// so that those of nodes that are gone can be told from everybody else's.
const protocol = 87

type writer struct {
	settings
	log    *slog.Logger
	ranges string // what the CNI file was last written for
}

// sync makes this node agree with the list of nodes.
func (w *writer) sync(lister corelisters.NodeLister) error {
	nodes, err := lister.List(labels.Everything())
	if err != nil {
		return fmt.Errorf("listing nodes: %w", err)
	}
	want := map[string]netlink.Route{}
	for _, node := range nodes {
		if node.Name == w.node {
			if err := w.writeCNI(node.Spec.PodCIDRs); err != nil {
				return err
			}
			continue
		}
		for _, route := range routesTo(node) {
			want[route.Dst.String()] = route
		}
	}
	return w.applyRoutes(want)
}

// routesTo gives one route for each pod range of the node: through its internal
// address of the same family.
func routesTo(node *corev1.Node) []netlink.Route {
	var routes []netlink.Route
	for _, cidr := range node.Spec.PodCIDRs {
		_, dst, err := net.ParseCIDR(cidr)
		if err != nil {
			continue // The API server validates ranges: what is no CIDR is no range yet.
		}
		if via := internalIP(node, dst.IP); via != nil {
			routes = append(routes, netlink.Route{Dst: dst, Gw: via, Protocol: protocol})
		}
	}
	return routes
}

// internalIP is the node's address of the same family as the given one.
func internalIP(node *corev1.Node, like net.IP) net.IP {
	for _, address := range node.Status.Addresses {
		ip := net.ParseIP(address.Address)
		if address.Type == corev1.NodeInternalIP && ip != nil && (ip.To4() == nil) == (like.To4() == nil) {
			return ip
		}
	}
	return nil
}

func (w *writer) applyRoutes(want map[string]netlink.Route) error {
	filter := &netlink.Route{Protocol: protocol}
	have, err := netlink.RouteListFiltered(netlink.FAMILY_ALL, filter, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return fmt.Errorf("listing routes: %w", err)
	}
	for i := range have {
		if _, wanted := want[have[i].Dst.String()]; wanted {
			continue
		}
		if err := netlink.RouteDel(&have[i]); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("removing the route to %s: %w", have[i].Dst, err)
		}
		w.log.Info("route removed", "to", have[i].Dst.String())
	}
	// One node that cannot be reached must not keep the others from being reached.
	var failed error
	for _, route := range want {
		if err := netlink.RouteReplace(&route); err != nil {
			failed = errors.Join(failed, fmt.Errorf("adding the route to %s through %s: %w", route.Dst, route.Gw, err))
		}
	}
	return failed
}

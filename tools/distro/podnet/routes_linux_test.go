package podnet

import (
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// inOwnNetwork runs the test in a network of its own with one interface, 10.89.0.1/24.
// The thread is never unlocked: it ends with the test, and the network with it.
func inOwnNetwork(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	done := make(chan struct{})
	refused := make(chan error, 1)
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			refused <- err
			return
		}
		// A pair, as podman's networks are made of: whoever runs a node has its module.
		link := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "uplink"}, PeerName: "elsewhere"}
		address := &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(10, 89, 0, 1), Mask: net.CIDRMask(24, 32)}}
		if err := errors.Join(netlink.LinkAdd(link), netlink.AddrAdd(link, address), netlink.LinkSetUp(link)); err != nil {
			refused <- err
			return
		}
		test(t)
	}()
	<-done
	select {
	case err := <-refused:
		t.Skipf("a network of its own cannot be made here: %v", err)
	default:
	}
}

// listed are all routes to pods of this network.
func listed(t *testing.T) []string {
	t.Helper()
	routes, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		t.Error(err)
	}
	routes = slices.DeleteFunc(routes, func(route netlink.Route) bool { return route.Gw == nil })
	all := spell(routes)
	slices.Sort(all)
	return all
}

func lister(nodes ...*corev1.Node) corelisters.NodeLister {
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	for _, n := range nodes {
		_ = indexer.Add(n)
	}
	return corelisters.NewNodeLister(indexer)
}

func TestRoutesFollowTheNodes(t *testing.T) {
	inOwnNetwork(t, func(t *testing.T) {
		t.Helper()
		w := &writer{log: slog.New(slog.DiscardHandler), settings: settings{node: "here", cniFile: filepath.Join(t.TempDir(), "cni.conflist")}}
		here := node("here", []string{"10.244.0.0/24"}, []string{"10.89.0.1"})
		one, two := node("one", []string{"10.244.1.0/24"}, []string{"10.89.0.2"}), node("two", []string{"10.244.2.0/24"}, []string{"10.89.0.3"})
		_, foreign, _ := net.ParseCIDR("10.99.0.0/16")
		if err := netlink.RouteAdd(&netlink.Route{Dst: foreign, Gw: net.IPv4(10, 89, 0, 9)}); err != nil {
			t.Error(err)
			return
		}
		expect := func(lister corelisters.NodeLister, want ...string) {
			t.Helper()
			if err := w.sync(lister); err != nil {
				t.Error(err)
			}
			want = append(want, "10.99.0.0/16 via 10.89.0.9") // Somebody else's stays.
			if got := listed(t); !slices.Equal(got, want) {
				t.Errorf("the routes are %q, want %q", got, want)
			}
		}

		expect(lister(here))
		expect(lister(here, one), "10.244.1.0/24 via 10.89.0.2")
		expect(lister(here, one, two), "10.244.1.0/24 via 10.89.0.2", "10.244.2.0/24 via 10.89.0.3")

		moved := node("one", []string{"10.244.1.0/24"}, []string{"10.89.0.4"})
		expect(lister(here, moved, two), "10.244.1.0/24 via 10.89.0.4", "10.244.2.0/24 via 10.89.0.3")

		_, lost, _ := net.ParseCIDR("10.244.2.0/24")
		if err := netlink.RouteDel(&netlink.Route{Dst: lost}); err != nil {
			t.Error(err)
		}
		expect(lister(here, moved, two), "10.244.1.0/24 via 10.89.0.4", "10.244.2.0/24 via 10.89.0.3")
		expect(lister(here, two), "10.244.2.0/24 via 10.89.0.3")
		expect(lister(here))
	})
}

func TestANodeThatCannotBeReachedDoesNotKeepTheOthersFromBeing(t *testing.T) {
	inOwnNetwork(t, func(t *testing.T) {
		t.Helper()
		w := &writer{log: slog.New(slog.DiscardHandler), settings: settings{node: "here"}}
		var nodes []*corev1.Node
		want := []string{"10.244.1.0/24 via 10.89.0.2", "10.244.2.0/24 via 10.89.0.3", "10.244.3.0/24 via 10.89.0.4"}
		for _, route := range want {
			pods, address, _ := strings.Cut(route, " via ")
			nodes = append(nodes, node(address, []string{pods}, []string{address}))
		}
		nodes = append(nodes, node("elsewhere", []string{"10.244.9.0/24"}, []string{"192.0.2.7"}))

		err := w.sync(lister(nodes...))

		if err == nil || !strings.HasPrefix(err.Error(), "adding the route to 10.244.9.0/24 through 192.0.2.7: ") {
			t.Errorf("the error is %v", err)
		}
		if got := listed(t); !slices.Equal(got, want) {
			t.Errorf("the routes are %q, want %q", got, want)
		}
	})
}

package podnet

import (
	"slices"
	"testing"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// node has pod ranges, and addresses of the type that routes go through.
func node(name string, ranges, addresses []string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.NodeSpec{PodCIDRs: ranges}}
	for _, address := range addresses {
		n.Status.Addresses = append(n.Status.Addresses, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: address})
	}
	return n
}

func spell(routes []netlink.Route) []string {
	var all []string
	for i := range routes {
		all = append(all, routes[i].Dst.String()+" via "+routes[i].Gw.String())
	}
	return all
}

func TestRoutesToANodeGoThroughItsAddressOfTheSameFamily(t *testing.T) {
	const four, six = "10.244.1.0/24", "fd00:10:244:1::/64"
	external := node("n", []string{four}, nil)
	external.Status.Addresses = []corev1.NodeAddress{
		{Type: corev1.NodeHostName, Address: "n"}, {Type: corev1.NodeExternalIP, Address: "192.0.2.1"},
	}
	for _, test := range []struct {
		name string
		node *corev1.Node
		want []string
	}{
		{"one family", node("n", []string{four}, []string{"10.89.0.2"}), []string{four + " via 10.89.0.2"}},
		{"two families", node("n", []string{four, six}, []string{"10.89.0.2", "fd00::2"}), []string{four + " via 10.89.0.2", six + " via fd00::2"}},
		{"addresses the other way round", node("n", []string{four, six}, []string{"fd00::2", "10.89.0.2"}), []string{four + " via 10.89.0.2", six + " via fd00::2"}},
		{"the first of several addresses", node("n", []string{four}, []string{"10.89.0.2", "10.89.0.3"}), []string{four + " via 10.89.0.2"}},
		{"no address of the family", node("n", []string{four, six}, []string{"fd00::2"}), []string{six + " via fd00::2"}},
		{"no internal address", external, nil},
		{"no address that is one", node("n", []string{four}, []string{"n.example.com"}), nil},
		{"no range yet", node("n", nil, []string{"10.89.0.2"}), nil},
		{"a range that is none", node("n", []string{"10.244.1.0", four}, []string{"10.89.0.2"}), []string{four + " via 10.89.0.2"}},
		{"a range with the bits of a host", node("n", []string{"10.244.1.7/24"}, []string{"10.89.0.2"}), []string{four + " via 10.89.0.2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			routes := routesTo(test.node)
			if got := spell(routes); !slices.Equal(got, test.want) {
				t.Errorf("the routes are %q, want %q", got, test.want)
			}
			for i := range routes {
				if routes[i].Protocol != protocol {
					t.Errorf("the route to %s is not marked as ours", routes[i].Dst)
				}
			}
		})
	}
}

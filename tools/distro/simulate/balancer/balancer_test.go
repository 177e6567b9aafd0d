package balancer

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"seatrial/tools/distro/simulate/address"
)

const patience = 20 * time.Second

// stage is a cluster with three Services and an Ingress, and a load balancer that is off.
type stage struct {
	t      *testing.T
	client *fake.Clientset
	events chan string
	*Controller
}

func newStage(t *testing.T, network string) *stage {
	t.Helper()
	named := func(name types.UID) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: "shop", Name: string(name), UID: "uid-of-" + name}
	}
	service := func(name types.UID, spec corev1.ServiceSpec) *corev1.Service {
		return &corev1.Service{ObjectMeta: named(name), Spec: spec}
	}
	client := fake.NewClientset(
		service("web", corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}),
		service("inner", corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP}),
		service("other", corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, LoadBalancerClass: new("a/b")}),
		&networkingv1.Ingress{ObjectMeta: named("way-in")},
	)
	pool, err := address.NewPool(network)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, client: client, events: make(chan string, 100)}
	s.Controller = NewController(client, pool, func(_ runtime.Object, _, reason, _ string) { s.events <- reason }, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s
}

func (s *stage) look() string {
	s.t.Helper()
	var all []string
	for _, name := range []string{"web", "inner", "other"} {
		service, err := s.client.CoreV1().Services("shop").Get(s.t.Context(), name, metav1.GetOptions{})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, at := range service.Status.LoadBalancer.Ingress {
			all = append(all, name+"="+at.IP)
		}
	}
	ingress, err := s.client.NetworkingV1().Ingresses("shop").Get(s.t.Context(), "way-in", metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, at := range ingress.Status.LoadBalancer.Ingress {
		all = append(all, "way-in="+at.IP)
	}
	return strings.Join(all, " ")
}

// has waits for one of several states.
func (s *stage) has(want ...string) {
	s.t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		got = s.look()
		if slices.Contains(want, got) {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-s.t.Context().Done():
		}
	}
	s.t.Fatalf("addresses: got %q, want one of %q", got, want)
}

func TestAddressesComeAndGoWithTheRule(t *testing.T) {
	t.Parallel()
	s := newStage(t, "198.51.100.0/24")
	s.has("")
	s.Enable(true)
	s.has("web=198.51.100.1 way-in=198.51.100.2", "web=198.51.100.2 way-in=198.51.100.1")
	s.Enable(false)
	s.has("")
	s.Enable(true)
	s.Enable(true)
	// Which ones they get depends on whether the watch has told of the first ones by now; never the same one.
	var different []string
	for a := 1; a <= 4; a++ {
		for b := 1; b <= 4; b++ {
			if a != b {
				different = append(different, fmt.Sprintf("web=198.51.100.%d way-in=198.51.100.%d", a, b))
			}
		}
	}
	s.has(different...)
}

func TestAServiceThatIsNoLoadBalancerAnyMore(t *testing.T) {
	t.Parallel()
	s := newStage(t, "198.51.100.0/24")
	s.Enable(true)
	s.has("web=198.51.100.1 way-in=198.51.100.2", "web=198.51.100.2 way-in=198.51.100.1")
	service, err := s.client.CoreV1().Services("shop").Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	service.Spec.Type = corev1.ServiceTypeNodePort
	if _, err := s.client.CoreV1().Services("shop").Update(t.Context(), service, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	s.has("way-in=198.51.100.1", "way-in=198.51.100.2")
}

func TestNoAddressIsLeft(t *testing.T) {
	t.Parallel()
	s := newStage(t, "198.51.100.0/30")
	for _, owner := range []string{"a", "b"} {
		if _, err := s.pool.Get(owner); err != nil {
			t.Fatal(err)
		}
	}
	s.Enable(true)
	select {
	case reason := <-s.events:
		if reason != "SyncLoadBalancerFailed" {
			t.Errorf("event: got %q", reason)
		}
	case <-time.After(patience):
		t.Fatal("nobody is told")
	}
}

func TestAddressesOfOthersStay(t *testing.T) {
	t.Parallel()
	ours := func(at string) bool { return strings.HasPrefix(at, "198.51.100.") }
	for _, test := range []struct {
		wanted bool
		has    []string
		want   decision
	}{
		{true, nil, give},
		{true, []string{"198.51.100.1"}, leave},
		{true, []string{"host.example.org"}, leave},
		{false, nil, leave},
		{false, []string{"198.51.100.1"}, takeAway},
		{false, []string{"203.0.113.1"}, leave},
	} {
		if got := decide(test.wanted, test.has, ours); got != test.want {
			t.Errorf("wanted %t, has %q: got %d, want %d", test.wanted, test.has, got, test.want)
		}
	}
}

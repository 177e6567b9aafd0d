// Package simulate is a fleet of nodes without containers, for an API server that is real.
//
// Nothing is executed. What a pod goes through is decided by package lifecycle, in our own Go code and not by the
// stages of kwok: restart counts, back-off, init containers in their order, sidecars and rules that change while pods
// run are state machines that stages cannot express, and kwok would bring 22 more modules.
//
// Without rules everything works: pods become ready at once, and those of Jobs succeed. A scenario that wants things
// to go wrong writes rules into the ConfigMap kube-system/seatrial-simulation; README.md has its format.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/client-go/kubernetes"

	"seatrial/tools/distro/simulate/address"
	"seatrial/tools/distro/simulate/balancer"
	"seatrial/tools/distro/simulate/kubelet"
	"seatrial/tools/distro/simulate/node"
	"seatrial/tools/distro/simulate/pods"
)

const (
	// podNetwork has the addresses of pods, for all nodes together.
	podNetwork = "10.244.0.0/16"
	// balancerNetwork has the addresses of load balancers; it belongs to nobody.
	balancerNetwork = "198.51.100.0/24"
	// kubeletPort is where a kubelet usually listens.
	kubeletPort = 10250
)

// Options says what a fleet is to look like.
type Options struct {
	// Nodes is how many there are; if unset, 1.
	Nodes int
	// Version is that of Kubernetes, such as v1.37.2.
	Version string
	// Log is told what goes wrong; if unset, nobody is.
	Log *slog.Logger
	// Now is the time; if unset, that of the machine.
	Now func() time.Time
	// Port is where the kubelets of all nodes are asked for logs; if unset, 10250.
	Port int32
}

// Fleet is a number of simulated nodes.
type Fleet struct {
	client   kubernetes.Interface
	log      *slog.Logger
	caches   *caches
	keeper   *node.Keeper
	book     *book
	pods     *pods.Controller
	balancer *balancer.Controller
	events   *emitter
	ready    chan struct{}
	started  atomic.Bool
}

// New makes a fleet; nothing happens before Run.
func New(client kubernetes.Interface, o Options) (*Fleet, error) {
	o = o.withDefaults()
	specs, err := node.Specs(o.Nodes, o.Version, o.Port)
	if err != nil {
		return nil, err
	}
	podAddresses, err := address.NewPool(podNetwork)
	if err != nil {
		return nil, err
	}
	balancerAddresses, err := address.NewPool(balancerNetwork)
	if err != nil {
		return nil, err
	}
	f := &Fleet{
		client: client, log: o.Log,
		caches: newCaches(client),
		keeper: node.NewKeeper(client, specs, o.Log, o.Now),
		events: newEmitter(client),
		ready:  make(chan struct{}),
	}
	hosts := map[string]string{}
	for _, s := range specs {
		hosts[s.Name] = s.Address
	}
	f.book = newBook(f.events, o.Log)
	f.pods = pods.NewController(pods.Options{
		Client: client, Pods: f.caches.pods.Lister(), Nodes: hosts, Addresses: podAddresses,
		References: pods.Cluster{Client: client, ConfigMaps: f.caches.configMaps.Lister(), Secrets: f.caches.secrets.Lister()},
		Rules:      f.book.rules, Emit: f.events.ofPod, Now: o.Now, Log: o.Log,
	})
	f.balancer = balancer.NewController(client, balancerAddresses, f.events.ofObject, o.Log)
	return f, nil
}

func (o Options) withDefaults() Options {
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Port == 0 {
		o.Port = kubeletPort
	}
	return o
}

// Ready is closed once every node is ready and pods are looked after.
func (f *Fleet) Ready() <-chan struct{} { return f.ready }

// Kubelet answers what the API server asks the kubelet of any node: logs, exec, attach and port-forward.
func (f *Fleet) Kubelet() http.Handler {
	return kubelet.NewHandler(f.pods.Pod, f.book.rules)
}

// Run registers the nodes and lets them live until ctx ends. A fleet runs once.
func (f *Fleet) Run(ctx context.Context) error {
	if f.started.Swap(true) {
		return errors.New("running simulated nodes: these have run before")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.events.start(ctx)
	defer f.events.stop()

	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	f.book.onChange(f.pods.LookAtAll)
	f.book.onChange(func() { f.balancer.Enable(f.book.rules().LoadBalancer) })
	synced, err := f.caches.start(ctx, f.pods, f.book)
	if err != nil {
		return fmt.Errorf("watching for simulated nodes: %w", err)
	}
	defer f.caches.stop()
	registered := make(chan error, 1)
	parts.Go(func() { registered <- f.keeper.Register(ctx) })
	if !synced(ctx) {
		return nil
	}
	parts.Go(func() { f.pods.Run(ctx) })
	parts.Go(func() { f.balancer.Run(ctx) })
	if err := <-registered; err != nil {
		// It tries until ctx ends.
		return nil
	}
	parts.Go(func() { f.keeper.Keep(ctx) })
	close(f.ready)
	<-ctx.Done()
	return nil
}

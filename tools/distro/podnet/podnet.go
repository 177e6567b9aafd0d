// Package podnet connects the pods of several nodes: on each node it writes the CNI
// configuration for the node's pod range, keeps a route to every other node's range,
// and masquerades what leaves the cluster. It runs as a DaemonSet on the host network.
package podnet

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// resync is how often routes are written again without any change of a node, should
// somebody on the host have removed one.
const resync = 30 * time.Second

type settings struct {
	node       string       // this node's name
	podSubnets []*net.IPNet // every pod's range, one for each family, for the masquerade rules
	endpoint   string       // host:port of the API server, empty for the in-cluster Service
	cniFile    string       // where the CNI configuration goes
}

// Run is the program: it returns when it is told to end, or with the error that keeps
// it from doing its work, so that the kubelet starts it again.
func Run(ctx context.Context, args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	client, err := connect(s.endpoint)
	if err != nil {
		return err
	}
	for _, subnet := range s.podSubnets {
		if err := masquerade(ctx, subnet); err != nil {
			return err
		}
	}
	return follow(ctx, client, s)
}

func parse(args []string) (settings, error) {
	var s settings
	var subnets string
	flags := flag.NewFlagSet("podnet", flag.ContinueOnError)
	flags.StringVar(&s.node, "node", os.Getenv("NODE_NAME"), "name of this node")
	flags.StringVar(&subnets, "pod-subnet", os.Getenv("POD_SUBNET"), "range of all pods, as CIDR; two with a comma between them for two families")
	flags.StringVar(&s.endpoint, "control-plane-endpoint", os.Getenv("CONTROL_PLANE_ENDPOINT"), "host:port of the API server")
	flags.StringVar(&s.cniFile, "cni-file", "/etc/cni/net.d/10-seatrial.conflist", "CNI configuration to write")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.node == "" {
		return s, errors.New("no node name: set -node or NODE_NAME")
	}
	for cidr := range strings.SplitSeq(subnets, ",") {
		_, subnet, err := net.ParseCIDR(strings.TrimSpace(cidr))
		if err != nil {
			return s, fmt.Errorf("reading pod subnet %q: %w: set -pod-subnet or POD_SUBNET", subnets, err)
		}
		s.podSubnets = append(s.podSubnets, subnet)
	}
	return s, nil
}

// connect talks to the API server directly where its address is known: kube-proxy,
// which would make the Service work, may still be starting.
func connect(endpoint string) (kubernetes.Interface, error) {
	config, err := rest.InClusterConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the service account: %w", err)
	}
	if endpoint != "" {
		config.Host = "https://" + endpoint
	}
	return kubernetes.NewForConfig(config)
}

// follow keeps this node in step with all nodes, until ctx ends or it fails.
func follow(ctx context.Context, client kubernetes.Interface, s settings) error {
	factory := informers.NewSharedInformerFactory(client, resync)
	// Informers end with their context only, and the shutdown waits for them.
	defer factory.Shutdown()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	nodes := factory.Core().V1().Nodes()
	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default: // One pending notice is enough: the whole state is read again.
		}
	}
	_, err := nodes.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { notify() },
		UpdateFunc: func(any, any) { notify() },
		DeleteFunc: func(any) { notify() },
	})
	if err != nil {
		return fmt.Errorf("watching nodes: %w", err)
	}
	factory.Start(ctx.Done())
	// With a part of the list, routes to all other nodes would go until the rest is there.
	if !cache.WaitForCacheSync(ctx.Done(), nodes.Informer().HasSynced) {
		return nil
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	w := &writer{settings: s, log: log}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			if err := w.sync(nodes.Lister()); err != nil {
				return err
			}
		}
	}
}

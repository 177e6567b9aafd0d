// Package embedded is a Kubernetes control plane in one process: etcd, API server,
// controllers, scheduler, a provisioner of volumes, and whatever plays the nodes. It is
// ready half a second after it was started; the files that make it so say by how much.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/component-base/version"

	"seatrial/tools/distro/embedded/api"
	"seatrial/tools/distro/embedded/collector"
	"seatrial/tools/distro/embedded/credentials"
	"seatrial/tools/distro/embedded/datadir"
	"seatrial/tools/distro/embedded/inprocess"
	"seatrial/tools/distro/embedded/quiet"
	"seatrial/tools/distro/embedded/store"
)

// Options say what to run and where; the zero value of each is good.
type Options struct {
	// Data is the data folder; if empty, a temporary one that is removed at the end.
	Data string
	// Kubeconfig is where the administrator's kubeconfig is written; if empty, into the data
	// folder.
	Kubeconfig string
	// Port is where the server listens on loopback; 0 is any that is free.
	Port int
	// Log is the file that everything is logged to; if empty, one in the data folder.
	Log string
	// LogLevel is klog's verbosity.
	LogLevel int
	// TokenFile has the administrator's token, or gets a new one; if empty, one in the data
	// folder.
	TokenFile string
	// OwnStderr says that the process's standard error may be sent to the log, too.
	OwnStderr bool
	// Nodes makes what plays the nodes.
	Nodes func(client kubernetes.Interface, log *slog.Logger) (Fleet, error)

	unseeded bool
	inspect  func(ctx context.Context, etcd *store.Etcd) error
}

// Fleet plays the nodes of the cluster and their kubelets.
type Fleet interface {
	// Run plays until ctx ends.
	Run(ctx context.Context) error
	// Ready is closed when all nodes are ready.
	Ready() <-chan struct{}
	// Kubelet answers what the API server asks the kubelet of any node.
	Kubelet() http.Handler
}

// Ready tells how to use a control plane.
type Ready struct {
	Ready      bool   `json:"ready"`
	Server     string `json:"server"`
	Kubeconfig string `json:"kubeconfig"`
	Data       string `json:"data"`
	Kubernetes string `json:"kubernetes"`
	PID        int    `json:"pid"`
}

// Version is the version of Kubernetes that this program is made of.
func Version() string { return version.Get().GitVersion }

// Run runs a control plane until ctx ends or a part of it fails, and calls ready once, when
// it can be used.
func Run(ctx context.Context, o Options, ready func(Ready)) (failed error) {
	began := time.Now()
	folder, err := datadir.Open(o.Data, Version())
	if err != nil {
		return err
	}
	defer func() {
		if err := folder.Close(); err != nil && failed == nil {
			failed = err
		}
	}()
	p := &plane{began: began, options: withDefaults(o, folder), folder: folder, transport: inprocess.NewTransport()}
	if err := p.run(ctx, ready); ctx.Err() == nil {
		return err
	}
	// Whatever a start that was called off has failed with.
	return nil
}

func withDefaults(o Options, folder *datadir.Folder) Options {
	for _, file := range []struct {
		path *string
		name string
	}{{&o.Kubeconfig, "kubeconfig"}, {&o.Log, "embedded.log"}, {&o.TokenFile, "token"}} {
		if *file.path == "" {
			*file.path = folder.Join(file.name)
		}
	}
	return o
}

// plane is one control plane while it runs.
type plane struct {
	began     time.Time
	options   Options
	folder    *datadir.Folder
	transport *inprocess.Transport

	log         *quiet.Log
	listener    net.Listener
	credentials *credentials.Credentials
	sockets     string
	parts       *parts
	etcd        *starting
	nodesReady  <-chan struct{}
	// complete is closed when the server is ready.
	complete chan struct{}
}

func (p *plane) run(ctx context.Context, ready func(Ready)) error {
	log, err := quiet.Open(p.options.Log, p.options.LogLevel)
	if err != nil {
		return err
	}
	if p.options.OwnStderr {
		if err := log.TakeStderr(); err != nil {
			return err
		}
	}
	p.log = log
	p.listener, err = listen(ctx, p.options.Port)
	if err != nil {
		return err
	}
	if p.sockets, err = p.folder.Sockets(); err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	p.parts = newParts()
	p.etcd = p.startStore(running)
	defer p.etcd.close()
	defer cancel()
	if err := p.start(running); err != nil {
		// Once it serves, the server closes it, and takes it for a crash if others do.
		return errors.Join(err, p.listener.Close())
	}
	if err := p.await(running); err != nil {
		return err
	}
	if err := p.announce(ready); err != nil {
		return err
	}
	if p.options.inspect != nil {
		if err := p.options.inspect(running, p.etcd.etcd); err != nil {
			return err
		}
	}
	collector.Settle(running, p.unwatch)
	p.sweep()
	return p.parts.wait(ctx)
}

// announce makes the control plane known: the kubeconfig is what others may wait for.
func (p *plane) announce(ready func(Ready)) error {
	if err := p.folder.MarkBooted(); err != nil {
		return err
	}
	server := "https://" + p.listener.Addr().String()
	if err := p.credentials.WriteKubeconfig(p.options.Kubeconfig, server); err != nil {
		return err
	}
	p.reached("ready")
	ready(Ready{Ready: true, Server: server, Kubeconfig: p.options.Kubeconfig, Data: p.folder.Path, Kubernetes: Version(), PID: os.Getpid()})
	return nil
}

// unwatch ends watches that nobody needs.
func (p *plane) unwatch() {
	if err := unwatch(); err != nil {
		p.log.Slog.Warn("watches on files are not ended, so the end takes longer", "error", err)
	}
}

// sweep tidies up after others, once nobody waits for us any more.
func (p *plane) sweep() {
	if err := datadir.Sweep(); err != nil {
		p.log.Slog.Warn("folders of earlier runs stay", "error", err)
	}
}

func listen(ctx context.Context, port int) (net.Listener, error) {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	config := net.ListenConfig{KeepAlive: keepAlive}
	listener, err := config.Listen(ctx, "tcp4", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, plain(err))
	}
	return listener, nil
}

// client is how a part of the control plane reaches the server, as a user of its own.
func (p *plane) client(user string) *rest.Config {
	config := api.Client(p.listener, p.transport)
	config.BearerToken = p.credentials.Components[user]
	return config
}

const keepAlive = 3 * time.Minute

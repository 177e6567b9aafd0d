// Package existing provides a cluster of the user's: one that is there before, and stays.
//
// It makes nothing there and removes nothing but namespaces that a run of ours has made,
// and it refuses a cluster that somebody may need: nobody should lose work because a
// kubeconfig pointed to the wrong place.
package existing

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

const (
	// answerTimeout bounds the wait for the first answer of a server.
	answerTimeout = 15 * time.Second
	// goneTimeout bounds the removal of our namespaces.
	goneTimeout = time.Minute
)

// Options say which cluster.
type Options struct {
	// Kubeconfig lists files as the variable KUBECONFIG does; empty means those that
	// kubectl would use.
	Kubeconfig string
	// Context is the name of one; empty means the current one.
	Context string
	// AllowContext is the name of a context that is used although it does not look
	// disposable.
	AllowContext string
}

// Provider hands over one cluster of the user's.
type Provider struct {
	options Options
}

var _ cluster.Provider = (*Provider)(nil)

// New returns a provider. It reads and asks nothing yet.
func New(o Options) (*Provider, error) {
	return &Provider{options: o}, nil
}

// Name is the word a user selects the provider with.
func (p *Provider) Name() string { return "existing" }

// Create looks whether the cluster may be used, is there and is what spec asks for.
func (p *Provider) Create(ctx context.Context, spec cluster.Spec) (cluster.Cluster, error) {
	chosen, err := p.choose()
	if err != nil {
		return nil, err
	}
	c, err := p.open(ctx, chosen)
	if err == nil {
		err = c.suits(ctx, spec)
	}
	if err != nil {
		if c != nil {
			err = errors.Join(err, os.RemoveAll(c.dir))
		}
		return nil, fmt.Errorf("using %s: %w", chosen, err)
	}
	return c, nil
}

// open writes a kubeconfig that leads to this cluster only, and sees that somebody answers.
func (p *Provider) open(ctx context.Context, chosen choice) (*existingCluster, error) {
	dir, err := runid.TempDir("existing")
	if err != nil {
		return nil, err
	}
	c := &existingCluster{choice: chosen, dir: dir}
	if err := clientcmd.WriteToFile(chosen.config, c.Kubeconfig()); err != nil {
		return c, fmt.Errorf("writing a kubeconfig: %w", err)
	}
	if err := os.Chmod(c.Kubeconfig(), 0o600); err != nil {
		return c, fmt.Errorf("writing a kubeconfig: %w", err)
	}
	err = c.answers(ctx)
	return c, err
}

// answers asks the server whether it is ready, and explains an answer that is none.
func (c *existingCluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, fmt.Errorf("no answer within %s", answerTimeout))
	defer cancel()
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	err = client.Ready(ctx)
	var untrusted *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("the server does not accept the credentials of user %q: log in again, or choose another context: %w", c.user, err)
	case errors.As(err, &untrusted):
		return fmt.Errorf("the kubeconfig does not trust the server's certificate: has the cluster been made anew, or is the "+
			"address another one's? fetch the kubeconfig again: %w", untrusted)
	case ctx.Err() != nil:
		return fmt.Errorf("%w: is the cluster running? %w", context.Cause(ctx), err)
	default:
		return fmt.Errorf("is the cluster running? %w", err)
	}
}

// suits compares the cluster with what is wanted, and finds out what it can do.
func (c *existingCluster) suits(ctx context.Context, spec cluster.Spec) error {
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	version, err := client.Version(ctx)
	if err != nil {
		return err
	}
	if spec.KubernetesVersion != "" && version != spec.KubernetesVersion {
		return fmt.Errorf("it is Kubernetes %s, not %s: choose another cluster, or leave KUBERNETES out", version, spec.KubernetesVersion)
	}
	found, err := look(ctx, client)
	if apierrors.IsForbidden(err) {
		return fmt.Errorf("user %q lacks rights that a run needs, which looks at nodes and storage classes, and makes and removes "+
			"namespaces: choose a context of a cluster administrator with --context: %w", c.user, err)
	}
	if err != nil {
		return err
	}
	if len(found.ready) < 1+spec.Workers {
		return fmt.Errorf("it has %d ready nodes of %d, and %d are needed", len(found.ready), found.nodes, 1+spec.Workers)
	}
	c.features = found.features
	return c.LoadImages(ctx, spec.Images...)
}

func kubeconfigIn(dir string) string { return filepath.Join(dir, "kubeconfig") }

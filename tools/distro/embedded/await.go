package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"seatrial/tools/distro/embedded/credentials"
)

const (
	// readyTimeout is how long a start may take on a machine that is busy with others.
	readyTimeout = 2 * time.Minute
	pollInterval = 5 * time.Millisecond
)

// await returns nil when the control plane can be used: the server is ready, all nodes are,
// and a pod can be created in the namespace "default".
func (p *plane) await(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	client, err := kubernetes.NewForConfig(p.client(credentials.ControllerManager))
	if err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	if err := p.until(waiting, func() error { return healthy(waiting, client) }); err != nil {
		return fmt.Errorf("waiting for the API server: %w", err)
	}
	p.reached("/readyz")
	close(p.complete)
	if err := p.until(waiting, func() error { return usable(waiting, client) }); err != nil {
		return fmt.Errorf("waiting for the first objects: %w", err)
	}
	p.reached("first objects")
	select {
	case <-p.nodesReady:
		return nil
	case err := <-p.parts.ended:
		return err
	case <-waiting.Done():
		return fmt.Errorf("waiting for the nodes: %w", context.Cause(waiting))
	}
}

func (p *plane) until(ctx context.Context, holds func() error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := holds()
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case part := <-p.parts.ended:
			return part
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

func healthy(ctx context.Context, client kubernetes.Interface) error {
	status := 0
	body, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).StatusCode(&status).Raw()
	if err == nil && status == http.StatusOK {
		return nil
	}
	return fmt.Errorf("/readyz: %s: %w", body, err)
}

func usable(ctx context.Context, client kubernetes.Interface) error {
	if _, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return err
	}
	if _, err := client.CoreV1().Services(metav1.NamespaceDefault).Get(ctx, "kubernetes", metav1.GetOptions{}); err != nil {
		return err
	}
	_, err := client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	return err
}

func removeStale(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing what an earlier run has left: %w", err)
	}
	return nil
}

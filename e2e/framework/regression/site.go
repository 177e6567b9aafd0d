package regression

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// site is a cluster with the connections to it. The paths that go there share them, and what they have learned of its
// kinds, which takes longer to ask for than a small operation.
type site struct {
	place  Place
	config *rest.Config
	kube   *cluster.Connection
	api    *objects.Client
	helm   *helm.Client // to be pointed at the namespace of a path
}

func openSite(ctx context.Context, place Place, timeout time.Duration) (*site, error) {
	s := &site{place: place}
	var err error
	if s.config, err = cluster.LoadRESTConfig(place.Kubeconfig); err != nil {
		return nil, err
	}
	s.helm, err = helm.New(helm.Options{Kubeconfig: place.Kubeconfig, Timeout: timeout, MaxHistory: unlimited})
	if err != nil {
		return nil, err
	}
	// Values that are given again must not be mixed with those of the revision before.
	s.helm = s.helm.With(helm.OperationOptions{ResetValues: true})
	if s.kube, err = cluster.Connect(place.Kubeconfig); err != nil {
		return nil, err
	}
	if s.api, err = objects.Connect(ctx, s.config); err != nil {
		s.kube.Close()
		return nil, fmt.Errorf("opening the cluster for paths: %w", err)
	}
	return s, nil
}

func (s *site) close() {
	s.api.Close()
	s.kube.Close()
}

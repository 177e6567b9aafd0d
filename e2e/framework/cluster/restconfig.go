package cluster

import (
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/retry"
)

// A test's own client must never be what it waits for, so these are far above
// client-go's 5 and 10.
const (
	clientQPS   = 200
	clientBurst = 400
)

// RESTConfig reads the cluster's kubeconfig. Each call returns a value of its
// own, which the caller may change. Its clients ride out what package retry can.
func RESTConfig(c Cluster) (*rest.Config, error) {
	return LoadRESTConfig(c.Kubeconfig())
}

// LoadRESTConfig is [RESTConfig] for a kubeconfig file of any origin.
func LoadRESTConfig(path string) (*rest.Config, error) {
	kubeconfig, err := clientcmd.LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("loading kubeconfig %q: %w", path, err)
	}
	config, err := clientcmd.NewDefaultClientConfig(*kubeconfig, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("loading kubeconfig %q: %w", path, err)
	}
	config.QPS = clientQPS
	config.Burst = clientBurst
	retry.Wrap(config)
	return config, nil
}

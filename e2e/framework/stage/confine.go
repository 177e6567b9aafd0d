package stage

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"seatrial/e2e/framework/sandbox"
)

// Confinement says what a document in a sandbox needs.
type Confinement struct {
	// Kubeconfig is the cluster's. Of its contexts, only the current one goes inside.
	Kubeconfig string
	// Home is a folder that is thrown away afterwards. What a document may change has to be in it.
	Home string
	// Bin is the folder with the helm and kubectl that are meant.
	Bin string
	// Reach are more addresses, as HOST:PORT, that the document may reach beyond the API server.
	Reach []string
}

// Confine makes a sandbox for a document, and a kubeconfig in its home that is of use inside: there, the API server is at
// another address.
func Confine(c Confinement) (room *sandbox.Sandbox, kubeconfig string, err error) {
	config, server, err := inward(c.Kubeconfig)
	if err != nil {
		return nil, "", fmt.Errorf("making a kubeconfig for a sandbox from %q: %w", c.Kubeconfig, err)
	}
	kubeconfig = filepath.Join(c.Home, ".kube", "config")
	if err := clientcmd.WriteToFile(*config, kubeconfig); err != nil {
		return nil, "", fmt.Errorf("writing a kubeconfig for a sandbox: %w", err)
	}
	room, err = sandbox.New(sandbox.Options{Home: c.Home, Show: []string{c.Bin}, Reach: append([]string{server}, c.Reach...)})
	return room, kubeconfig, err
}

// inward is the current context of a kubeconfig as it is of use inside, and the address that its API server has outside.
func inward(path string) (config *clientcmdapi.Config, server string, err error) {
	if config, err = clientcmd.LoadFromFile(path); err != nil {
		return nil, "", err
	}
	if err := clientcmd.ResolveLocalPaths(config); err != nil {
		return nil, "", err
	}
	if err := clientcmdapi.MinifyConfig(config); err != nil {
		return nil, "", err
	}
	if err := clientcmdapi.FlattenConfig(config); err != nil {
		return nil, "", err
	}
	for _, user := range config.AuthInfos {
		if user.Exec != nil || user.AuthProvider != nil {
			return nil, "", fmt.Errorf("context %q gets its credentials from another program, which cannot run inside: "+
				"use a kubeconfig with a token or a certificate", config.CurrentContext)
		}
	}
	for _, cluster := range config.Clusters {
		if cluster.ProxyURL != "" {
			return nil, "", fmt.Errorf("context %q has a proxy-url, and there is no proxy inside: use one without", config.CurrentContext)
		}
		if server, err = turnInward(cluster); err != nil {
			return nil, "", err
		}
	}
	return config, server, nil
}

// turnInward lets a cluster be found inside. Its certificate is still that of the name outside.
func turnInward(cluster *clientcmdapi.Cluster) (server string, err error) {
	address, err := url.Parse(cluster.Server)
	if err != nil {
		return "", fmt.Errorf("reading the address of the API server: %w", err)
	}
	port := address.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[address.Scheme]
	}
	if cluster.TLSServerName == "" {
		cluster.TLSServerName = address.Hostname()
	}
	server = net.JoinHostPort(address.Hostname(), port)
	address.Host = net.JoinHostPort("127.0.0.1", port)
	cluster.Server = address.String()
	return server, nil
}

// Package credentials makes what clients and the embedded control plane prove themselves
// with: certificate authorities of its own, serving and client certificates, the key of
// service accounts, bearer tokens, and the kubeconfig. All keys are ECDSA: the RSA keys
// that Kubernetes makes by default cost about 350 ms of its start.
package credentials

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Files names what the control plane is told to read.
type Files struct {
	CA, CAKey         string
	Server, ServerKey string
	// ServiceAccountKey signs the tokens of service accounts, and checks them.
	ServiceAccountKey string
	// The front proxy is how the aggregator proves itself to an extension API server.
	FrontProxyCA, FrontProxy, FrontProxyKey string
	// Tokens is the list of bearer tokens and their users.
	Tokens string
}

// Credentials are everything that the control plane of one data folder needs.
type Credentials struct {
	Files Files
	// CACert verifies the server, in PEM.
	CACert []byte
	// Token is the administrator's.
	Token string
	// Components are the tokens of the parts of the control plane, by user name.
	Components map[string]string
}

// Users that are not people.
const (
	ControllerManager = "system:kube-controller-manager"
	Scheduler         = "system:kube-scheduler"
	Nodes             = "system:seatrial-nodes"
)

// Admin is the user of the kubeconfig.
const Admin = "seatrial-admin"

// Ensure makes in a folder what is not there yet. The authorities, the key of service
// accounts and the administrator's token stay as they are, so that what was handed out
// before a restart is still good after it.
func Ensure(folder, tokenFile string) (*Credentials, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of certificates: %w", err)
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	c := &Credentials{Files: Files{
		CA: in("ca.crt"), CAKey: in("ca.key"),
		Server: in("server.crt"), ServerKey: in("server.key"),
		ServiceAccountKey: in("service-account.key"),
		FrontProxyCA:      in("front-proxy-ca.crt"), FrontProxy: in("front-proxy.crt"), FrontProxyKey: in("front-proxy.key"),
		Tokens: in("tokens.csv"),
	}}
	ca, err := ensureAuthority("seatrial embedded", c.Files.CA, c.Files.CAKey)
	if err != nil {
		return nil, err
	}
	c.CACert = ca.pem
	frontProxy, err := ensureAuthority("seatrial embedded front proxy", c.Files.FrontProxyCA, in("front-proxy-ca.key"))
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		ca.issue(serving(), c.Files.Server, c.Files.ServerKey),
		frontProxy.issue(client("front-proxy-client"), c.Files.FrontProxy, c.Files.FrontProxyKey),
		ensureKey(c.Files.ServiceAccountKey),
	)
	if err != nil {
		return nil, err
	}
	if err := c.ensureTokens(tokenFile); err != nil {
		return nil, err
	}
	return c, nil
}

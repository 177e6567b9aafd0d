package credentials

import (
	"fmt"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const contextName = "seatrial-embedded"

// WriteKubeconfig writes the administrator's kubeconfig.
func (c *Credentials) WriteKubeconfig(file, server string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters[contextName] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: c.CACert}
	config.AuthInfos[Admin] = &clientcmdapi.AuthInfo{Token: c.Token}
	config.Contexts[contextName] = &clientcmdapi.Context{Cluster: contextName, AuthInfo: Admin}
	config.CurrentContext = contextName
	content, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("encoding the kubeconfig %q: %w", file, err)
	}
	return writeFile(file, content)
}

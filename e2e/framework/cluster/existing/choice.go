package existing

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// choice is one context of a kubeconfig, and nothing else of it.
type choice struct {
	context string
	user    string
	server  string
	config  clientcmdapi.Config
}

func (c choice) String() string { return fmt.Sprintf("context %q at %s", c.context, c.server) }

// choose reads the kubeconfig and settles the context.
func (p *Provider) choose() (choice, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if p.options.Kubeconfig != "" {
		rules.Precedence = filepath.SplitList(p.options.Kubeconfig)
		for _, file := range rules.Precedence {
			if _, err := os.Stat(file); err != nil {
				return choice{}, fmt.Errorf("reading the kubeconfig: %w", err)
			}
		}
	}
	all, err := rules.Load()
	if err != nil {
		return choice{}, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	name := p.options.Context
	if name == "" {
		name = all.CurrentContext
	}
	if err := known(all, name, rules.Precedence); err != nil {
		return choice{}, err
	}
	chosen, err := only(all, name)
	if err != nil {
		return choice{}, err
	}
	return chosen, p.allowed(chosen)
}

// known explains why there is no such context.
func known(all *clientcmdapi.Config, name string, files []string) error {
	names := strings.Join(slices.Sorted(maps.Keys(all.Contexts)), ", ")
	if _, found := all.Contexts[name]; found {
		return nil
	}
	switch in := strings.Join(files, ", "); {
	case names == "":
		return fmt.Errorf("there is no context in %s: name another kubeconfig with --kubeconfig or KUBECONFIG", in)
	case name == "":
		return fmt.Errorf("no context is the current one in %s: choose one with --context, or with CONTEXT of make: %s", in, names)
	default:
		return fmt.Errorf("there is no context %q in %s: choose one of %s", name, in, names)
	}
}

// only leaves out everything that belongs to other contexts, and puts the certificates
// in, so that a copy elsewhere works.
func only(all *clientcmdapi.Config, name string) (choice, error) {
	config := all.DeepCopy()
	config.CurrentContext = name
	if err := clientcmdapi.MinifyConfig(config); err != nil {
		return choice{}, fmt.Errorf("reading context %q: %w", name, err)
	}
	if err := clientcmdapi.FlattenConfig(config); err != nil {
		return choice{}, fmt.Errorf("reading context %q: %w", name, err)
	}
	about := config.Contexts[name]
	chosen := choice{context: name, user: about.AuthInfo, config: *config}
	if server, found := config.Clusters[about.Cluster]; found {
		chosen.server = server.Server
	}
	user, found := config.AuthInfos[about.AuthInfo]
	if !found {
		return chosen, fmt.Errorf("reading context %q: there is no user %q in the kubeconfig", name, about.AuthInfo)
	}
	if err := credentials(user); err != nil {
		return chosen, fmt.Errorf("reading context %q: user %q %w", name, about.AuthInfo, err)
	}
	return chosen, nil
}

// credentials sees that there are any.
func credentials(user *clientcmdapi.AuthInfo) error {
	if user.TokenFile != "" {
		if _, err := os.Stat(user.TokenFile); err != nil {
			return fmt.Errorf("has its token in a file that is not there: %w", err)
		}
		return nil
	}
	if user.Token == "" && len(user.ClientCertificateData) == 0 && user.Username == "" && user.Exec == nil && user.AuthProvider == nil {
		return errors.New("has neither a token nor a certificate: log in again, or choose another context")
	}
	return nil
}

// disposable are names that tools for throw-away clusters give to their contexts.
func disposable() []string {
	return []string{"kind-*", "k3d-*", "minikube", "docker-desktop", "rancher-desktop", "seatrial*"}
}

// needed are words that a context's name has if its cluster is in use. A tunnel to such a cluster ends on this machine.
func needed() []string { return []string{"prod", "production", "prd", "live"} }

// allowed refuses what somebody may need, unless it was named.
func (p *Provider) allowed(chosen choice) error {
	if chosen.context != "" && p.options.AllowContext == chosen.context {
		return nil
	}
	for _, pattern := range disposable() {
		if matched, err := path.Match(pattern, chosen.context); err == nil && matched {
			return nil
		}
	}
	why := "its name is none of " + strings.Join(disposable(), ", ") + ", and its server is not on this machine"
	if word := inUse(chosen.context); word != "" {
		why = fmt.Sprintf("its name says %q", word)
	} else if onLoopback(chosen.server) {
		return nil
	}
	return fmt.Errorf("%s does not look disposable (%s): if nobody needs it, say so with --allow-context %s, or with ALLOW_CONTEXT=%s of make",
		chosen, why, chosen.context, chosen.context)
}

// inUse is the word of a context's name that tells that somebody needs its cluster, or nothing.
func inUse(context string) string {
	words := strings.FieldsFunc(strings.ToLower(context), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		if slices.Contains(needed(), word) {
			return word
		}
	}
	return ""
}

func onLoopback(server string) bool {
	at, err := url.Parse(server)
	if err != nil {
		return false
	}
	address := net.ParseIP(at.Hostname())
	return at.Hostname() == "localhost" || address != nil && address.IsLoopback()
}

package existing

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// users is a kubeconfig with several contexts, as people have them.
func users(t *testing.T, change func(*clientcmdapi.Config)) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	for name, server := range map[string]string{
		"production": "https://api.example.com:6443", "kind-mine": "https://10.0.0.5:6443", "home": "https://127.0.0.1:6443",
	} {
		config.Clusters[name] = &clientcmdapi.Cluster{Server: server}
		config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: "token-of-" + name}
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	}
	config.CurrentContext = "home"
	if change != nil {
		change(config)
	}
	file := filepath.Join(t.TempDir(), "config")
	gomega.NewWithT(t).Expect(clientcmd.WriteToFile(*config, file)).To(gomega.Succeed())
	return file
}

func TestOnlyTheChosenContextIsHandedOver(t *testing.T) {
	for name, c := range map[string]struct{ context, want, server string }{
		"the current one": {"", "home", "https://127.0.0.1:6443"},
		"a named one":     {"kind-mine", "kind-mine", "https://10.0.0.5:6443"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			p, err := New(Options{Kubeconfig: users(t, nil), Context: c.context})
			g.Expect(err).ToNot(gomega.HaveOccurred())
			chosen, err := p.choose()
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(chosen.server).To(gomega.Equal(c.server))
			g.Expect(chosen.config.CurrentContext).To(gomega.Equal(c.want))
			g.Expect(chosen.config.Contexts).To(gomega.HaveLen(1))
			g.Expect(chosen.config.Clusters).To(gomega.HaveLen(1))
			g.Expect(chosen.config.AuthInfos).To(gomega.And(gomega.HaveLen(1), gomega.HaveKey(c.want)))
		})
	}
}

func TestCertificatesComeWithTheCopy(t *testing.T) {
	g := gomega.NewWithT(t)
	file := users(t, func(config *clientcmdapi.Config) {
		config.Clusters["home"].CertificateAuthority = "ca.crt" // Beside the kubeconfig.
	})
	g.Expect(os.WriteFile(filepath.Join(filepath.Dir(file), "ca.crt"), []byte("certificate"), 0o600)).To(gomega.Succeed())
	chosen, err := (&Provider{Options{Kubeconfig: file}}).choose()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(chosen.config.Clusters["home"].CertificateAuthorityData).To(gomega.BeEquivalentTo("certificate"))
}

func TestAContextThatSomebodyMayNeedIsRefused(t *testing.T) {
	file := users(t, nil)
	for name, c := range map[string]struct {
		options Options
		refused bool
	}{
		"a server somewhere":              {Options{Context: "production"}, true},
		"somewhere, with another allowed": {Options{Context: "production", AllowContext: "home"}, true},
		"somewhere, and allowed":          {Options{Context: "production", AllowContext: "production"}, false},
		"a disposable name":               {Options{Context: "kind-mine"}, false},
		"a server on this machine":        {Options{Context: "home"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			c.options.Kubeconfig = file
			_, err := (&Provider{c.options}).choose()
			if !c.refused {
				g.Expect(err).ToNot(gomega.HaveOccurred())
				return
			}
			g.Expect(err).To(gomega.MatchError(gomega.And(
				gomega.HavePrefix(`context "production" at https://api.example.com:6443 does not look disposable`),
				gomega.HaveSuffix("if nobody needs it, say so with --allow-context production, or with ALLOW_CONTEXT=production of make"))))
		})
	}
}

func TestNamesThatLookDisposable(t *testing.T) {
	g := gomega.NewWithT(t)
	somewhere := "https://api.example.com"
	for _, name := range []string{"kind-a", "k3d-a", "minikube", "docker-desktop", "rancher-desktop", "seatrial", "seatrial-x"} {
		g.Expect((&Provider{}).allowed(choice{context: name, server: somewhere})).To(gomega.Succeed(), name)
	}
	for _, name := range []string{"", "kind", "mankind-a", "minikube-prod", "my-seatrial", "kubernetes-admin@kubernetes"} {
		g.Expect((&Provider{}).allowed(choice{context: name, server: somewhere})).ToNot(gomega.Succeed(), name)
	}
	for _, name := range []string{"prod-eu-1", "eu_PROD", "live", "admin@shop.production"} {
		g.Expect((&Provider{}).allowed(choice{context: name, server: "https://127.0.0.1:6443"})).To(
			gomega.MatchError(gomega.ContainSubstring("does not look disposable (its name says ")), name+" through a tunnel")
	}
	for _, name := range []string{"product-demo", "olive", "kind-prod", "home"} {
		g.Expect((&Provider{}).allowed(choice{context: name, server: "https://127.0.0.1:6443"})).To(gomega.Succeed(), name)
	}
	for _, server := range []string{"https://127.0.0.1:1", "https://localhost:1", "http://[::1]:1", "https://127.1.2.3"} {
		g.Expect(onLoopback(server)).To(gomega.Equal(true), server)
	}
	for _, server := range []string{"", "https://localhost.example.com", "https://10.0.0.1", "https://[::2]", "127.0.0.1:80", "%"} {
		g.Expect(onLoopback(server)).To(gomega.Equal(false), server)
	}
}

func TestAKubeconfigThatLeadsNowhereIsExplained(t *testing.T) {
	empty := func(config *clientcmdapi.Config) { *config = *clientcmdapi.NewConfig() }
	for name, c := range map[string]struct {
		file    func(t *testing.T) string
		context string
		says    string
	}{
		"no file": {func(*testing.T) string { return "/nowhere/config" }, "", "reading the kubeconfig: stat /nowhere/config: no such file"},
		"no kubeconfig": {func(t *testing.T) string {
			t.Helper()
			file := filepath.Join(t.TempDir(), "config")
			gomega.NewWithT(t).Expect(os.WriteFile(file, []byte("{"), 0o600)).To(gomega.Succeed())
			return file
		}, "", "reading the kubeconfig: "},
		"no contexts": {func(t *testing.T) string { t.Helper(); return users(t, empty) }, "", "name another kubeconfig with --kubeconfig or KUBECONFIG"},
		"no current context": {func(t *testing.T) string {
			t.Helper()
			return users(t, func(config *clientcmdapi.Config) { config.CurrentContext = "" })
		}, "", "choose one with --context, or with CONTEXT of make: home, kind-mine, production"},
		"no such context": {
			func(t *testing.T) string { t.Helper(); return users(t, nil) }, "other",
			`there is no context "other" in `,
		},
		"no such user": {func(t *testing.T) string {
			t.Helper()
			return users(t, func(config *clientcmdapi.Config) { delete(config.AuthInfos, "home") })
		}, "", `"home"`},
		"no token": {func(t *testing.T) string {
			t.Helper()
			return users(t, func(config *clientcmdapi.Config) { config.AuthInfos["home"].Token = "" })
		}, "", `reading context "home": user "home" has neither a token nor a certificate: log in again`},
		"no token file": {func(t *testing.T) string {
			t.Helper()
			return users(t, func(config *clientcmdapi.Config) {
				config.AuthInfos["home"] = &clientcmdapi.AuthInfo{TokenFile: "/nowhere/token"}
			})
		}, "", `user "home" has its token in a file that is not there: `},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := (&Provider{Options{Kubeconfig: c.file(t), Context: c.context}}).choose()
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(c.says)))
		})
	}
}

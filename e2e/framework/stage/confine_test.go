//go:build linux

package stage_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"seatrial/e2e/framework/sandbox"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
)

func TestMain(m *testing.M) {
	if sandbox.Inside() {
		return
	}
	m.Run()
}

// kubeconfig is for an API server at an address, by way of one of its two contexts.
func (h *theatre) kubeconfig(address string, user *clientcmdapi.AuthInfo) string {
	h.t.Helper()
	file := clientcmdapi.NewConfig()
	file.Clusters["mine"] = &clientcmdapi.Cluster{Server: address}
	file.AuthInfos["me"] = user
	file.Contexts["mine"] = &clientcmdapi.Context{Cluster: "mine", AuthInfo: "me"}
	file.Clusters["work"] = &clientcmdapi.Cluster{Server: "https://work.example.org"}
	file.AuthInfos["worker"] = &clientcmdapi.AuthInfo{Token: "canary"}
	file.Contexts["work"] = &clientcmdapi.Context{Cluster: "work", AuthInfo: "worker"}
	file.CurrentContext = "mine"
	path := filepath.Join(h.root, "kubeconfig")
	h.Expect(clientcmd.WriteToFile(*file, path)).To(gomega.Succeed())
	return path
}

func (h *theatre) confined(s *scenario.Scenario, kubeconfig string) *stage.Stage {
	h.t.Helper()
	s.Path = filepath.Join(h.root, "scenarios", "web")
	made, err := stage.Open(h.t.Context(), stage.Options{Scenario: s, Kubeconfig: kubeconfig, Bin: filepath.Join(h.root, "bin"), Sandbox: true})
	if errors.Is(err, sandbox.ErrUnavailable) {
		h.t.Skip(err)
	}
	h.Expect(err).ToNot(gomega.HaveOccurred())
	return made
}

func TestADocumentInASandboxReachesItsClusterAndWhatIsServedAndNothingOfTheUsers(t *testing.T) {
	h := newTheatre(t)
	h.write("secret", "canary", 0o600)
	h.write("bin/kubectl", "#!/bin/sh\necho kubectl\n", 0o700)
	api := httptest.NewServer(http.NotFoundHandler())
	defer api.Close()
	s := h.confined(&scenario.Scenario{
		Dir: "../../charts", Serve: &scenario.Serve{Folder: "web", Variable: "REPO_URL"},
	}, h.kubeconfig(api.URL, &clientcmdapi.AuthInfo{Token: "token"}))

	h.Expect(h.types(s, "basename $PWD; cat web/Chart.yaml; kubectl")).To(gomega.Equal("charts\nname: web\nkubectl"))
	h.Expect(h.types(s, "cat "+h.root+"/secret 2>/dev/null || echo nothing")).To(gomega.Equal("nothing"))
	inside := h.types(s, "cat $KUBECONFIG")
	h.Expect(inside).To(gomega.And(gomega.ContainSubstring("server: "+api.URL), gomega.ContainSubstring("token: token")))
	h.Expect(inside).ToNot(gomega.ContainSubstring("canary"), "the other context stays outside")
	h.Expect(h.types(s, get("/version", "${KUBECONFIG+"+api.Listener.Addr().String()+"}"))).To(gomega.ContainSubstring("404 Not Found"))
	h.Expect(h.types(s, get("/Chart.yaml", "${REPO_URL#http://}"))).To(gomega.ContainSubstring("name: web"))

	// A step that leaves bash, or is ended, is followed by another bash in the same sandbox.
	result, err := s.Shell.Run(t.Context(), "cd web; exit 3", 0)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	h.Expect(result.Left).To(gomega.Equal(true))
	h.Expect(h.types(s, get("/Chart.yaml", "${REPO_URL#http://}")+"; cat "+h.root+"/secret || true")).To(gomega.And(
		gomega.ContainSubstring("name: web"), gomega.Not(gomega.ContainSubstring("canary"))))

	h.Expect(s.Close(t.Context())).To(gomega.Succeed())
}

// get is a request as bash makes one.
func get(path, address string) string {
	return `at=` + address + `; exec 3<>/dev/tcp/${at%:*}/${at#*:}; printf 'GET ` + path + ` HTTP/1.0\r\n\r\n' >&3; cat <&3; exec 3>&-`
}

func TestAKubeconfigThatIsOfNoUseInsideIsRefusedWithARemedy(t *testing.T) {
	h := newTheatre(t)
	home := t.TempDir()
	for _, test := range []struct {
		user *clientcmdapi.AuthInfo
		want string
	}{
		{&clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{Command: "cloud-login"}}, `context "mine" gets its credentials from another program, which cannot run inside: use`},
		{&clientcmdapi.AuthInfo{ClientCertificate: "gone.pem"}, "gone.pem"},
	} {
		_, _, err := stage.Confine(stage.Confinement{Kubeconfig: h.kubeconfig("https://10.1.2.3", test.user), Home: home, Bin: home})
		h.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
	}
}

func TestAnAPIServerElsewhereIsFoundInsideByItsOwnName(t *testing.T) {
	h := newTheatre(t)
	home := t.TempDir()
	_, path, err := stage.Confine(stage.Confinement{Kubeconfig: h.kubeconfig("https://api.example.org/prefix", &clientcmdapi.AuthInfo{Token: "t"}), Home: home, Bin: home})
	h.Expect(err).ToNot(gomega.HaveOccurred())
	inside, err := clientcmd.LoadFromFile(path)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	h.Expect(inside.Clusters["mine"].Server).To(gomega.Equal("https://127.0.0.1:443/prefix"))
	h.Expect(inside.Clusters["mine"].TLSServerName).To(gomega.Equal("api.example.org"))
	about, err := os.Stat(path)
	h.Expect(err).ToNot(gomega.HaveOccurred())
	h.Expect(about.Mode().Perm()).To(gomega.BeEquivalentTo(0o600))
}

func FuzzConfine(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n" +
		"clusters: [{name: c, cluster: {server: 'https://[::1]:6443'}}]\nusers: [{name: u, user: {token: t}}]\n"))
	f.Add([]byte("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x}]\n"))
	f.Add([]byte("clusters: &a [*a]"))
	f.Add([]byte("{\"kind\":\"Config\",\"apiVersion\":\"v9\"}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		home := t.TempDir()
		path := filepath.Join(home, "kubeconfig")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whatever a kubeconfig has, there is a sandbox for it or an error.
		_, _, _ = stage.Confine(stage.Confinement{Kubeconfig: path, Home: home, Bin: home})
	})
}

package cluster_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

const kubeconfig = `apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: me}}]
clusters: [{name: here, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: me, user: {token: secret}}]
`

func TestLoadRESTConfigGivesEachCallerAGenerousCopy(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	g.Expect(os.WriteFile(path, []byte(kubeconfig), 0o600)).To(gomega.Succeed())

	first, err := cluster.LoadRESTConfig(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(first.Host).To(gomega.Equal("https://127.0.0.1:6443"))
	g.Expect(first.QPS).To(gomega.BeNumerically(">=", 100))

	first.Host = "elsewhere"
	second, err := cluster.LoadRESTConfig(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(second.Host).To(gomega.Equal("https://127.0.0.1:6443"))
}

func TestLoadRESTConfigNamesTheFileItCannotUse(t *testing.T) {
	g := gomega.NewWithT(t)
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := cluster.LoadRESTConfig(missing)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(missing)))

	empty := filepath.Join(t.TempDir(), "empty")
	g.Expect(os.WriteFile(empty, nil, 0o600)).To(gomega.Succeed())
	_, err = cluster.LoadRESTConfig(empty)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(empty)))
}

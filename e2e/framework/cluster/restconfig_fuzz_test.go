package cluster_test

import (
	"os"
	"path/filepath"
	"testing"

	"seatrial/e2e/framework/cluster"
)

func FuzzLoadRESTConfig(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n" +
		"clusters: [{name: c, cluster: {server: 'https://[::1]:6443', certificate-authority-data: eA==}}]\nusers: [{name: u, user: {token: t}}]\n"))
	f.Add([]byte("apiVersion: v1\nkind: Config\ncurrent-context: y\ncontexts: []\nclusters: null\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "kubeconfig")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whatever is in the file, it is a configuration or an error.
		if config, err := cluster.LoadRESTConfig(path); err == nil && config == nil {
			t.Error("neither a configuration nor an error")
		}
	})
}

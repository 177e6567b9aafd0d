package cluster_test

import (
	"os"
	"path/filepath"
	"strings"
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
		// Whatever is in the file, it is a configuration with a server, or an error that names the file.
		config, err := cluster.LoadRESTConfig(path)
		switch {
		case err == nil && (config == nil || config.Host == ""):
			t.Errorf("a configuration without a server: %v", config)
		case err != nil && (!strings.Contains(err.Error(), path) || strings.ContainsRune(err.Error(), 0)):
			t.Errorf("it does not say which file: %q", err)
		}
	})
}

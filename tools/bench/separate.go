package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"seatrial/e2e/framework/assets"
)

// separatePrograms is the folder with etcd and Kubernetes as programs of their own: what was built last for nodes or,
// where nothing was, what is built now.
func (b *bench) separatePrograms(ctx context.Context) (string, error) {
	cache, err := assets.Cache()
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(cache, "parts", "node-programs-*", "kube"))
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	tell("building etcd and Kubernetes as separate programs: minutes at first")
	dir := filepath.Join(b.work, "separate")
	// The flags of tools/nodeimage, or all of it would be compiled a second time.
	version := b.prepared.EmbeddedKubernetes
	flags := fmt.Sprintf("-s -w -X k8s.io/component-base/version.gitVersion=%[1]s -X k8s.io/client-go/pkg/version.gitVersion=%[1]s", version)
	for name, program := range map[string]string{"kube": "./cmd/kube", "etcd": "go.etcd.io/etcd/server/v3"} {
		_, err := b.command(ctx, []string{"CGO_ENABLED=0"}, "go", "build", "-C", filepath.Join("tools", "distro"), "-trimpath",
			"-tags", "no_btrfs no_devmapper no_zfs no_aufs", "-ldflags", flags, "-o", filepath.Join(dir, name), program)
		if err != nil {
			return "", err
		}
	}
	return dir, nil
}

// separate is what a person would start. Without nodes, pods are created and never run.
func separate(ctx context.Context, programs, dir string, port int) (*plane, error) {
	etcd, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	key, tokens, kubeconfig := filepath.Join(dir, "sa.key"), filepath.Join(dir, "tokens.csv"), filepath.Join(dir, "kubeconfig")
	if err := writeKey(key); err != nil {
		return nil, err
	}
	client, peer := fmt.Sprintf("http://127.0.0.1:%d", etcd[0]), fmt.Sprintf("http://127.0.0.1:%d", etcd[1])
	config := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n"+
		"clusters: [{name: x, cluster: {server: \"https://127.0.0.1:%d\", insecure-skip-tls-verify: true}}]\nusers: [{name: x, user: {token: %s}}]\n", port, token)
	err = errors.Join(
		os.WriteFile(tokens, []byte(token+",admin,admin,system:masters\n"), 0o600),
		os.WriteFile(kubeconfig, []byte(config), 0o600))
	if err != nil {
		return nil, err
	}
	kube := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(programs, "kube"), args...)
		cmd.Args[0] = name
		return cmd
	}
	return &plane{port: port, commands: []*exec.Cmd{
		exec.CommandContext(ctx, filepath.Join(programs, "etcd"), "--data-dir", filepath.Join(dir, "etcd"), "--unsafe-no-fsync",
			"--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
			"--initial-cluster", "default="+peer),
		kube("kube-apiserver", "--etcd-servers", client, "--secure-port", strconv.Itoa(port), "--bind-address", "127.0.0.1", "--cert-dir", filepath.Join(dir, "certificates"),
			"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key, "--service-account-signing-key-file", key,
			"--token-auth-file", tokens, "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16"),
		kube("kube-controller-manager", "--kubeconfig", kubeconfig, "--service-account-private-key-file", key, "--leader-elect=false", "--secure-port", "0"),
	}, enough: func(_ *appsv1.Deployment, pods []corev1.Pod) bool { return len(pods) == 2 }}, nil
}

func writeKey(file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

package credentials

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func ensure(t *testing.T, folder string) *Credentials {
	t.Helper()
	made, err := Ensure(filepath.Join(folder, "pki"), filepath.Join(folder, "token"))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestClientsCanVerifyTheServerByEachOfItsNames(t *testing.T) {
	made := ensure(t, t.TempDir())
	pair, err := tls.LoadX509KeyPair(made.Files.Server, made.Files.ServerKey)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(made.CACert)
	names, addresses := ServerNames()
	for _, address := range addresses {
		names = append(names, address.String())
	}
	for _, name := range names {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "example.com"}); err == nil {
		t.Error("the certificate is good for a name that is not ours")
	}
}

func TestWhatWasHandedOutIsGoodAfterARestart(t *testing.T) {
	folder := t.TempDir()
	first, again := ensure(t, folder), ensure(t, folder)
	if !bytes.Equal(first.CACert, again.CACert) {
		t.Error("the authority has changed")
	}
	if first.Token != again.Token {
		t.Error("the administrator's token has changed")
	}
	if first.Components[Nodes] == again.Components[Nodes] {
		t.Error("the tokens of our own parts should live no longer than they do")
	}
	other := ensure(t, t.TempDir())
	if bytes.Equal(first.CACert, other.CACert) || first.Token == other.Token {
		t.Error("two control planes share what should be secret")
	}
}

func TestOnlyTheOwnerCanReadWhatIsSecret(t *testing.T) {
	folder := t.TempDir()
	made := ensure(t, folder)
	kubeconfig := filepath.Join(folder, "kubeconfig")
	if err := made.WriteKubeconfig(kubeconfig, "https://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		kubeconfig, filepath.Join(folder, "token"), made.Files.Tokens, made.Files.CAKey,
		made.Files.ServerKey, made.Files.ServiceAccountKey, made.Files.FrontProxyKey,
	} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
}

func TestTheKubeconfigIsComplete(t *testing.T) {
	folder := t.TempDir()
	made := ensure(t, folder)
	file := filepath.Join(folder, "kubeconfig")
	if err := made.WriteKubeconfig(file, "https://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "https://127.0.0.1:1" || config.BearerToken != made.Token || !bytes.Equal(config.CAData, made.CACert) {
		t.Errorf("got %v", config)
	}
	leftovers, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left over: %v %v", leftovers, err)
	}
}

func TestATokenFileIsTakenOrRefused(t *testing.T) {
	for _, test := range []struct{ name, content, says string }{
		{"good", "0123456789abcdef-_~\n", ""},
		{"empty", "\n", "holds no token"},
		{"short", "secret", "holds no token"},
		{"two words", "0123456789abcdef 0123456789abcdef", "holds no token"},
		{"would be two columns", `0123456789abcdef,"system:masters"`, "holds no token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "mine")
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			made, err := Ensure(folder, file)
			if test.says == "" {
				if err != nil || made.Token != strings.TrimSpace(test.content) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

package podnet

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/fake"
)

const patience = 20 * time.Second

func TestSettings(t *testing.T) {
	for _, test := range []struct {
		name    string
		env     map[string]string
		args    []string
		node    string
		subnets string
		says    string
	}{
		{"from the environment", map[string]string{"NODE_NAME": "n", "POD_SUBNET": "10.244.0.0/16"}, nil, "n", "10.244.0.0/16", ""},
		{"two families", map[string]string{"NODE_NAME": "n", "POD_SUBNET": "10.244.0.0/16,fd00:10:244::/56"}, nil, "n", "10.244.0.0/16 fd00:10:244::/56", ""},
		{"flags win", map[string]string{"NODE_NAME": "n", "POD_SUBNET": "10.244.0.0/16"}, []string{"-node", "m", "-pod-subnet", "10.1.0.0/16"}, "m", "10.1.0.0/16", ""},
		{"no node", map[string]string{"POD_SUBNET": "10.244.0.0/16"}, nil, "", "", "no node name: set -node or NODE_NAME"},
		{"no subnet", map[string]string{"NODE_NAME": "n"}, nil, "", "", `reading pod subnet "": invalid CIDR address: `},
		{"half a subnet", map[string]string{"NODE_NAME": "n", "POD_SUBNET": "10.244.0.0/16,"}, nil, "", "", "set -pod-subnet or POD_SUBNET"},
		{"an unknown flag", map[string]string{"NODE_NAME": "n"}, []string{"-subnet", "x"}, "", "", "flag provided but not defined: -subnet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"NODE_NAME", "POD_SUBNET", "CONTROL_PLANE_ENDPOINT"} {
				t.Setenv(name, test.env[name])
			}
			got, err := parse(test.args)
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Fatalf("the error is %v, want %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var subnets []string
			for _, subnet := range got.podSubnets {
				subnets = append(subnets, subnet.String())
			}
			if got.node != test.node || strings.Join(subnets, " ") != test.subnets {
				t.Errorf("got %q and %q", got.node, subnets)
			}
		})
	}
}

func TestOutsideOfAPodItSaysWhatIsMissing(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	err := Run(t.Context(), []string{"-node", "n", "-pod-subnet", "10.244.0.0/16"})
	if err == nil || !strings.HasPrefix(err.Error(), "reading the service account: ") {
		t.Errorf("the error is %v", err)
	}
}

// A program that cannot do its work has to end: the kubelet tells nobody otherwise.
func TestAFailureEndsTheProgram(t *testing.T) {
	s := settings{node: "here", cniFile: filepath.Join(t.TempDir(), "missing", "cni.conflist")}
	done := make(chan error, 1)
	go func() {
		done <- follow(t.Context(), fake.NewClientset(node("here", []string{"10.244.1.0/24"}, nil)), s)
	}()
	select {
	case err := <-done:
		if err == nil || !strings.HasPrefix(err.Error(), "writing the CNI configuration: ") {
			t.Errorf("the error is %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it still runs")
	}
}

func TestTheEndOfItsContextEndsTheProgram(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	// Without nodes there is nothing to change on this machine.
	go func() { done <- follow(ctx, fake.NewClientset(), settings{node: "here"}) }()
	end()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("it still runs")
	}
}

// pretend puts a script in the place of the packet filter's tools, which notes how it is
// called and what it reads.
func pretend(t *testing.T, script string) (notes func() string) {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "notes")
	for _, name := range []string{"iptables", "iptables-restore", "ip6tables", "ip6tables-restore"} {
		content := "#!/bin/sh\n{ echo \"" + name + " $*\"; cat; } >> " + at + "\n" + script
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o700); err != nil { //nolint:gosec // It is there to be run.
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return func() string {
		content, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
}

func subnet(t *testing.T, cidr string) *net.IPNet {
	t.Helper()
	_, parsed, err := net.ParseCIDR(cidr)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestMasqueradeWritesOneChainForEachFamily(t *testing.T) {
	for _, test := range []struct{ cidr, program, multicast string }{
		{"10.244.0.0/16", "iptables", "224.0.0.0/4"},
		{"fd00:10:244::/56", "ip6tables", "ff00::/8"},
	} {
		t.Run(test.program, func(t *testing.T) {
			notes := pretend(t, `case "$*" in *" -C "*) exit 1;; esac`)
			if err := masquerade(t.Context(), subnet(t, test.cidr)); err != nil {
				t.Fatal(err)
			}
			jump := "POSTROUTING -s " + test.cidr + " -j SEATRIAL-MASQ\n"
			want := test.program + "-restore --wait --noflush\n*nat\n:SEATRIAL-MASQ - [0:0]\n" +
				"-A SEATRIAL-MASQ -d " + test.cidr + " -j RETURN\n-A SEATRIAL-MASQ -d " + test.multicast + " -j RETURN\n" +
				"-A SEATRIAL-MASQ -j MASQUERADE --random-fully\nCOMMIT\n" +
				test.program + " --wait -t nat -C " + jump + test.program + " --wait -t nat -A " + jump
			if got := notes(); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestAJumpThatIsThereIsNotAddedAgain(t *testing.T) {
	notes := pretend(t, "")
	if err := masquerade(t.Context(), subnet(t, "10.244.0.0/16")); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(notes(), "-t nat -A") {
		t.Errorf("it was added: %s", notes())
	}
}

func TestWhatThePacketFilterSaysIsInTheError(t *testing.T) {
	pretend(t, "echo 'Permission denied (you must be root)' >&2; exit 4")
	err := masquerade(t.Context(), subnet(t, "10.244.0.0/16"))
	want := "running iptables-restore --wait --noflush: exit status 4: Permission denied (you must be root)"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

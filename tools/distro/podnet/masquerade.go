package podnet

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
)

// chain holds our one rule, apart from kube-proxy's chains, which it rewrites whole.
const chain = "SEATRIAL-MASQ"

// masquerade lets pods reach what is outside of the cluster: traffic from a pod to
// anything but pods leaves with the node's address. Traffic between pods keeps the
// pod's address, so that an application sees who calls it.
func masquerade(ctx context.Context, podSubnet *net.IPNet) error {
	program, multicast := "iptables", "224.0.0.0/4"
	if podSubnet.IP.To4() == nil {
		program, multicast = "ip6tables", "ff00::/8"
	}
	rules := strings.Join([]string{
		"*nat",
		":" + chain + " - [0:0]",
		"-A " + chain + " -d " + podSubnet.String() + " -j RETURN",
		"-A " + chain + " -d " + multicast + " -j RETURN",
		"-A " + chain + " -j MASQUERADE --random-fully",
		"COMMIT",
		"",
	}, "\n")
	if err := call(ctx, rules, program+"-restore", "--wait", "--noflush"); err != nil {
		return err
	}
	jump := []string{"POSTROUTING", "-s", podSubnet.String(), "-j", chain}
	check := append([]string{"--wait", "-t", "nat", "-C"}, jump...)
	if call(ctx, "", program, check...) == nil {
		return nil
	}
	return call(ctx, "", program, append([]string{"--wait", "-t", "nat", "-A"}, jump...)...)
}

func call(ctx context.Context, input, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running %s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}

package story

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Helm runs the real helm command against the world's cluster and storage driver, and
// returns what it prints.
func (w *World) Helm(ctx context.Context, args ...string) (string, error) {
	return w.command(ctx, w.Tools.Helm(), args)
}

// Kubectl runs the real kubectl command against the world's cluster.
func (w *World) Kubectl(ctx context.Context, args ...string) (string, error) {
	return w.command(ctx, w.Tools.Kubectl(), args)
}

func (w *World) command(ctx context.Context, program string, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+w.Kubeconfig, "HELM_DRIVER="+string(w.Driver), "KUBECACHEDIR="+w.home)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		line := filepath.Base(program) + " " + strings.Join(args, " ")
		return "", fmt.Errorf("running %q: %w: %s", line, err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}

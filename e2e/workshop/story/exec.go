package story

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
)

// exec runs a command in a pod and returns what it prints. It asks the API
// server itself: a kubectl process for each look would take longer than the look.
func (w *World) exec(ctx context.Context, pod string, command ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	request := w.kube.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(w.Namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: command, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(w.Config(), "GET", request.URL().String())
	if err != nil {
		return "", fmt.Errorf("preparing a command in pod %q: %w", pod, err)
	}
	var printed, complaint bytes.Buffer
	if err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &printed, Stderr: &complaint}); err != nil {
		said := strings.TrimSpace(printed.String() + complaint.String())
		return "", fmt.Errorf("running %q in pod %q: %w: %s", strings.Join(command, " "), pod, err, said)
	}
	return printed.String(), nil
}

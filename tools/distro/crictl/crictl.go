// Package crictl answers the few questions that kind and a person at a broken node ask
// the container runtime: images, inspecti, pods and ps. It is a stand-in for the tool
// of that name, whose module is not to be had without its repository.
package crictl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const (
	socket  = "unix:///run/containerd/containerd.sock"
	timeout = 10 * time.Second
	usage   = "crictl images | inspecti IMAGE | pods | ps   (a stand-in with these four calls)"
)

// Run is the program: it prints to standard output what the runtime answers.
func Run(ctx context.Context, args []string) error { return run(ctx, socket, args, os.Stdout) }

func run(ctx context.Context, address string, args []string, out io.Writer) (err error) {
	if len(args) == 0 {
		return fmt.Errorf("usage: %s", usage)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", address, err)
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	images, runtime := cri.NewImageServiceClient(connection), cri.NewRuntimeServiceClient(connection)
	switch args[0] {
	case "images":
		return listImages(ctx, images, out)
	case "inspecti":
		if len(args) != 2 {
			return fmt.Errorf("inspecti takes one image: usage: %s", usage)
		}
		return inspectImage(ctx, images, args[1], out)
	case "pods":
		return listPods(ctx, runtime, out)
	case "ps":
		return listContainers(ctx, runtime, out)
	}
	return fmt.Errorf("%q is none of its calls: usage: %s", args[0], usage)
}

func listImages(ctx context.Context, client cri.ImageServiceClient, out io.Writer) error {
	answer, err := client.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil {
		return fmt.Errorf("listing images: %w", err)
	}
	return table(out, "IMAGE\tID\tSIZE", len(answer.GetImages()), func(i int) []any {
		image := answer.GetImages()[i]
		return []any{strings.Join(image.GetRepoTags(), ","), image.GetId(), image.GetSize()}
	})
}

// inspectImage prints the fields of the real tool's answer that identify an image.
func inspectImage(ctx context.Context, client cri.ImageServiceClient, name string, out io.Writer) error {
	answer, err := client.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}})
	if err != nil {
		return fmt.Errorf("inspecting image %q: %w", name, err)
	}
	image := answer.GetImage()
	if image == nil {
		return fmt.Errorf("inspecting image %q: no such image", name)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"status": map[string]any{
		"id": image.GetId(), "repoTags": image.GetRepoTags(), "repoDigests": image.GetRepoDigests(), "size": fmt.Sprint(image.GetSize()),
	}})
}

func listPods(ctx context.Context, client cri.RuntimeServiceClient, out io.Writer) error {
	answer, err := client.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return fmt.Errorf("listing pods: %w", err)
	}
	return table(out, "POD ID\tSTATE\tNAMESPACE\tNAME", len(answer.GetItems()), func(i int) []any {
		pod := answer.GetItems()[i]
		return []any{short(pod.GetId()), pod.GetState(), pod.GetMetadata().GetNamespace(), pod.GetMetadata().GetName()}
	})
}

func listContainers(ctx context.Context, client cri.RuntimeServiceClient, out io.Writer) error {
	answer, err := client.ListContainers(ctx, &cri.ListContainersRequest{})
	if err != nil {
		return fmt.Errorf("listing containers: %w", err)
	}
	return table(out, "CONTAINER\tSTATE\tNAME\tATTEMPT\tPOD ID", len(answer.GetContainers()), func(i int) []any {
		c := answer.GetContainers()[i]
		return []any{short(c.GetId()), c.GetState(), c.GetMetadata().GetName(), c.GetMetadata().GetAttempt(), short(c.GetPodSandboxId())}
	})
}

func table(out io.Writer, header string, rows int, row func(int) []any) error {
	writer := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(writer, header)
	for i := range rows {
		cells := row(i)
		texts := make([]string, len(cells))
		for j, cell := range cells {
			texts[j] = fmt.Sprint(cell)
		}
		fmt.Fprintln(writer, strings.Join(texts, "\t"))
	}
	return writer.Flush()
}

// short cuts an ID to the length that is unique enough for a person.
func short(id string) string { return id[:min(13, len(id))] }

package crictl

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const (
	pauseID = "sha256:0123456789abcdef"
	pod     = "aaaaaaaaaaaaaaaaaaaa"
	etcd    = "bbbbbbbbbbbbbbbbbbbb"
)

// runtime answers as containerd would, for one pod with one container.
type runtime struct {
	cri.UnimplementedRuntimeServiceServer
	cri.UnimplementedImageServiceServer
}

func image() *cri.Image {
	return &cri.Image{Id: pauseID, RepoTags: []string{"registry.k8s.io/pause:3.10", "localhost/pause:1"}, RepoDigests: []string{"registry.k8s.io/pause@" + pauseID}, Size: 1234}
}

func (*runtime) ListImages(context.Context, *cri.ListImagesRequest) (*cri.ListImagesResponse, error) {
	return &cri.ListImagesResponse{Images: []*cri.Image{image()}}, nil
}

func (*runtime) ImageStatus(_ context.Context, request *cri.ImageStatusRequest) (*cri.ImageStatusResponse, error) {
	if request.GetImage().GetImage() != "registry.k8s.io/pause:3.10" {
		return &cri.ImageStatusResponse{}, nil
	}
	return &cri.ImageStatusResponse{Image: image()}, nil
}

func (*runtime) ListPodSandbox(context.Context, *cri.ListPodSandboxRequest) (*cri.ListPodSandboxResponse, error) {
	return &cri.ListPodSandboxResponse{Items: []*cri.PodSandbox{
		{Id: pod, State: cri.PodSandboxState_SANDBOX_READY, Metadata: &cri.PodSandboxMetadata{Namespace: "kube-system", Name: "etcd"}},
	}}, nil
}

func (*runtime) ListContainers(context.Context, *cri.ListContainersRequest) (*cri.ListContainersResponse, error) {
	return &cri.ListContainersResponse{Containers: []*cri.Container{
		{Id: etcd, PodSandboxId: pod, State: cri.ContainerState_CONTAINER_RUNNING, Metadata: &cri.ContainerMetadata{Name: "etcd", Attempt: 2}},
		{Id: "short", Metadata: &cri.ContainerMetadata{}},
	}}, nil
}

// serve starts the runtime on a socket of the test.
func serve(t *testing.T) (address string) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "socket")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", at)
	if err != nil {
		t.Fatal(err)
	}
	server, answers := grpc.NewServer(), &runtime{}
	cri.RegisterRuntimeServiceServer(server, answers)
	cri.RegisterImageServiceServer(server, answers)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "unix://" + at
}

func TestListsAreTables(t *testing.T) {
	address := serve(t)
	for _, test := range []struct{ call, want string }{
		{"images", `
IMAGE                                         ID                       SIZE
registry.k8s.io/pause:3.10,localhost/pause:1  sha256:0123456789abcdef  1234
`},
		{"pods", `
POD ID         STATE          NAMESPACE    NAME
aaaaaaaaaaaaa  SANDBOX_READY  kube-system  etcd
`},
		{"ps", `
CONTAINER      STATE              NAME  ATTEMPT  POD ID
bbbbbbbbbbbbb  CONTAINER_RUNNING  etcd  2        aaaaaaaaaaaaa
short          CONTAINER_CREATED        0        
`},
	} {
		t.Run(test.call, func(t *testing.T) {
			var out bytes.Buffer
			if err := run(t.Context(), address, []string{test.call}, &out); err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got:\n%q\nwant:\n%q", got, want)
			}
		})
	}
}

// kind reads the identity of an image from this answer.
func TestInspectingAnImagePrintsItsIdentity(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), serve(t), []string{"inspecti", "registry.k8s.io/pause:3.10"}, &out); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Status struct {
			ID          string   `json:"id"`
			RepoTags    []string `json:"repoTags"`
			RepoDigests []string `json:"repoDigests"`
			Size        string   `json:"size"`
		} `json:"status"`
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Status.ID != pauseID || len(answer.Status.RepoTags) != 2 || len(answer.Status.RepoDigests) != 1 || answer.Status.Size != "1234" {
		t.Errorf("the answer is %+v", answer.Status)
	}
}

func TestWhatItCannotDoItSays(t *testing.T) {
	address := serve(t)
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"nothing", nil, "usage: crictl images | inspecti IMAGE"},
		{"another call", []string{"rmi", "x"}, `"rmi" is none of its calls`},
		{"no image", []string{"inspecti"}, "inspecti takes one image"},
		{"two images", []string{"inspecti", "a", "b"}, "inspecti takes one image"},
		{"an image that is not there", []string{"inspecti", "a"}, `inspecting image "a": no such image`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			err := run(t.Context(), address, test.args, &out)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
			if out.Len() > 0 {
				t.Errorf("it printed %s", out.String())
			}
		})
	}
}

func TestARuntimeThatIsDownIsNamed(t *testing.T) {
	at := filepath.Join(t.TempDir(), "socket")
	for call, says := range map[string]string{"images": "listing images: ", "pods": "listing pods: ", "ps": "listing containers: ", "inspecti": `inspecting image "a": `} {
		args := []string{call}
		if call == "inspecti" {
			args = append(args, "a")
		}
		err := run(t.Context(), "unix://"+at, args, &bytes.Buffer{})
		if err == nil || !strings.HasPrefix(err.Error(), says) || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: the error is %v", call, err)
		}
	}
}

package acceptance

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func TestReadyMeansReady(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	p := launch(t, "--nodes", "2")
	if !p.Ready || p.PID != p.command.Process.Pid || p.Kubernetes != kubernetesVersion(t) {
		t.Errorf("it says %+v", p.ready)
	}
	if !strings.HasPrefix(p.Data, temporary) || p.Kubeconfig != filepath.Join(p.Data, "kubeconfig") {
		t.Errorf("it says %+v", p.ready)
	}
	if info, err := os.Stat(p.Kubeconfig); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the kubeconfig: %v, %v", info.Mode(), err)
	}
	client := p.client(t)
	if version, err := client.Discovery().ServerVersion(); err != nil || version.GitVersion != p.Kubernetes {
		t.Errorf("the server says %v, %v", version, err)
	}
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(nodes.Items) != 2 {
		t.Fatalf("nodes: %v, %v", nodes, err)
	}
	for _, node := range nodes.Items {
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status != corev1.ConditionTrue {
				t.Errorf("%s: %s", node.Name, condition.Message)
			}
		}
	}
	if _, err := client.CoreV1().ServiceAccounts("default").Get(t.Context(), "default", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	service, err := client.CoreV1().Services("default").Get(t.Context(), "kubernetes", metav1.GetOptions{})
	if err != nil || service.Spec.ClusterIP != "10.96.0.1" {
		t.Errorf("the Service of the server: %v, %v", service, err)
	}
	p.end(t)
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestItEndsWhenItsInputIsClosed(t *testing.T) {
	p := launch(t)
	if err := p.input.Close(); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 0 || !gone(p.Data) {
		t.Errorf("it ended with %d, its folder is gone: %v", code, gone(p.Data))
	}
}

func TestItStaysIfToldTo(t *testing.T) {
	p := launch(t, "--stay")
	if err := p.input.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.client(t).CoreV1().Nodes().List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
	p.end(t)
}

func TestItEndsWithAParentThatIsKilled(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), actAsParent+"="+binary(t))
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var child ready
	if err := json.Unmarshal(line, &child); err != nil {
		t.Fatal(err)
	}
	if err := command.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	eventually(t, "the child and its folder are gone", func() bool { return !alive(child.PID) && gone(child.Data) })
}

func TestANamedFolderSurvivesAKill(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	first := launch(t, "--data", folder)
	config := first.config(t)
	kept := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}, Data: map[string]string{"a": "b"}}
	if _, err := first.client(t).CoreV1().ConfigMaps("default").Create(t.Context(), kept, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := first.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.wait()

	again := launch(t, "--data", folder)
	// What was handed out before is good still, but for the port.
	config.Host = again.Server
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.CoreV1().ConfigMaps("default").Get(t.Context(), "kept", metav1.GetOptions{})
	if err != nil || got.Data["a"] != "b" {
		t.Errorf("got %v, %v", got, err)
	}
	again.end(t)
	if gone(folder) {
		t.Error("a folder that somebody named was removed")
	}
}

func TestTwoDoNotMeet(t *testing.T) {
	one, two := launch(t), launch(t)
	if _, err := one.client(t).CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "only-here"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := two.client(t).CoreV1().Namespaces().Get(t.Context(), "only-here", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the other one: %v", err)
	}
	// Neither the certificate nor the token of one is good for the other.
	config := one.config(t)
	config.Host = two.Server
	if _, err := list(t, config); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with the certificate of the other: %v", err)
	}
	config = two.config(t)
	config.BearerToken = one.config(t).BearerToken
	if _, err := list(t, config); !apierrors.IsUnauthorized(err) {
		t.Errorf("with the token of the other: %v", err)
	}
	config.BearerToken = ""
	if _, err := list(t, config); !apierrors.IsForbidden(err) {
		t.Errorf("without a token: %v", err)
	}
	systems := map[string]bool{}
	for _, p := range []*process{one, two} {
		system, err := p.client(t).CoreV1().Namespaces().Get(t.Context(), "kube-system", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		systems[string(system.UID)] = true
	}
	if len(systems) != 2 {
		t.Error("both take themselves for the same cluster")
	}
}

func list(t *testing.T, config *rest.Config) (*corev1.NodeList, error) {
	t.Helper()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
}

func TestItListensOnLoopbackOnly(t *testing.T) {
	p := launch(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	port := p.Server[strings.LastIndex(p.Server, ":"):]
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+port, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	sockets, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID) + "/net/tcp")
	if err != nil {
		t.Skipf("no list of sockets here: %v (%s)", err, request.URL)
	}
	number, err := strconv.Atoi(port[1:])
	if err != nil {
		t.Fatal(err)
	}
	want := "0100007F:" + strings.ToUpper(strconv.FormatInt(int64(number), 16))
	if !strings.Contains(string(sockets), want) {
		t.Errorf("%s does not listen on 127.0.0.1", p.Server)
	}
}

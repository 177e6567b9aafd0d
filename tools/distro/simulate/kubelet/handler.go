// Package kubelet answers what an API server asks the kubelet of a simulated node.
package kubelet

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"

	"seatrial/tools/distro/simulate/rules"
)

const (
	// idleTimeout ends a connection on which nothing happens; an answer takes no time.
	idleTimeout = time.Minute
	// hint tells how to get another answer than this one.
	hint = "a rule of ConfigMap " + rules.Namespace + "/" + rules.ConfigMap
	// nothingRuns is what every answer says that a real kubelet would not give.
	nothingRuns = "this pod runs on a simulated node: nothing is executed"
)

var (
	errExec    = errors.New(nothingRuns + `; set "exec" in ` + hint + " to have an answer")
	errAttach  = errors.New(nothingRuns + ", so there is nothing to attach to")
	errForward = errors.New(nothingRuns + ", so nothing listens on its ports")
)

// handler has what answers are made from.
type handler struct {
	pod   func(namespace, name string) (*corev1.Pod, error)
	rules func() *rules.Rules
}

// NewHandler makes the handler for the kubelets of all nodes: a pod is found whatever its node is.
func NewHandler(pod func(namespace, name string) (*corev1.Pod, error), current func() *rules.Rules) http.Handler {
	h := &handler{pod: pod, rules: current}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", h.logs)
	for _, method := range []string{"GET", "POST"} {
		mux.HandleFunc(method+" /exec/{namespace}/{pod}/{container}", h.exec)
		mux.HandleFunc(method+" /exec/{namespace}/{pod}/{uid}/{container}", h.exec)
		mux.HandleFunc(method+" /attach/{namespace}/{pod}/{container}", h.attach)
		mux.HandleFunc(method+" /attach/{namespace}/{pod}/{uid}/{container}", h.attach)
		mux.HandleFunc(method+" /portForward/{namespace}/{pod}", h.portForward)
		mux.HandleFunc(method+" /portForward/{namespace}/{pod}/{uid}", h.portForward)
	}
	return mux
}

// find looks a container up; if there is none, it has answered.
func (h *handler) find(w http.ResponseWriter, r *http.Request) (pod *corev1.Pod, name string, found bool) {
	pod, err := h.pod(r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, "pod "+quoted(r.PathValue("pod"))+" does not exist", http.StatusNotFound)
		return nil, "", false
	}
	name = r.PathValue("container")
	for _, c := range rules.Containers(pod) {
		if c.Name == name {
			return pod, name, true
		}
	}
	http.Error(w, "container "+quoted(name)+" not found in pod "+quoted(pod.Name), http.StatusNotFound)
	return nil, "", false
}

// rule is what the rules say about a container of a pod.
func (h *handler) rule(pod *corev1.Pod, name string) *rules.Rule {
	for _, c := range rules.Containers(pod) {
		if c.Name == name {
			return h.rules().For(pod, c)
		}
	}
	return nil
}

func (h *handler) exec(w http.ResponseWriter, r *http.Request) {
	pod, name, found := h.find(w, r)
	if !found {
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	said := command{failure: errExec}
	if rule := h.rule(pod, name); rule != nil && rule.Exec != nil {
		said = command{text: *rule.Exec}
	}
	remotecommand.ServeExec(w, r, said, pod.Name, string(pod.UID), name, r.URL.Query()["command"], options,
		idleTimeout, remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
}

func (h *handler) attach(w http.ResponseWriter, r *http.Request) {
	pod, name, found := h.find(w, r)
	if !found {
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeAttach(w, r, command{failure: errAttach}, pod.Name, string(pod.UID), name, options,
		idleTimeout, remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
}

// portForward refuses before a connection is made: kubectl then ends, instead of listening for nothing.
func (h *handler) portForward(w http.ResponseWriter, r *http.Request) {
	if _, err := h.pod(r.PathValue("namespace"), r.PathValue("pod")); err != nil {
		http.Error(w, "pod "+quoted(r.PathValue("pod"))+" does not exist", http.StatusNotFound)
		return
	}
	http.Error(w, errForward.Error(), http.StatusNotImplemented)
}

// command is what every command and every process says: a text, or why there is none.
type command struct {
	text    string
	failure error
}

// ExecInContainer implements [remotecommand.Executor].
func (c command) ExecInContainer(_ context.Context, _, _, _ string, _ []string, _ io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error { //nolint:revive // The interface is Kubernetes'.
	if c.failure != nil || out == nil {
		return c.failure
	}
	_, err := io.WriteString(out, c.text)
	return err
}

// AttachContainer implements [remotecommand.Attacher].
func (c command) AttachContainer(context.Context, string, string, string, io.Reader, io.WriteCloser, io.WriteCloser, bool, <-chan remotecommand.TerminalSize) error {
	return c.failure
}

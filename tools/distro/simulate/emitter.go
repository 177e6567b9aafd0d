package simulate

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"

	"seatrial/tools/distro/simulate/lifecycle"
)

// emitter sends events as kubelets do: in the background, counting those that say the same, and dropping some if
// there are too many.
type emitter struct {
	client      kubernetes.Interface
	broadcaster record.EventBroadcaster
	own         record.EventRecorder

	mu      sync.Mutex
	ofNodes map[string]record.EventRecorder
}

func newEmitter(client kubernetes.Interface) *emitter {
	return &emitter{client: client, ofNodes: map[string]record.EventRecorder{}}
}

func (e *emitter) start(ctx context.Context) {
	e.broadcaster = record.NewBroadcaster(record.WithContext(ctx))
	e.own = e.broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "seatrial-simulation"})
	e.broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: e.client.CoreV1().Events("")})
}

func (e *emitter) stop() { e.broadcaster.Shutdown() }

// ofPod sends an event in the name of the pod's kubelet.
func (e *emitter) ofPod(pod *corev1.Pod, event lifecycle.Event) {
	about := &corev1.ObjectReference{
		APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
		ResourceVersion: pod.ResourceVersion, FieldPath: event.FieldPath,
	}
	e.node(pod.Spec.NodeName).Event(about, event.Type, event.Reason, event.Message)
}

// ofObject sends an event in the name of the simulation.
func (e *emitter) ofObject(object runtime.Object, kind, reason, message string) {
	e.own.Event(object, kind, reason, message)
}

func (e *emitter) node(name string) record.EventRecorder {
	e.mu.Lock()
	defer e.mu.Unlock()
	recorder, found := e.ofNodes[name]
	if !found {
		recorder = e.broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "kubelet", Host: name})
		e.ofNodes[name] = recorder
	}
	return recorder
}

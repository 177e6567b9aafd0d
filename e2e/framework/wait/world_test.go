package wait

import (
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"

	"seatrial/e2e/framework/objects"
)

// world is a small release that is ready: a Deployment of two pods behind a Service. Tests break one thing of it.
type world struct {
	deployment *appsv1.Deployment
	replicaSet *appsv1.ReplicaSet
	pods       []*corev1.Pod
	service    *corev1.Service
	slice      *discoveryv1.EndpointSlice

	// wanted and live are further objects of the manifest and of the cluster.
	wanted, live []runtime.Object
	gone         []objects.Ref
	undeleted    time.Duration
	slave        *appsv1.Deployment // of an earlier revision
	known        map[objects.Ref]types.UID
	rule         LoadBalancerRule
}

// noon is when the first object of a world was made.
func noon() metav1.Time {
	return metav1.NewTime(time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC))
}

func later(d time.Duration) metav1.Time { return metav1.NewTime(noon().Add(d)) }

func newWorld() *world {
	labels := map[string]string{"app": "web"}
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "web:1"}}},
	}
	w := &world{}
	w.deployment = &appsv1.Deployment{
		ObjectMeta: named("web", nil),
		Spec:       appsv1.DeploymentSpec{Replicas: new(int32(2)), Template: template},
		Status:     appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: 2, UpdatedReplicas: 2, ReadyReplicas: 2, AvailableReplicas: 2},
	}
	w.replicaSet = &appsv1.ReplicaSet{
		ObjectMeta: named("web-57", w.deployment),
		Spec:       appsv1.ReplicaSetSpec{Replicas: new(int32(2)), Template: template},
		Status:     appsv1.ReplicaSetStatus{ObservedGeneration: 1, Replicas: 2, AvailableReplicas: 2},
	}
	w.replicaSet.Annotations = map[string]string{"deployment.kubernetes.io/revision": "1"}
	for _, name := range []string{"web-57-a", "web-57-b"} {
		w.pods = append(w.pods, readyPod(name, labels, w.replicaSet))
	}
	w.service = &corev1.Service{
		ObjectMeta: named("web", nil),
		Spec:       corev1.ServiceSpec{Selector: labels, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}
	w.service.UID = "service-uid"
	w.slice = sliceOf(w.service, w.pods...)
	return w
}

// named gives an object its metadata; with an owner it looks as a controller made it.
func named(name string, owner runtime.Object) metav1.ObjectMeta {
	m := metav1.ObjectMeta{
		Namespace: "demo", Name: name, UID: types.UID(name + "-uid"), Generation: 1, CreationTimestamp: noon(),
	}
	if owner == nil {
		return m
	}
	gvk := kindOf(owner)
	m.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind, Controller: new(true),
		Name: metaOf(owner).GetName(), UID: metaOf(owner).GetUID(),
	}}
	m.UID = types.UID(name + "-of-" + string(metaOf(owner).GetUID()))
	return m
}

func metaOf(o runtime.Object) metav1.Object {
	m, ok := o.(metav1.Object)
	if !ok {
		panic(fmt.Sprintf("%T has no metadata", o))
	}
	return m
}

func kindOf(o runtime.Object) schema.GroupVersionKind {
	kinds, _, err := scheme.Scheme.ObjectKinds(o)
	if err != nil {
		panic(err)
	}
	return kinds[0]
}

func readyPod(name string, labels map[string]string, owner runtime.Object) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: func() metav1.ObjectMeta {
			m := named(name, owner)
			m.Labels = labels
			return m
		}(),
		Spec: corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "app", Image: "web:1"}}},
		Status: corev1.PodStatus{
			Phase:             corev1.PodRunning,
			Conditions:        []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Ready: true, State: running()}},
		},
	}
}

func running() corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
}

// unready takes readiness from a pod and puts its container into another state.
func unready(p *corev1.Pod, state corev1.ContainerState) *corev1.ContainerStatus {
	p.Status.Conditions = nil
	p.Status.ContainerStatuses[0].Ready = false
	p.Status.ContainerStatuses[0].State = state
	return &p.Status.ContainerStatuses[0]
}

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func sliceOf(s *corev1.Service, pods ...*corev1.Pod) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{ObjectMeta: named(s.Name+"-x", s)}
	slice.Labels = map[string]string{discoveryv1.LabelServiceName: s.Name}
	for _, p := range s.Spec.Ports {
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &p.Name})
	}
	for _, p := range pods {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: p.Name, UID: p.UID},
		})
	}
	return slice
}

func warningOn(o runtime.Object, reason, message string, at metav1.Time) *corev1.Event {
	e := &corev1.Event{ObjectMeta: named(metaOf(o).GetName()+"."+at.Format("150405"), nil), Type: "Warning", Reason: reason, Message: message}
	e.InvolvedObject = corev1.ObjectReference{UID: metaOf(o).GetUID()}
	e.LastTimestamp = at
	return e
}

// without takes one pod out of the world, and out of the list of endpoints.
func (w *world) without(p *corev1.Pod) {
	w.pods = slices.DeleteFunc(w.pods, func(other *corev1.Pod) bool { return other == p })
	w.slice = sliceOf(w.service, w.pods...)
}

func (w *world) state() State {
	s := State{Gone: w.gone, Known: w.known, Undeleted: w.undeleted, LoadBalancer: w.rule}
	for _, o := range append([]runtime.Object{w.deployment, w.service}, w.wanted...) {
		s.Wanted = append(s.Wanted, untyped(o))
	}
	live := append([]runtime.Object{w.deployment, w.replicaSet, w.service, w.slice}, w.live...)
	for _, p := range w.pods {
		live = append(live, p)
	}
	for _, o := range live {
		s.Live = append(s.Live, untyped(o))
	}
	return s
}

func untyped(o runtime.Object) *unstructured.Unstructured {
	if u, ok := o.(*unstructured.Unstructured); ok {
		return u
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		panic(err)
	}
	u := &unstructured.Unstructured{Object: content}
	u.SetGroupVersionKind(kindOf(o))
	return u
}

func lines(unready []Unready) []string {
	var out []string
	for _, u := range unready {
		line := u.String()
		if u.Terminal {
			line = "FAILED " + line
		}
		out = append(out, line)
	}
	return out
}

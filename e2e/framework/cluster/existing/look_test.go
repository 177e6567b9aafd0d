package existing

import (
	"errors"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/cluster"
)

func node(name, containerRuntime string, ready corev1.ConditionStatus) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready}},
			NodeInfo:   corev1.NodeSystemInfo{ContainerRuntimeVersion: containerRuntime, KubeletVersion: "v1.37.2"},
		},
	}
}

func dns(ready bool) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name: "kube-dns-x", Namespace: "kube-system", Labels: map[string]string{discoveryv1.LabelServiceName: "kube-dns"},
		},
		Endpoints: []discoveryv1.Endpoint{{Conditions: discoveryv1.EndpointConditions{Ready: &ready}}},
	}
}

func storage(isDefault string) *storagev1.StorageClass {
	return &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "s", Annotations: map[string]string{defaultClass: isDefault}}}
}

func TestFeaturesAreWhatCanBeSeen(t *testing.T) {
	faked := node("faked", "containerd://2.0", corev1.ConditionTrue)
	faked.Annotations = map[string]string{"kwok.x-k8s.io/node": "fake"}
	for name, c := range map[string]struct {
		objects []runtime.Object
		want    cluster.Features
		ready   int
	}{
		"real nodes": {
			[]runtime.Object{node("a", "containerd://2.4.2", corev1.ConditionTrue), dns(true), storage("true")},
			cluster.Features{Containers: true, PodNetwork: true, Volumes: true},
			1,
		},
		"real nodes without DNS": {
			[]runtime.Object{node("a", "cri-o://1.30", corev1.ConditionTrue), dns(false), storage("false")},
			cluster.Features{Containers: true},
			1,
		},
		"our simulated nodes": {
			[]runtime.Object{node("a", "simulated://seatrial", corev1.ConditionTrue), dns(true), storage("true")}, cluster.Features{Volumes: true}, 1,
		},
		"one of others": {[]runtime.Object{node("a", "docker://28", corev1.ConditionTrue), faked}, cluster.Features{}, 2},
		"nodes that are not ready": {
			[]runtime.Object{node("a", "containerd://2", corev1.ConditionUnknown), node("b", "", corev1.ConditionFalse)}, cluster.Features{}, 0,
		},
		"nothing": {nil, cluster.Features{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			found, err := look(t.Context(), fake.NewClientset(c.objects...))
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(found.features).To(gomega.Equal(c.want))
			g.Expect(found.ready).To(gomega.HaveLen(c.ready))
		})
	}
}

func TestWhatCannotBeSeenIsSaid(t *testing.T) {
	for resource, says := range map[string]string{
		"nodes": "looking at the nodes: ", "endpointslices": "looking for cluster DNS: ", "storageclasses": "looking for a default storage class: ",
	} {
		t.Run(resource, func(t *testing.T) {
			g := gomega.NewWithT(t)
			client := fake.NewClientset(node("a", "containerd://2", corev1.ConditionTrue))
			forbidden := errors.New("forbidden")
			client.PrependReactor("list", resource, func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, forbidden })
			_, err := look(t.Context(), client)
			g.Expect(err).To(gomega.MatchError(forbidden))
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(says)))
		})
	}
}

func TestImagesAreThereOnlyIfEveryNodeHasThem(t *testing.T) {
	g := gomega.NewWithT(t)
	with := corev1.Node{Status: corev1.NodeStatus{Images: []corev1.ContainerImage{{Names: []string{"a@sha256:1", "a:v1"}}}}}
	g.Expect(held([]corev1.Node{with, with}, []string{"a:v1"})).To(gomega.Equal(true))
	g.Expect(held([]corev1.Node{with, {}}, []string{"a:v1"})).To(gomega.Equal(false))
	g.Expect(held([]corev1.Node{with}, []string{"a:v2", "b:v1"})).To(gomega.Equal(false))
}

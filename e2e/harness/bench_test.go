package harness

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

// readyTimeout is for what a node with the images has to start.
const readyTimeout = time.Minute

// bench is a namespace to put objects into by hand, for specs that need no chart.
type bench struct {
	config    *rest.Config
	objects   *objects.Client
	kube      kubernetes.Interface
	namespace string
}

func newBench(ctx SpecContext) *bench {
	GinkgoHelper()
	return newBenchAt(ctx, handle)
}

func newBenchAt(ctx SpecContext, on framework.Handle) *bench {
	GinkgoHelper()
	b := &bench{namespace: newNamespaceAt(ctx, on)}
	var err error
	b.config, err = cluster.LoadRESTConfig(on.Kubeconfig)
	Expect(err).NotTo(HaveOccurred())
	b.objects, err = objects.Connect(ctx, b.config)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(b.objects.Close)
	b.kube, err = kubernetes.NewForConfig(b.config)
	Expect(err).NotTo(HaveOccurred())
	return b
}

// manifest reads objects of YAML documents, one each.
func manifest(documents ...string) []*unstructured.Unstructured {
	GinkgoHelper()
	var all []*unstructured.Unstructured
	for _, text := range documents {
		data, err := yaml.YAMLToJSON([]byte(text))
		Expect(err).NotTo(HaveOccurred())
		u := &unstructured.Unstructured{}
		Expect(u.UnmarshalJSON(data)).To(Succeed())
		all = append(all, u)
	}
	return all
}

// create makes the objects, and gives them back as the manifest has them.
func (b *bench) create(ctx context.Context, documents ...string) []*unstructured.Unstructured {
	GinkgoHelper()
	all := manifest(documents...)
	for _, u := range all {
		placed, mapping, err := b.objects.Place(u, b.namespace)
		Expect(err).NotTo(HaveOccurred())
		_, err = b.objects.Resource(mapping, b.namespace).Create(ctx, placed, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
	}
	return all
}

// remove deletes objects as Helm does: what they own goes later.
func (b *bench) remove(ctx context.Context, all ...*unstructured.Unstructured) {
	GinkgoHelper()
	background := metav1.DeletePropagationBackground
	for _, u := range all {
		mapping, err := b.objects.Mapping(u.GroupVersionKind())
		Expect(err).NotTo(HaveOccurred())
		Expect(b.objects.Resource(mapping, b.namespace).Delete(ctx, u.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})).To(Succeed())
	}
}

// patch changes an object as somebody with kubectl does.
func (b *bench) patch(ctx context.Context, u *unstructured.Unstructured, patch string) {
	GinkgoHelper()
	mapping, err := b.objects.Mapping(u.GroupVersionKind())
	Expect(err).NotTo(HaveOccurred())
	_, err = b.objects.Resource(mapping, b.namespace).Patch(ctx, u.GetName(), types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	Expect(err).NotTo(HaveOccurred())
}

func (b *bench) pods(ctx context.Context) []corev1.Pod {
	GinkgoHelper()
	list, err := b.kube.CoreV1().Pods(b.namespace).List(ctx, metav1.ListOptions{})
	Expect(err).NotTo(HaveOccurred())
	return list.Items
}

// ready waits for objects that can become ready.
func (b *bench) ready(ctx context.Context, all ...*unstructured.Unstructured) error {
	return wait.Ready(ctx, b.config, wait.Request{Namespace: b.namespace, Objects: all, Timeout: readyTimeout})
}

// redisDeployment is one pod of Redis that others can be made of: %CONTAINER% is the place for more of the container.
const redisDeployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: redis}
spec:
  replicas: 1
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: redis
        image: localhost/seatrial/redis:7
        imagePullPolicy: Never
        args: [redis-server, --protected-mode, "no"]
        ports: [{name: redis-server, containerPort: 6379}]
        env: [{name: COLOUR, value: blue}, {name: SIZE, value: small}]
`

const redisService = `
apiVersion: v1
kind: Service
metadata: {name: redis}
spec:
  type: NodePort
  selector: {app: redis}
  ports: [{name: redis, port: 6379, targetPort: redis-server}]
`

// shell is a Deployment of one pod that runs a shell command instead of Redis.
func shell(name, command, more string) string {
	return strings.NewReplacer("%NAME%", name, "%COMMAND%", command, "%MORE%", more).Replace(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: "%NAME%"}
spec:
  selector: {matchLabels: {app: "%NAME%"}}
  template:
    metadata: {labels: {app: "%NAME%"}}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
      - name: app
        image: localhost/seatrial/redis:7
        imagePullPolicy: Never
        command: [sh, -c, "%COMMAND%"]
        %MORE%
`)
}

package kind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	kindlog "sigs.k8s.io/kind/pkg/log"

	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/retry"
)

const (
	// headStartInterval is how often the node is asked for what kubeadm has not made yet.
	headStartInterval = 200 * time.Millisecond

	// podSubnet is what kind would choose.
	podSubnet = "10.244.0.0/16"

	// yamlBuffer is how much of a manifest is looked at to tell YAML from JSON.
	yamlBuffer = 4096
)

// headStart makes the pod network and the storage of a node image of ours as soon as the API
// server answers. Kind makes them one after the other when kubeadm is done with everything,
// with a kubectl process in the node for each; the node is ready, and with it the cluster's
// DNS, only after the network is.
//
// It ends when all is made, or with ctx; begun says when kubeadm is started.
func (p *Provider) headStart(ctx context.Context, o *order, begun <-chan struct{}) error {
	select {
	case <-begun:
	case <-ctx.Done():
		return nil
	}
	var last error
	for wanted := (addons{}); ; {
		err := wanted.make(ctx, p, o)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		if !retry.Pause(ctx, headStartInterval) {
			return fmt.Errorf("making the pod network and the storage: %w", errors.Join(last, context.Cause(ctx)))
		}
	}
}

// addons is what gets the head start, once it is known.
type addons struct {
	config  *rest.Config
	objects []*unstructured.Unstructured
}

// make is one try.
func (a *addons) make(ctx context.Context, p *Provider, o *order) (err error) {
	if a.config == nil {
		if a.config, err = p.superAdmin(ctx, o); err != nil {
			return err
		}
	}
	if a.objects == nil {
		if a.objects, err = p.readAddons(ctx, o); err != nil {
			return err
		}
	}
	client, err := objects.Connect(ctx, a.config)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, object := range a.objects {
		placed, mapping, err := client.Place(object, metav1.NamespaceDefault)
		if err != nil {
			return err
		}
		_, err = client.Resource(mapping, placed.GetNamespace()).Create(ctx, placed, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("creating %q: %w", objects.RefOf(placed), err)
		}
	}
	return nil
}

// superAdmin is a connection with the one certificate that needs no role: those of others
// have theirs only when kubeadm is nearly done.
func (p *Provider) superAdmin(ctx context.Context, o *order) (*rest.Config, error) {
	inside, err := p.engine.Run(ctx, "exec", o.nodeNames()[0], "cat", "/etc/kubernetes/super-admin.conf")
	if err != nil {
		return nil, condense(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(inside))
	if err != nil {
		return nil, fmt.Errorf("reading kubeadm's own kubeconfig: %w", err)
	}
	outside, err := p.library(kindlog.NoopLogger{}).KubeConfig(o.name, false)
	if err != nil {
		return nil, fmt.Errorf("asking kind for the kubeconfig: %w", condense(err))
	}
	seen, err := clientcmd.RESTConfigFromKubeConfig([]byte(outside))
	if err != nil {
		return nil, fmt.Errorf("reading kind's kubeconfig: %w", err)
	}
	config.Host = seen.Host
	config.Timeout = apiCallTimeout
	return config, nil
}

// readAddons reads the objects of the manifests that kind would apply.
func (p *Provider) readAddons(ctx context.Context, o *order) ([]*unstructured.Unstructured, error) {
	node := o.nodeNames()[0]
	network, err := p.engine.Run(ctx, "exec", node, "cat", "/kind/manifests/default-cni.yaml")
	if err != nil {
		return nil, condense(err)
	}
	storage, err := p.engine.Run(ctx, "exec", node, "cat", "/kind/manifests/default-storage.yaml")
	if err != nil {
		return nil, condense(err)
	}
	filled, err := fillNetwork(network)
	if err != nil {
		return nil, err
	}
	all, err := parseObjects(filled + "\n---\n" + storage)
	if err != nil {
		return nil, err
	}
	for _, object := range all {
		if object.GetKind() != "DaemonSet" {
			continue
		}
		if err := tellEndpoint(object, node+":6443"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fillNetwork does what kind does with a manifest that asks for it.
func fillNetwork(manifest string) (string, error) {
	parsed, err := template.New("network").Option("missingkey=error").Parse(manifest)
	if err != nil {
		return "", fmt.Errorf("reading the manifest of the pod network: %w", err)
	}
	var filled strings.Builder
	if err := parsed.Execute(&filled, map[string]string{"PodSubnet": podSubnet}); err != nil {
		return "", fmt.Errorf("filling in the manifest of the pod network: %w", err)
	}
	return filled.String(), nil
}

func parseObjects(manifest string) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(manifest)), yamlBuffer)
	var all []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the manifests of the node image: %w", err)
		}
		if len(object.Object) > 0 {
			all = append(all, object)
		}
	}
}

// tellEndpoint gives the network the API server's own address: the one of the Service works
// only after kube-proxy does.
func tellEndpoint(daemonSet *unstructured.Unstructured, endpoint string) error {
	path := []string{"spec", "template", "spec", "containers"}
	containers, _, err := unstructured.NestedSlice(daemonSet.Object, path...)
	if err != nil {
		return fmt.Errorf("reading the containers of %q: %w", objects.RefOf(daemonSet), err)
	}
	for _, container := range containers {
		fields, ok := container.(map[string]any)
		if !ok {
			continue
		}
		env, _, err := unstructured.NestedSlice(fields, "env")
		if err != nil {
			return fmt.Errorf("reading the environment of %q: %w", objects.RefOf(daemonSet), err)
		}
		fields["env"] = append(env, map[string]any{"name": "CONTROL_PLANE_ENDPOINT", "value": endpoint})
	}
	return unstructured.SetNestedSlice(daemonSet.Object, containers, path...)
}

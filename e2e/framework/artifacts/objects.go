package artifacts

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/objects"
)

// objects writes every object of a namespace as YAML, and the Namespace itself.
func (c collector) objects(ctx context.Context, namespace string) error {
	var mu sync.Mutex
	var failures []error
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for _, kind := range c.client.Kinds() {
		if kind.Kind == "Event" || !kind.Namespaced && kind.Kind != "Namespace" {
			continue
		}
		group.Go(func() error {
			if err := c.objectsOf(ctx, kind, namespace); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures = append(failures, fmt.Errorf("%q: %w", kind.Resource, err))
			}
			return nil
		})
	}
	err := group.Wait()
	return errors.Join(append(failures, err)...)
}

func (c collector) objectsOf(ctx context.Context, kind objects.Kind, namespace string) error {
	items, err := c.read(ctx, kind, namespace)
	if apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) {
		// The kind or the namespace was removed meanwhile, or the kind only looks like a list.
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	var failures []error
	for i := range items {
		text, err := readable(&items[i])
		if err == nil {
			err = c.in(namespace).write(text, "objects", c.folderOf(kind), items[i].GetName()+".yaml")
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

func (c collector) read(ctx context.Context, kind objects.Kind, namespace string) ([]unstructured.Unstructured, error) {
	if !kind.Namespaced {
		one, err := c.client.ResourceOf(kind.GVR(), "").Get(ctx, namespace, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return []unstructured.Unstructured{*one}, nil
	}
	list, err := c.client.ResourceOf(kind.GVR(), namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// folderOf is the kind, with its group where another group has a kind of that name.
func (c collector) folderOf(kind objects.Kind) string {
	for _, other := range c.client.Kinds() {
		if other.Kind == kind.Kind && other.Group < kind.Group {
			return kind.Kind + "." + kind.Group
		}
	}
	return kind.Kind
}

// readable is an object as YAML without what nobody reads and what nobody should.
func readable(u *unstructured.Unstructured) ([]byte, error) {
	shown := u.DeepCopy()
	shown.SetManagedFields(nil)
	if shown.GetKind() == "Secret" {
		redact(shown)
	}
	text, err := yaml.Marshal(shown.Object)
	if err != nil {
		return nil, fmt.Errorf("writing %q as YAML: %w", objects.RefOf(u), err)
	}
	return text, nil
}

// redact leaves the names of a Secret's values and how long they are.
func redact(u *unstructured.Unstructured) {
	for _, field := range []string{"data", "stringData"} {
		values, ok := u.Object[field].(map[string]any)
		if !ok {
			continue
		}
		for name, value := range values {
			values[name] = fmt.Sprintf("(redacted, %d characters)", len(fmt.Sprint(value)))
		}
	}
	// kubectl notes all of what it applied there, with the values.
	unstructured.RemoveNestedField(u.Object, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
}

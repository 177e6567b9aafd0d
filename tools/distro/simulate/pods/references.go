package pods

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"

	"seatrial/tools/distro/simulate/lifecycle"
)

// Cluster answers from its caches. What it does not find there it asks for: a ConfigMap that was created
// a moment before the pod may not have arrived yet.
type Cluster struct {
	// Client is asked for what the caches do not have.
	Client kubernetes.Interface
	// ConfigMaps may be without their values.
	ConfigMaps listers.ConfigMapLister
	// Secrets may be without their values.
	Secrets listers.SecretLister
}

// Keys implements [References].
func (c Cluster) Keys(ctx context.Context, object lifecycle.Object) (keys map[string]struct{}, found bool, err error) {
	if object.Kind == "secret" {
		cached, err := c.Secrets.Secrets(object.Namespace).Get(object.Name)
		if apierrors.IsNotFound(err) {
			cached, err = c.Client.CoreV1().Secrets(object.Namespace).Get(ctx, object.Name, metav1.GetOptions{})
		}
		return secretKeys(cached), err == nil, unlessNotFound(object, err)
	}
	cached, err := c.ConfigMaps.ConfigMaps(object.Namespace).Get(object.Name)
	if apierrors.IsNotFound(err) {
		cached, err = c.Client.CoreV1().ConfigMaps(object.Namespace).Get(ctx, object.Name, metav1.GetOptions{})
	}
	return configMapKeys(cached), err == nil, unlessNotFound(object, err)
}

func unlessNotFound(object lifecycle.Object, err error) error {
	if err == nil || apierrors.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("reading %s %q: %w", object.Kind, object.Namespace+"/"+object.Name, err)
}

func secretKeys(s *corev1.Secret) map[string]struct{} {
	keys := map[string]struct{}{}
	if s != nil {
		for key := range s.Data {
			keys[key] = struct{}{}
		}
	}
	return keys
}

func configMapKeys(c *corev1.ConfigMap) map[string]struct{} {
	keys := map[string]struct{}{}
	if c != nil {
		for key := range c.Data {
			keys[key] = struct{}{}
		}
		for key := range c.BinaryData {
			keys[key] = struct{}{}
		}
	}
	return keys
}

package helm

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
)

// note keeps the version of an object that was written.
func note[T metav1.Object](version *string, written T, err error) (T, error) {
	if err == nil {
		*version = written.GetResourceVersion()
	}
	return written, err
}

// notedSecrets are those that Helm's driver writes its records to. It does not tell which version they had then.
type notedSecrets struct {
	corev1client.SecretInterface

	version *string
}

func (n notedSecrets) Create(ctx context.Context, record *corev1.Secret, o metav1.CreateOptions) (*corev1.Secret, error) {
	made, err := n.SecretInterface.Create(ctx, record, o)
	return note(n.version, made, err)
}

func (n notedSecrets) Update(ctx context.Context, record *corev1.Secret, o metav1.UpdateOptions) (*corev1.Secret, error) {
	made, err := n.SecretInterface.Update(ctx, record, o)
	return note(n.version, made, err)
}

// notedConfigMaps are the same for records in ConfigMaps.
type notedConfigMaps struct {
	corev1client.ConfigMapInterface

	version *string
}

func (n notedConfigMaps) Create(ctx context.Context, record *corev1.ConfigMap, o metav1.CreateOptions) (*corev1.ConfigMap, error) {
	made, err := n.ConfigMapInterface.Create(ctx, record, o)
	return note(n.version, made, err)
}

func (n notedConfigMaps) Update(ctx context.Context, record *corev1.ConfigMap, o metav1.UpdateOptions) (*corev1.ConfigMap, error) {
	made, err := n.ConfigMapInterface.Update(ctx, record, o)
	return note(n.version, made, err)
}

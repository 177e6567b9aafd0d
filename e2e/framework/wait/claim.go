package wait

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// defaultClass marks the StorageClass of claims that name none.
const defaultClass = "storageclass.kubernetes.io/is-default-class"

func claim(x *index, u *unstructured.Unstructured) finding {
	c, err := as[corev1.PersistentVolumeClaim](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	switch c.Status.Phase {
	case corev1.ClaimBound:
		return finding{}
	case corev1.ClaimLost:
		return finding{reason: fmt.Sprintf("lost its volume %q", c.Spec.VolumeName), terminal: true}
	case corev1.ClaimPending:
	}
	consumer := x.consumer(c)
	class, reason := x.class(c)
	if class != nil && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer {
		if consumer == "" {
			// It is bound when a pod wants it, and none does: this is as ready as it gets.
			return finding{}
		}
		reason = fmt.Sprintf("not bound yet to a volume of StorageClass %q, which pod %q needs", class.Name, consumer)
	}
	f := finding{reason: joined(reason, x.warning(c.UID, anyReason))}
	if class == nil && c.Spec.StorageClassName != nil && *c.Spec.StorageClassName != "" && len(x.byKind[storageClasses()]) > 0 {
		f.dooms = []doom{{why: fmt.Sprintf("there is no StorageClass %q", *c.Spec.StorageClassName), after: RefusalPatience}}
	}
	return f
}

// class finds the StorageClass of a claim and says why the claim is not bound as far as that depends on the class.
func (x *index) class(c corev1.PersistentVolumeClaim) (class *storagev1.StorageClass, reason string) {
	if c.Spec.StorageClassName != nil && *c.Spec.StorageClassName == "" {
		return nil, "not bound yet; it asks for a volume made by hand"
	}
	for _, u := range x.byKind[storageClasses()] {
		one, err := as[storagev1.StorageClass](x, u)
		if err != nil {
			continue
		}
		named := c.Spec.StorageClassName != nil && one.Name == *c.Spec.StorageClassName
		if named || c.Spec.StorageClassName == nil && one.Annotations[defaultClass] == "true" {
			return &one, fmt.Sprintf("not bound yet to a volume of StorageClass %q", one.Name)
		}
	}
	if c.Spec.StorageClassName == nil {
		return nil, "not bound: it names no StorageClass and none is the default"
	}
	return nil, fmt.Sprintf("not bound: there is no StorageClass %q", *c.Spec.StorageClassName)
}

func storageClasses() schema.GroupKind {
	return schema.GroupKind{Group: "storage.k8s.io", Kind: "StorageClass"}
}

func (x *index) consumer(c corev1.PersistentVolumeClaim) string {
	for _, p := range x.podsIn(c.Namespace) {
		if ended(p) || p.DeletionTimestamp != nil {
			continue
		}
		for _, v := range p.Spec.Volumes {
			if v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == c.Name {
				return p.Name
			}
		}
	}
	return ""
}

// Package volumes gives claims their volumes: the default storage class of a kind cluster,
// and a provisioner behind it that makes the objects, but no folders.
package volumes

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/ptr"
)

const (
	// Class is the default storage class.
	Class = "standard"
	// Provisioner is named as the one of a kind cluster, so that claims and volumes look the
	// same here and there.
	Provisioner = "rancher.io/local-path"

	attempts   = 10
	firstRetry = 50 * time.Millisecond
	lastRetry  = 10 * time.Second
)

// CreateClass creates the default storage class, if it is not there.
func CreateClass(ctx context.Context, client kubernetes.Interface) error {
	class := &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        Class,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner:       Provisioner,
		ReclaimPolicy:     ptr.To(corev1.PersistentVolumeReclaimDelete),
		VolumeBindingMode: ptr.To(storagev1.VolumeBindingWaitForFirstConsumer),
	}
	_, err := client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("creating the storage class %q: %w", Class, err)
	}
	return nil
}

// provisioner reacts to claims and volumes.
type provisioner struct {
	client   kubernetes.Interface
	factory  informers.SharedInformerFactory
	recorder record.EventRecorder
	queue    workqueue.TypedRateLimitingInterface[task]
}

// task is a claim to provision, or a volume to delete.
type task struct{ claim, volume cache.ObjectName }

// Run provisions until ctx ends.
func Run(ctx context.Context, client kubernetes.Interface) error {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	p := newProvisioner(client, broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: Provisioner}))
	core := p.factory.Core().V1()
	_, claims := core.PersistentVolumeClaims().Informer().AddEventHandler(handler(p.claimChanged))
	_, volumes := core.PersistentVolumes().Informer().AddEventHandler(handler(p.volumeChanged))
	p.factory.Storage().V1().StorageClasses().Informer()
	if err := errors.Join(claims, volumes); err != nil {
		return fmt.Errorf("watching claims and volumes: %w", err)
	}
	p.factory.Start(ctx.Done())
	p.factory.WaitForCacheSync(ctx.Done())
	defer context.AfterFunc(ctx, p.queue.ShutDown)()
	for p.next(ctx) {
	}
	return nil
}

func newProvisioner(client kubernetes.Interface, recorder record.EventRecorder) *provisioner {
	return &provisioner{
		client:   client,
		factory:  informers.NewSharedInformerFactory(client, 0),
		recorder: recorder,
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[task](firstRetry, lastRetry)),
	}
}

func handler[T any](changed func(T)) cache.ResourceEventHandler {
	on := func(object any) {
		if typed, is := object.(T); is {
			changed(typed)
		}
	}
	return cache.ResourceEventHandlerFuncs{AddFunc: on, UpdateFunc: func(_, now any) { on(now) }}
}

func (p *provisioner) claimChanged(claim *corev1.PersistentVolumeClaim) {
	if claim.Spec.VolumeName == "" && claim.Annotations[provisionerAnnotation] == Provisioner {
		p.queue.Add(task{claim: cache.MetaObjectToName(claim)})
	}
}

func (p *provisioner) volumeChanged(volume *corev1.PersistentVolume) {
	if volume.Status.Phase == corev1.VolumeReleased {
		p.queue.Add(task{volume: cache.MetaObjectToName(volume)})
	}
}

func (p *provisioner) next(ctx context.Context) bool {
	t, shutdown := p.queue.Get()
	if shutdown {
		return false
	}
	defer p.queue.Done(t)
	var err error
	if t.claim.Name != "" {
		err = p.provision(ctx, t.claim)
	} else {
		err = p.remove(ctx, t.volume)
	}
	if err != nil && ctx.Err() == nil && p.queue.NumRequeues(t) < attempts {
		p.queue.AddRateLimited(t)
		return true
	}
	p.queue.Forget(t)
	return true
}

package volumes

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
)

const patience = 20 * time.Second

// claim is one that the volume controller and the scheduler have seen.
func claim(name string, annotations map[string]string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: "u-1", Annotations: annotations},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: new(Class),
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			},
		},
	}
}

func TestAClaimGetsAVolumeOnTheNodeOfItsPod(t *testing.T) {
	client := fake.NewClientset()
	if err := CreateClass(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if err := CreateClass(t.Context(), client); err != nil {
		t.Errorf("a second time: %v", err)
	}
	run(t, client)
	asked := map[string]string{provisionerAnnotation: Provisioner, selectedNode: "embedded-1"}
	if _, err := client.CoreV1().PersistentVolumeClaims("default").Create(t.Context(), claim("data", asked), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	var volume *corev1.PersistentVolume
	eventually(t, "the volume", func(ctx context.Context) (err error) {
		volume, err = client.CoreV1().PersistentVolumes().Get(ctx, "pvc-u-1", metav1.GetOptions{})
		return err
	})
	if ref := volume.Spec.ClaimRef; ref.Name != "data" || ref.UID != "u-1" {
		t.Errorf("it is for %v", ref)
	}
	if size := volume.Spec.Capacity[corev1.ResourceStorage]; size.String() != "1Gi" {
		t.Errorf("its size is %s", size.String())
	}
	if on := volume.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0].Values[0]; on != "embedded-1" {
		t.Errorf("it is on %s", on)
	}

	volume.Status.Phase = corev1.VolumeReleased
	if _, err := client.CoreV1().PersistentVolumes().UpdateStatus(t.Context(), volume, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the volume to go when its claim is gone", func(ctx context.Context) error {
		_, err := client.CoreV1().PersistentVolumes().Get(ctx, volume.Name, metav1.GetOptions{})
		if err == nil {
			return errors.New("it is still there")
		}
		return ignoreGone(err)
	})
}

func TestOnlyWhatIsAskedForIsProvisioned(t *testing.T) {
	immediate := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "now"}, Provisioner: Provisioner}
	foreign := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "foreign"}, Provisioner: "example.com/disk"}
	ours := map[string]string{provisionerAnnotation: Provisioner}
	for _, test := range []struct {
		name  string
		class string
		made  bool
	}{
		{"of a class that waits for a pod", Class, false},
		{"of a class that does not wait", "now", true},
		{"of somebody else's class", "foreign", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			asks := claim("data", ours)
			asks.Spec.StorageClassName = &test.class
			client := fake.NewClientset(immediate, foreign, asks)
			if err := CreateClass(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			p := newProvisioner(client, record.NewFakeRecorder(10))
			p.factory.Core().V1().PersistentVolumeClaims().Informer()
			p.factory.Storage().V1().StorageClasses().Informer()
			p.factory.Start(t.Context().Done())
			p.factory.WaitForCacheSync(t.Context().Done())
			if err := p.provision(t.Context(), cache.MetaObjectToName(asks)); err != nil {
				t.Fatal(err)
			}
			_, err := client.CoreV1().PersistentVolumes().Get(t.Context(), "pvc-u-1", metav1.GetOptions{})
			if made := !apierrors.IsNotFound(err); made != test.made {
				t.Errorf("made %v, want %v", made, test.made)
			}
		})
	}
}

func run(t *testing.T, client *fake.Clientset) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, client) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func eventually(t *testing.T, what string, holds func(ctx context.Context) error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		last = holds(ctx)
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v", what, last)
	}
}

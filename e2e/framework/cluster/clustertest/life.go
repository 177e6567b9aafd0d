package clustertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

// deadTimeout bounds a question to a cluster that must not answer any more.
const deadTimeout = 5 * time.Second

func collectsLogs(ctx context.Context, s Subject) (err error) {
	temp, err := runid.TempDir("contract")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	dir := filepath.Join(temp, "new", "folder")
	if err := s.Cluster.CollectLogs(ctx, dir); err != nil {
		return err
	}
	var written int64
	err = filepath.Walk(dir, func(_ string, about os.FileInfo, err error) error {
		if err == nil && about.Mode().IsRegular() {
			written += about.Size()
		}
		return err
	})
	if err == nil && written == 0 {
		err = errors.New("nothing was collected")
	}
	return err
}

func missesArchives(ctx context.Context, s Subject) error {
	absent := filepath.Join(os.TempDir(), "seatrial-contract-no-such-archive.tar")
	err := s.Cluster.LoadImages(ctx, absent)
	if err == nil || !strings.Contains(err.Error(), absent) {
		return fmt.Errorf("loading %q, which is not there, says %w", absent, orNothing(err))
	}
	return s.Cluster.LoadImages(ctx, s.Spec.Images...)
}

func refusesVersion(ctx context.Context, s Subject) error {
	before, err := s.Remains(ctx)
	if err != nil {
		return err
	}
	const other = "v1.99.0"
	spec := s.Spec
	spec.KubernetesVersion = other
	made, err := s.Provider.Create(ctx, spec)
	if err == nil {
		return errors.Join(fmt.Errorf("a cluster of Kubernetes %s was made, which does not exist", other), made.Delete(ctx))
	}
	if !strings.Contains(err.Error(), other) {
		return fmt.Errorf("the error does not name %s: %w", other, err)
	}
	left, err := s.added(ctx, before)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("the cluster that was refused has left %q", left)
	}
	return err
}

// apart makes a second cluster beside the first: what happens in one is not seen in the
// other, and the end of one is not the end of the other.
func apart(ctx context.Context, s Subject) (err error) {
	second, err := s.create(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, second.Delete(ctx)) }()
	if second.Name() == s.Cluster.Name() || second.Kubeconfig() == s.Cluster.Kubeconfig() {
		return fmt.Errorf("two clusters have the name %q or the kubeconfig %q", second.Name(), second.Kubeconfig())
	}
	if !s.Shared {
		if err := s.unseen(ctx, second); err != nil {
			return err
		}
	}
	if err := second.Delete(ctx); err != nil {
		return err
	}
	return ready(ctx, s)
}

// unseen looks in the first cluster for an object of the second.
func (s Subject) unseen(ctx context.Context, second cluster.Cluster) error {
	here, err := cluster.Connect(s.Cluster.Kubeconfig())
	if err != nil {
		return err
	}
	defer here.Close()
	there, err := cluster.Connect(second.Kubeconfig())
	if err != nil {
		return err
	}
	defer there.Close()
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "contract-of-the-second"}}
	if _, err := there.CoreV1().ConfigMaps(metav1.NamespaceDefault).Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("making an object in the second cluster: %w", err)
	}
	_, err = here.CoreV1().ConfigMaps(metav1.NamespaceDefault).Get(ctx, object.Name, metav1.GetOptions{})
	if !gone(err) {
		return fmt.Errorf("looking for an object of the second cluster in the first says %w", orNothing(err))
	}
	return nil
}

func named(ctx context.Context, s Subject) error {
	spec := s.Spec
	spec.Name = s.Cluster.Name()
	made, err := s.Provider.Create(ctx, spec)
	if err == nil {
		return errors.Join(fmt.Errorf("a second cluster has the name %q", spec.Name), made.Delete(ctx))
	}
	if !strings.Contains(err.Error(), spec.Name) {
		return fmt.Errorf("the error does not name %q: %w", spec.Name, err)
	}
	return ready(ctx, s)
}

// cancelled ends creations at their first line of progress and at the moments after it.
func cancelled(ctx context.Context, s Subject) error {
	before, err := s.Remains(ctx)
	if err != nil {
		return err
	}
	for _, after := range append([]time.Duration{0}, s.CancelAfter...) {
		if err := s.cancelOne(ctx, after); err != nil {
			return fmt.Errorf("cancelled %s after its first line: %w", after, err)
		}
		left, err := s.added(ctx, before)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("it has left %q", left)
		}
		if err != nil {
			return fmt.Errorf("cancelled %s after its first line: %w", after, err)
		}
	}
	return ready(ctx, s)
}

func (s Subject) cancelOne(ctx context.Context, after time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.Shared {
		cancel() // It says nothing on its way.
	}
	var once sync.Once
	spec := s.Spec
	spec.Progress = func(string) {
		once.Do(func() {
			if after == 0 {
				cancel()
				return
			}
			time.AfterFunc(after, cancel)
		})
	}
	made, err := s.Provider.Create(ctx, spec)
	if err == nil {
		// It was faster, and is handed over as if nobody had cancelled it.
		return made.Delete(context.WithoutCancel(ctx))
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the error does not say so: %w", err)
	}
	return nil
}

func survivesSweep(ctx context.Context, s Subject) error {
	removed, err := s.Provider.Sweep(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(removed, func(name string) bool { return strings.Contains(name, s.Cluster.Name()) }) {
		return fmt.Errorf("%q was removed while it was in use", s.Cluster.Name())
	}
	return ready(ctx, s)
}

// deleted is the last check.
func deleted(ctx context.Context, s Subject) error {
	client, err := cluster.Connect(s.Cluster.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	for range 3 {
		if err := s.Cluster.Delete(ctx); err != nil {
			return err
		}
	}
	left, err := s.Remains(ctx)
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(name string) bool { return !strings.Contains(name, s.Cluster.Name()) })
	if len(left) > 0 {
		return fmt.Errorf("left: %q", left)
	}
	if _, err := os.Stat(s.Cluster.Kubeconfig()); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the kubeconfig is still there: %w", orNothing(err))
	}
	ctx, cancel := context.WithTimeout(ctx, deadTimeout)
	defer cancel()
	if answer := client.Ready(ctx); (answer == nil) != s.Shared {
		return fmt.Errorf("whether the cluster answers that was deleted: %w", orNothing(answer))
	}
	return nil
}

// orNothing makes an error of none.
func orNothing(err error) error {
	if err == nil {
		return errors.New("nothing")
	}
	return err
}

package baseline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Clear takes away every object that the cluster did not have, and waits until the last one is gone. It returns the names
// of what it removed; what goes with its owner, or with its namespace, is not among them. What was changed or removed of
// the objects that the cluster had stays as it is.
func (b *Baseline) Clear(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, ClearTimeout, fmt.Errorf("not gone within %s", ClearTimeout))
	defer cancel()
	// There may be kinds that somebody has defined, and objects of them.
	if err := b.client.Refresh(ctx); err != nil {
		return nil, err
	}
	all, err := b.since(ctx)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, rank := range ranks() {
		some := slices.DeleteFunc(slices.Clone(all), func(o object) bool { return rankOf(o) != rank || within(o, all) })
		for _, one := range some {
			if one.owner != "" {
				continue
			}
			if err := b.remove(ctx, one); err != nil {
				return removed, err
			}
			removed = append(removed, one.String())
		}
		if err := b.await(ctx, some); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// since is what the cluster has and did not have, less what objects that it had have made anew, such as a pod of a
// Deployment of its own.
func (b *Baseline) since(ctx context.Context) ([]object, error) {
	all, err := b.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for what has to be cleared away: %w", err)
	}
	owners := map[types.UID]types.UID{}
	for _, one := range all {
		owners[one.uid] = one.owner
	}
	return slices.DeleteFunc(all, func(o object) bool {
		for at := o.uid; at != ""; at = owners[at] {
			if b.had[at] {
				return true
			}
		}
		return false
	}), nil
}

// The order in which objects go: what can keep others from going first, what others are made of last.
const (
	hooks       = iota // which would be asked, and may have nobody who answers
	custom             // whose controllers may have to see to it, while they are there
	plain              // in namespaces that stay, or in none
	namespaces         // with all that is in them
	definitions        // with all that is of them
)

func ranks() []int { return []int{hooks, custom, plain, namespaces, definitions} }

func rankOf(o object) int {
	switch {
	case o.kind.Group == "admissionregistration.k8s.io", o.kind.Group == "apiregistration.k8s.io":
		return hooks
	case o.kind.Group == "apiextensions.k8s.io":
		return definitions
	case o.kind.Group == "" && o.kind.Kind == "Namespace":
		return namespaces
	case strings.Contains(o.kind.Group, ".") && !strings.HasSuffix(o.kind.Group, ".k8s.io"):
		return custom
	}
	return plain
}

// within tells whether an object goes with its namespace. One whose controller may have to see to it goes before that.
func within(o object, all []object) bool {
	return rankOf(o) == plain && slices.ContainsFunc(all, func(other object) bool {
		return rankOf(other) == namespaces && other.name == o.namespace
	})
}

func (b *Baseline) remove(ctx context.Context, o object) error {
	background := metav1.DeletePropagationBackground
	err := b.client.ResourceOf(o.kind.GVR(), o.namespace).Delete(ctx, o.name, metav1.DeleteOptions{
		PropagationPolicy: &background, Preconditions: &metav1.Preconditions{UID: &o.uid},
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("removing %s: %w", o, err)
	}
	return nil
}

// await waits until objects are gone.
func (b *Baseline) await(ctx context.Context, all []object) error {
	for _, one := range all {
		err := until(ctx, func() (bool, error) {
			there, err := b.client.ResourceOf(one.kind.GVR(), one.namespace).Get(ctx, one.name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return true, nil
			}
			return err == nil && there.GetUID() != one.uid, err
		})
		if err != nil {
			return fmt.Errorf("waiting for %s to go: %w", one, err)
		}
	}
	return nil
}

func until(ctx context.Context, ask func() (bool, error)) error {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		done, err := ask()
		if done || err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}

package regression

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/wait"
)

// operate does one operation of Helm, and gives it up as soon as one of its hooks cannot end.
func (w *walk) operate(ctx context.Context, step Step) (made *helm.Release, err error) {
	request := wait.Request{
		Namespace: w.room.namespace, Objects: w.hooksOf(ctx, step), Timeout: w.run.Timeout, Progress: w.pending.set,
	}
	err = wait.DuringWith(ctx, w.api, request, func(ctx context.Context) error {
		made, err = w.change(ctx, step)
		return err
	})
	w.pending.clear()
	return made, err
}

func (w *walk) change(ctx context.Context, step Step) (*helm.Release, error) {
	revision := w.run.Revisions[step.Revision]
	switch step.Action {
	case Install:
		return w.helm.Install(ctx, w.run.Release, revision.Chart, revision.Values)
	case Upgrade:
		return w.helm.Upgrade(ctx, w.run.Release, revision.Chart, revision.Values)
	case Rollback:
		return w.helm.Rollback(ctx, w.run.Release, step.Back)
	case Uninstall:
		return nil, w.helm.Uninstall(ctx, w.run.Release)
	}
	return nil, fmt.Errorf("%s is no operation", step.Action)
}

// hooksOf are the objects of the hooks that a step runs. Helm takes those of the revision that it makes, and at the end
// those of the one that is there.
func (w *walk) hooksOf(ctx context.Context, step Step) []*unstructured.Unstructured {
	var all []helm.Hook
	switch step.Action {
	case Rollback:
		all = w.states[step.Back-1].release.Hooks
	case Uninstall:
		all = w.states[len(w.states)-1].release.Hooks
	case Install, Upgrade:
		if !w.run.hooked[step.Revision] {
			return nil
		}
		rendered, err := Render(ctx, w.helm, w.run.Revisions[step.Revision], w.run.Release)
		if err != nil {
			return nil // The operation itself will say it better.
		}
		all = rendered.Hooks
	}
	before, after := "pre-"+events(step.Action), "post-"+events(step.Action)
	ran := slices.DeleteFunc(slices.Clone(all), func(h helm.Hook) bool {
		return !slices.Contains(h.Events, before) && !slices.Contains(h.Events, after)
	})
	return hookObjects(helm.Release{Hooks: ran})
}

// events is how Helm calls an action in the events of hooks.
func events(a Action) string {
	if a == Uninstall {
		return "delete"
	}
	return string(a)
}

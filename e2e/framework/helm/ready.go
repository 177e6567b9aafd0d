package helm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"helm.sh/helm/v3/pkg/kube"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/resource"
)

// lookAgain is the pause before an object is looked at again where no watch tells, or
// one ended.
const lookAgain = 50 * time.Millisecond

// silence is how long a watch may tell nothing before its object is looked at again: one
// that something holds back looks the same as one of an object that does not change.
const silence = 5 * time.Second

// state is what is seen of an object being waited for.
type state struct {
	// done ends the wait; so does an error, which then says why it is in vain.
	done bool
	err  error
	// seen describes the object for the case that the wait is given up.
	seen string
}

// WatchUntilReady waits for the Jobs and Pods among the objects of a hook to complete.
func (o *objects) WatchUntilReady(list kube.ResourceList, timeout time.Duration) error {
	err := o.wait(list, timeout, " to complete", hookState)
	if o.watched != nil {
		o.watched(list, err)
	}
	return err
}

// WaitForDelete waits for objects to be gone.
func (o *objects) WaitForDelete(list kube.ResourceList, timeout time.Duration) error {
	return o.wait(list, timeout, " to be gone", goneState)
}

// Wait waits for the objects of a release to be ready, as Helm sees it. It is also how
// Helm waits for the CustomResourceDefinitions that a chart brings in its crds/.
func (o *objects) Wait(list kube.ResourceList, timeout time.Duration) error {
	definitions := list.Filter(isDefinition)
	if err := o.waitServed(definitions, timeout); err != nil || len(definitions) == len(list) {
		return err
	}
	return o.waitReady(list, timeout, kube.PausedAsReady(true))
}

// WaitWithJobs waits for Jobs too.
func (o *objects) WaitWithJobs(list kube.ResourceList, timeout time.Duration) error {
	if err := o.waitServed(list.Filter(isDefinition), timeout); err != nil {
		return err
	}
	return o.waitReady(list, timeout, kube.PausedAsReady(true), kube.CheckJobs(true))
}

func isDefinition(info *resource.Info) bool { return kindOf(info) == "CustomResourceDefinition" }

// waitReady asks Helm's own checker until it is content with every object. Errors that
// may pass, such as that of a pod that is gone by now, are asked about again.
func (o *objects) waitReady(list kube.ResourceList, timeout time.Duration, options ...kube.ReadyCheckerOption) error {
	client, err := o.session.KubernetesClientSet()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(o.session.link.ctx, timeout, &timeoutError{timeout})
	defer cancel()
	checker := kube.NewReadyChecker(client, o.session.debug, options...)
	return sideBySide(ctx, task{verb: "waiting for", rest: " to be ready"}, list, func(info *resource.Info) error {
		for {
			ready, err := checker.IsReady(ctx, info)
			if ready {
				return nil
			}
			if o.final(err) {
				return err
			}
			if over := pause(ctx); over != nil {
				return errors.Join(over, err)
			}
		}
	}).or(nil)
}

// final tells whether an object that err is about cannot become ready any more.
func (o *objects) final(err error) bool {
	if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return false
	}
	status, answered := errors.AsType[*apierrors.StatusError](err)
	if answered {
		return status.Status().Code < http.StatusInternalServerError && !apierrors.IsTooManyRequests(err)
	}
	return o.session.link.ctx.Err() == nil && o.session.link.unreachable() == nil // A Job that failed.
}

// waitServed waits for the kinds of definitions to be served.
func (o *objects) waitServed(list kube.ResourceList, timeout time.Duration) error {
	if err := o.wait(list, timeout, " to be established", definitionState); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(o.session.link.ctx, timeout)
	defer cancel()
	// An established kind takes another moment to be listed.
	for _, info := range list {
		for {
			listed, err := o.listed(info)
			if err != nil {
				return err
			}
			if listed {
				break
			}
			if err := pause(ctx); err != nil {
				return fmt.Errorf("waiting for %s to be listed: %w", nameOf(info), err)
			}
		}
	}
	return nil
}

// listed tells whether the API server lists the kind that a definition defines.
func (o *objects) listed(info *resource.Info) (bool, error) {
	if err := o.session.learn(); err != nil {
		return false, err
	}
	definition, ok := info.Object.(*unstructured.Unstructured)
	if !ok {
		return true, nil
	}
	group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
	_, err := o.session.kinds.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind})
	if meta.IsNoMatchError(err) {
		return false, nil
	}
	return err == nil, err
}

// wait waits for all objects of a list, side by side and all under one timeout.
func (o *objects) wait(list kube.ResourceList, timeout time.Duration, what string, check func(*unstructured.Unstructured) state) error {
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(o.session.link.ctx, timeout, &timeoutError{timeout})
	defer cancel()
	return sideBySide(ctx, task{verb: "waiting for", rest: what}, list, func(info *resource.Info) error {
		look := &lookout{info: info, helper: resource.NewHelper(info.Client, info.Mapping), check: check}
		return look.wait(ctx)
	}).or(nil)
}

// lookout waits for one object.
type lookout struct {
	info   *resource.Info
	helper *resource.Helper
	check  func(*unstructured.Unstructured) state
	// last is the newest state seen.
	last state
}

// wait looks at the object, and again at every change, until check is satisfied.
func (l *lookout) wait(ctx context.Context) error {
	for {
		object, err := l.get()
		if err != nil {
			return err
		}
		if l.satisfied(object) {
			return l.last.err
		}
		// Without an object there is no version to watch from, and nothing to wait for
		// but its coming.
		if object != nil {
			if err := l.watch(ctx, object.GetResourceVersion()); err != nil {
				return err
			}
			if l.last.final() {
				return l.last.err
			}
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("%w (last seen: %s)", err, l.last.seen)
		}
	}
}

// watch follows the changes of the object until check is satisfied or the watch ends,
// as watches do from time to time, or tells nothing for too long.
func (l *lookout) watch(ctx context.Context, version string) error {
	watcher, err := l.helper.WatchSingle(l.info.Namespace, l.info.Name, version)
	if err != nil {
		return err
	}
	defer watcher.Stop()
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-quiet.C:
			return nil
		case event, open := <-watcher.ResultChan():
			if !open || l.observe(event) {
				return nil
			}
			quiet.Reset(silence)
		}
	}
}

// observe tells whether there is nothing more to wait for in this watch.
func (l *lookout) observe(event watch.Event) bool {
	switch event.Type {
	case watch.Error:
		return true
	case watch.Deleted:
		return l.satisfied(nil)
	case watch.Added, watch.Modified:
		object, ok := event.Object.(*unstructured.Unstructured)
		return ok && l.satisfied(object)
	case watch.Bookmark:
	}
	return false
}

// get returns the object, nil if there is none.
func (l *lookout) get() (*unstructured.Unstructured, error) {
	found, err := l.helper.Get(l.info.Namespace, l.info.Name)
	if apierrors.IsNotFound(err) {
		return nil, nil //nolint:nilnil // No object is an answer, not an error.
	}
	if err != nil {
		return nil, err
	}
	object, ok := found.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("an object of unexpected type %T", found)
	}
	return object, nil
}

func (l *lookout) satisfied(object *unstructured.Unstructured) bool {
	l.last = l.check(object)
	return l.last.final()
}

func (s state) final() bool { return s.done || s.err != nil }

func pause(ctx context.Context) error {
	timer := time.NewTimer(lookAgain)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func hookState(object *unstructured.Unstructured) state {
	switch {
	case object == nil:
		return state{done: true} // As with Helm: the hook may be meant to clean itself up.
	case object.GetKind() == "Job":
		return jobState(object)
	case object.GetKind() == "Pod":
		return podState(object)
	default:
		return state{done: true}
	}
}

func goneState(object *unstructured.Unstructured) state {
	if object == nil {
		return state{done: true}
	}
	return state{seen: fmt.Sprintf("finalizers %q", object.GetFinalizers())}
}

func jobState(object *unstructured.Unstructured) state {
	var job batchv1.Job
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &job); err != nil {
		return state{err: err}
	}
	for _, condition := range job.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete:
			return state{done: true}
		case batchv1.JobFailed:
			return state{err: fmt.Errorf("it failed: %s: %s", condition.Reason, condition.Message)}
		default:
		}
	}
	return state{seen: fmt.Sprintf("%d pods active, %d succeeded, %d failed", job.Status.Active, job.Status.Succeeded, job.Status.Failed)}
}

func podState(object *unstructured.Unstructured) state {
	var pod corev1.Pod
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &pod); err != nil {
		return state{err: err}
	}
	switch pod.Status.Phase {
	case corev1.PodSucceeded:
		return state{done: true}
	case corev1.PodFailed:
		return state{err: fmt.Errorf("it failed: %s %s", pod.Status.Reason, pod.Status.Message)}
	default:
		return state{seen: fmt.Sprintf("phase %s", pod.Status.Phase)}
	}
}

func definitionState(object *unstructured.Unstructured) state {
	if object == nil {
		return state{err: errors.New("it was deleted")}
	}
	if object.GetKind() != "CustomResourceDefinition" {
		return state{done: true}
	}
	// A new definition's conditions are null, which NestedSlice takes for a mistake.
	field, _, _ := unstructured.NestedFieldNoCopy(object.Object, "status", "conditions")
	conditions, _ := field.([]any)
	for _, untyped := range conditions {
		condition, _ := untyped.(map[string]any)
		switch {
		case condition["type"] == "Established" && condition["status"] == "True":
			return state{done: true}
		case condition["type"] == "NamesAccepted" && condition["status"] == "False":
			return state{err: fmt.Errorf("its names are not accepted: %v", condition["message"])}
		}
	}
	return state{seen: "no condition Established"}
}

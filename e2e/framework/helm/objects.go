package helm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"helm.sh/helm/v3/pkg/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/util/retry"
)

// parallelObjects is how many objects of one kind are worked on at a time.
const parallelObjects = 16

// objects is Helm's client for the objects of a release, changed where Helm's own waits
// without a context or polls, and where its errors do not name the object. Like Helm's
// it goes on past an object that fails, so that one attempt tells of all.
type objects struct {
	*kube.Client

	session *session
	// undeleted are the failures of the newest deletion.
	undeleted failures
	// unbuilt tells that manifests are only rendered.
	unbuilt bool
	// watched is called for each hook that was waited for, with how that ended, before
	// Helm deletes it.
	watched func(list kube.ResourceList, err error)
}

var (
	_ kube.Interface                    = (*objects)(nil)
	_ kube.InterfaceExt                 = (*objects)(nil)
	_ kube.InterfaceDeletionPropagation = (*objects)(nil)
	_ kube.InterfaceLogs                = (*objects)(nil)
)

// IsReachable has nothing to do: the operation began by calling the API server.
func (o *objects) IsReachable() error { return nil }

// Build reads a manifest.
func (o *objects) Build(manifest io.Reader, validate bool) (kube.ResourceList, error) {
	if o.unbuilt {
		return nil, nil
	}
	return o.Client.Build(manifest, validate)
}

// Create creates objects, those of a kind side by side.
func (o *objects) Create(list kube.ResourceList) (*kube.Result, error) {
	if len(list) == 0 {
		return nil, kube.ErrNoObjectsVisited
	}
	failed := o.each(task{verb: "creating"}, list, func(info *resource.Info) error {
		err := create(info)
		if err == nil {
			o.session.wrote(info)
		}
		return err
	})
	return &kube.Result{Created: list}, failed.or(nil)
}

// create creates an object as Helm does: a conflict, which a quota may cause, is worth
// another try.
func create(info *resource.Info) error {
	helper := resource.NewHelper(info.Client, info.Mapping)
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		created, err := helper.Create(info.Namespace, true, info.Object)
		if err != nil {
			return err
		}
		return info.Refresh(created, true)
	})
}

// Update creates and changes the objects of target, those of a kind side by side, until
// one cannot be created, and if that went well deletes those of original that are not in target.
func (o *objects) Update(original, target kube.ResourceList, force bool) (*kube.Result, error) {
	sum := &results{}
	var ended atomic.Bool
	failed := o.each(task{verb: "updating"}, target, func(info *resource.Info) error {
		if ended.Load() {
			return nil
		}
		one := kube.ResourceList{info}
		result, err := o.Client.Update(original.Intersect(one), one, force)
		sum.add(result)
		if endsUpdate(err) {
			ended.Store(true)
		}
		if err == nil {
			o.session.wrote(info)
		}
		return err
	})
	if len(failed) > 0 {
		return &sum.result, failed
	}
	failed = o.each(task{verb: "deleting"}, original.Difference(target), func(info *resource.Info) error {
		result, err := o.Client.Update(kube.ResourceList{info}, nil, force)
		sum.add(result)
		return err
	})
	return &sum.result, failed.or(nil)
}

// endsUpdate tells whether Helm leaves all further objects as they are after an error. It goes on past one that cannot be
// changed, but not past one that cannot be made: what a failed upgrade has not come to is what a rollback meets.
func endsUpdate(err error) bool {
	if err == nil {
		return false
	}
	return strings.HasPrefix(err.Error(), "failed to create resource") || strings.HasPrefix(err.Error(), "could not get information")
}

// Delete deletes objects and, in the background, what they own.
func (o *objects) Delete(list kube.ResourceList) (*kube.Result, []error) {
	return o.DeleteWithPropagationPolicy(list, metav1.DeletePropagationBackground)
}

// DeleteWithPropagationPolicy deletes objects, those of a kind side by side.
func (o *objects) DeleteWithPropagationPolicy(list kube.ResourceList, policy metav1.DeletionPropagation) (*kube.Result, []error) {
	sum := &results{}
	o.undeleted = o.each(task{verb: "deleting"}, list, func(info *resource.Info) error {
		result, errs := o.Client.DeleteWithPropagationPolicy(kube.ResourceList{info}, policy)
		sum.add(result)
		return failures(errs).or(nil)
	})
	return &sum.result, o.undeleted
}

// each calls do for every object, those of the same kind in a row side by side, until
// the operation is over, and names the objects that failed.
func (o *objects) each(work task, list kube.ResourceList, do func(*resource.Info) error) failures {
	ctx := o.session.link.ctx
	var failed failures
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && kindOf(list[end]) == kindOf(list[start]) {
			end++
		}
		failed = append(failed, sideBySide(ctx, work, list[start:end], do)...)
		if ctx.Err() != nil && len(failed) > 0 {
			// What failed only because the operation is over says nothing new.
			return append(failed[:1:1], fmt.Errorf("%s %d objects was not finished", work.verb, len(list)))
		}
		start = end
	}
	return failed
}

func sideBySide(ctx context.Context, work task, list kube.ResourceList, do func(*resource.Info) error) failures {
	var group errgroup.Group
	group.SetLimit(parallelObjects)
	errs := make([]error, len(list))
	for i, info := range list {
		if err := ctx.Err(); err != nil {
			errs[i] = work.failed(info, context.Cause(ctx))
			break
		}
		group.Go(func() error {
			if err := do(info); err != nil {
				errs[i] = work.failed(info, err)
			}
			return nil
		})
	}
	_ = group.Wait() // The errors are collected in errs.
	var failed failures
	for _, err := range errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// task is what is done to objects, as errors say it: verb, object, and rest.
type task struct{ verb, rest string }

// failed says which object err is about, and leaves out what Helm and the request's
// address say of that.
func (t task) failed(info *resource.Info, err error) error {
	if status, answered := errors.AsType[*apierrors.StatusError](err); answered {
		err = status
	} else if request, made := errors.AsType[*url.Error](err); made {
		err = request.Err
	}
	return fmt.Errorf("%s %s%s: %w", t.verb, nameOf(info), t.rest, err)
}

func nameOf(info *resource.Info) string { return fmt.Sprintf("%s %q", kindOf(info), info.Name) }

func kindOf(info *resource.Info) string { return info.Mapping.GroupVersionKind.Kind }

// or returns the failures if there are any, else err.
func (f failures) or(err error) error {
	if len(f) > 0 {
		return f
	}
	return err
}

// results adds up what was done to objects side by side.
type results struct {
	mu     sync.Mutex
	result kube.Result
}

func (r *results) add(one *kube.Result) {
	if one == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Created = append(r.result.Created, one.Created...)
	r.result.Updated = append(r.result.Updated, one.Updated...)
	r.result.Deleted = append(r.result.Deleted, one.Deleted...)
}

// GetPodList lists the pods of a hook that asks for its output to be shown.
func (o *objects) GetPodList(namespace string, options metav1.ListOptions) (*corev1.PodList, error) {
	return o.session.core.Pods(namespace).List(o.session.link.ctx, options)
}

// OutputContainerLogsForPodList logs the output of a hook's pods.
func (o *objects) OutputContainerLogsForPodList(pods *corev1.PodList, namespace string, _ func(namespace, pod, container string) io.Writer) error {
	var failed failures
	for _, pod := range pods.Items {
		for _, container := range pod.Spec.Containers {
			if err := o.logContainer(namespace, pod.Name, container.Name); err != nil {
				failed = append(failed, fmt.Errorf("reading the output of container %q of Pod %q: %w", container.Name, pod.Name, err))
			}
		}
	}
	return failed.or(nil)
}

func (o *objects) logContainer(namespace, pod, container string) error {
	ctx := o.session.link.ctx
	output, err := o.session.core.Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{Container: container}).Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = output.Close() }()
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			o.session.client.log.InfoContext(ctx, "output of a hook",
				"pod", pod, "container", container, "line", strings.TrimRight(line, "\n"))
		}
		if err != nil {
			return ignoreEOF(err)
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

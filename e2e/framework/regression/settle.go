package regression

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

// undeletedPatience is how long it may take until it is seen that Helm, or a program of a hook, has deleted something. What
// they do not delete is left over, and no waiting helps.
const undeletedPatience = 15 * time.Second

// settle waits until what the revision made is ready and what it no longer has is gone, and writes it down. That it does
// not get there is a finding, not an error.
func (w *walk) settle(ctx context.Context, made *helm.Release, done *StepResult) (now *state, settled bool, err error) {
	now = &state{release: *made}
	if now.objects, err = made.Objects(); err != nil {
		return now, false, err
	}
	if err := w.know(ctx, now.objects); err != nil {
		return now, false, err
	}
	w.remember(made.Written)
	// Nobody writes the history any more, so that it can be read meanwhile.
	var reading errgroup.Group
	reading.Go(func() (err error) {
		now.recorded, err = w.helm.RecordedSince(ctx, w.run.Release, made.RecordVersion)
		return err
	})
	version, waited := w.lookout.Settled(ctx, wait.Request{
		Namespace: w.room.namespace, Objects: w.answerable(now.objects), Gone: w.gone(now.objects), Written: written(made.Written),
		Timeout: w.run.Timeout, Steady: w.run.Steady, Undeleted: undeletedPatience, Progress: w.pending.set,
	})
	w.pending.clear()
	if err := reading.Wait(); err != nil {
		return now, false, err
	}
	// The objects of a hook, for example, no wait has looked at. The history was read after all that the operation did.
	if now.version = version; version != "" && objects.Older(version, now.recorded.Version) {
		now.version = now.recorded.Version
	}
	if waited != nil {
		if err := stopped(ctx, waited); err != nil {
			return now, false, err
		}
		done.Err = waited.Error()
		w.findUnsettled(waited)
	}
	return now, waited == nil, nil
}

// written is what Helm tells of the objects that it wrote.
func written(all []helm.Written) map[objects.Ref]string {
	versions := make(map[objects.Ref]string, len(all))
	for _, o := range all {
		versions[refOf(o)] = o.Version
	}
	return versions
}

func refOf(o helm.Written) objects.Ref {
	return objects.Ref{Group: o.Group, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
}

// remember keeps by what the objects can be told from others of their names.
func (w *walk) remember(all []helm.Written) {
	if w.known == nil {
		w.known = map[objects.Ref]types.UID{}
	}
	for _, o := range all {
		w.known[refOf(o)] = types.UID(o.UID)
	}
}

// identified is an object of a manifest with the UID that the cluster has given it, if that is known.
func (w *walk) identified(u *unstructured.Unstructured) *unstructured.Unstructured {
	identified := u.DeepCopy()
	identified.SetUID(w.known[w.ref(u)])
	return identified
}

// gone are the objects of the revision before that the new one has not, and that nobody wants kept.
func (w *walk) gone(now []*unstructured.Unstructured) []*unstructured.Unstructured {
	if len(w.states) == 0 {
		return nil
	}
	var gone []*unstructured.Unstructured
	for _, u := range w.states[len(w.states)-1].objects {
		if !has(now, u) && !kept(u) {
			gone = append(gone, w.identified(u))
		}
	}
	return gone
}

// know asks the API server again which kinds it serves, if one of the objects is of a kind that it did not serve before.
func (w *walk) know(ctx context.Context, all []*unstructured.Unstructured) error {
	for _, u := range all {
		if _, err := w.api.Mapping(u.GroupVersionKind()); err != nil {
			return w.api.Refresh(ctx)
		}
	}
	return nil
}

// capture writes down a revision as it was at a version, or as it is now, with what earlier ones may have left.
func (w *walk) capture(ctx context.Context, before []*state, s *state, version string) (ledger.Ledger, error) {
	r := s.release
	request := ledger.Request{
		Version:   version,
		Namespace: w.room.namespace, Objects: s.objects, Hooks: hookObjects(r), Release: w.run.Release, Kinds: kinds(append(slices.Clone(before), s)),
		Record: &ledger.Record{
			Release: r.Name, Revision: r.Revision, Status: string(r.Status), Description: r.Description, Chart: r.Chart(),
			AppVersion: r.AppVersion, Values: r.Values, Manifest: r.Manifest, Updated: r.Updated,
		},
	}
	for _, earlier := range before {
		for _, o := range earlier.ledger.Objects {
			if o.Root == nil && !slices.Contains(request.Also, o.Ref) {
				request.Also = append(request.Also, o.Ref)
			}
		}
	}
	return ledger.CaptureWith(ctx, w.api, request)
}

// kinds are those of all objects that any of the revisions had: where something may have been left.
func kinds(states []*state) []schema.GroupKind {
	seen := map[schema.GroupKind]bool{}
	var all []schema.GroupKind
	for _, s := range states {
		for _, u := range s.objects {
			if gk := u.GroupVersionKind().GroupKind(); !seen[gk] {
				seen[gk] = true
				all = append(all, gk)
			}
		}
	}
	return all
}

// stopped gives the error of a wait that ended for another reason than what it waited for.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if _, ended := reportOf(err); ended {
		return nil
	}
	return err
}

var unpulled = regexp.MustCompile(`ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|RegistryUnavailable`)

// findUnsettled notes what a wait still waited for at its end.
func (w *walk) findUnsettled(waited error) {
	for _, f := range unsettled(waited) {
		if needsRealNodes(f.Found) {
			w.beyond(f.Object, f.Expected, f.Found)
			continue
		}
		w.find(f)
	}
}

// unsettled makes findings of what a wait still waited for at its end: each object once, images by their own name.
func unsettled(err error) []Finding {
	report, _ := reportOf(err)
	var found []Finding
	for _, u := range report.Unready {
		found = append(found, unready(u))
	}
	if len(found) == 0 {
		found = append(found, Finding{Word: NotSettled, Expected: report.Subject, Found: oneLine(err.Error())})
	}
	return found
}

// reportOf is what a wait that ended without success had seen.
func reportOf(err error) (wait.Report, bool) {
	if late, ok := errors.AsType[*wait.TimeoutError](err); ok {
		return late.Report, true
	}
	if failed, ok := errors.AsType[*wait.FailedError](err); ok {
		return failed.Report, true
	}
	return wait.Report{}, false
}

func unready(u wait.Unready) Finding {
	if u.Undeleted {
		return Finding{Word: LeftOver, Object: u.Object, Expected: "nothing, as in the revision that is there now", Found: "the object: nobody has deleted it"}
	}
	text := strings.TrimPrefix(u.String(), u.Object.String()+": ")
	if unpulled.MatchString(text) {
		return Finding{Word: ImageNotPulled, Object: u.Object, Field: "spec.template.spec.containers", Expected: "its images to be pulled", Found: text}
	}
	return Finding{Word: NotSettled, Object: u.Object, Expected: "to be ready", Found: text}
}

// oneLine makes a text of several lines one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// has tells whether an object is among others.
func has(all []*unstructured.Unstructured, wanted *unstructured.Unstructured) bool {
	return find(all, wanted) != nil
}

// find gives the object that is called the same, or nil. Manifests leave out the release's own namespace, or not.
func find(all []*unstructured.Unstructured, wanted *unstructured.Unstructured) *unstructured.Unstructured {
	for _, u := range all {
		sameKind := u.GroupVersionKind().GroupKind() == wanted.GroupVersionKind().GroupKind()
		sameNamespace := u.GetNamespace() == wanted.GetNamespace() || u.GetNamespace() == "" || wanted.GetNamespace() == ""
		if sameKind && sameNamespace && u.GetName() == wanted.GetName() {
			return u
		}
	}
	return nil
}

const (
	keepAnnotation = "helm.sh/resource-policy"
	keepField      = "metadata.annotations[" + keepAnnotation + "]"
)

// kept tells whether a chart wants an object to outlive its release.
func kept(u *unstructured.Unstructured) bool {
	return strings.EqualFold(strings.TrimSpace(u.GetAnnotations()[keepAnnotation]), "keep")
}

package helm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/storage/driver"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Errors a caller may want to tell apart, with [errors.Is]. An operation that was stopped
// wraps the cause of its context; one that outlived [Options.Timeout],
// [context.DeadlineExceeded].
var (
	// ErrReleaseExists tells that a release to install is there already.
	ErrReleaseExists = errors.New("release already exists")
	// ErrReleaseNotFound tells that there is no such release in the namespace.
	ErrReleaseNotFound = errors.New("release not found")
	// ErrRevisionNotFound tells that the release has no such revision, or no longer.
	ErrRevisionNotFound = errors.New("revision not found")
	// ErrNamespaceNotFound tells that the client's namespace does not exist.
	ErrNamespaceNotFound = errors.New("namespace not found")
	// ErrNothingDeployed tells that an upgrade has no deployed revision to start from.
	ErrNothingDeployed = errors.New("release has no deployed revision")
	// ErrPending tells that another operation on the release is under way, or died.
	ErrPending = errors.New("another operation is in progress")
	// ErrUnreachable tells that the API server gave no answer.
	ErrUnreachable = errors.New("API server unreachable")
)

// timeoutError is the cause of the context of an operation that took too long.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("the timeout of %s", e.after) }

func (e *timeoutError) Unwrap() error { return context.DeadlineExceeded }

// failures are the errors of several objects in one line.
type failures []error

func (f failures) Error() string {
	texts := make([]string, 0, len(f))
	for _, err := range f {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

func (f failures) Unwrap() []error { return f }

// longestError is how long an error may be: of templates that call each other, Helm tells
// every call.
const longestError = 3000

// abridged is an error whose text leaves out the middle.
type abridged struct {
	error

	text string
}

func (a *abridged) Error() string { return a.text }

func (a *abridged) Unwrap() error { return a.error }

// abridge shortens an error that nobody would read.
func abridge(err error) error {
	if err == nil || len(err.Error()) <= longestError {
		return err
	}
	text := strings.ToValidUTF8(err.Error(), "?")
	const head, tail = longestError * 2 / 3, longestError / 3
	return &abridged{err, fmt.Sprintf("%s … (%d bytes left out) … %s", text[:head], len(text)-head-tail, text[len(text)-tail:])}
}

// explain tells why an operation failed in terms of this package: what stopped it, or
// which of its errors it is and what helps.
func (s *session) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("stopped by %w: %w", context.Cause(ctx), err)
	case s.link.unreachable() != nil:
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, s.client.host, err)
	case isNamespaceMissing(err, s.client.namespace):
		return fmt.Errorf("%w: create namespace %q first", ErrNamespaceNotFound, s.client.namespace)
	case errors.Is(err, driver.ErrReleaseNotFound), errors.Is(err, driver.ErrNoDeployedReleases) && s.records.missing():
		return s.explainMissing(ctx)
	case errors.Is(err, driver.ErrNoDeployedReleases):
		return fmt.Errorf("%w: revision %d is %s: uninstall the release and install it again",
			ErrNothingDeployed, s.records.last().Version, s.records.last().Info.Status)
	case errors.Is(err, driver.ErrReleaseExists):
		return fmt.Errorf("%w: another one has just made the revision this one was about to make", ErrPending)
	default:
		return err
	}
}

// explainMissing tells a release that is not there from a namespace that is not there.
func (s *session) explainMissing(ctx context.Context) error {
	_, err := s.core.Namespaces().Get(ctx, s.client.namespace, metav1.GetOptions{})
	if isNamespaceMissing(err, s.client.namespace) {
		return fmt.Errorf("%w: %w", ErrReleaseNotFound, ErrNamespaceNotFound)
	}
	return ErrReleaseNotFound
}

// isNamespaceMissing tells whether there is no namespace of that name. An object of the chart may be for another one, which is
// the chart's to explain.
func isNamespaceMissing(err error, name string) bool {
	status, answered := errors.AsType[*apierrors.StatusError](err)
	if !answered || status.Status().Reason != metav1.StatusReasonNotFound {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces" && details.Name == name
}

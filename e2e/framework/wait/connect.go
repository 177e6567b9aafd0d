package wait

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/retry"
)

// connect gets the connection for a wait, and tells how much of its time is left. An API server that cannot be reached, or
// is in trouble, is asked again as long as there is time: the wait would ride that out as well. An error is the wait's own.
func connect(ctx context.Context, cfg *rest.Config, subject string, timeout time.Duration) (*objects.Client, time.Duration, error) {
	start := time.Now()
	timeout = cmp.Or(timeout, DefaultTimeout)
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errAPITimeout)
	defer cancel()
	var had trouble
	heard := retry.Tell(limited, had.hear)
	for {
		client, err := objects.Connect(heard, cfg)
		if err == nil {
			return client, max(timeout-time.Since(start), time.Millisecond), nil
		}
		if limited.Err() == nil || had.last == nil {
			had.last = err
		}
		if limited.Err() == nil && !passes(err) {
			return nil, 0, fmt.Errorf("waiting for %s: %w", subject, err)
		}
		if retry.Pause(limited, lastRetry) {
			continue
		}
		report := Report{Subject: subject, Waited: time.Since(start), Watching: []string{"anything: " + oneLine(had.last.Error())}}
		if cause := context.Cause(limited); !errors.Is(cause, errAPITimeout) {
			return nil, 0, &CancelledError{Report: report, Cause: cause}
		}
		return nil, 0, &TimeoutError{Report: report}
	}
}

// passes tells whether an error of connecting may be gone the next time.
func passes(err error) bool {
	if _, distrusted := errors.AsType[*tls.CertificateVerificationError](err); distrusted {
		return false
	}
	if status, answered := errors.AsType[*apierrors.StatusError](err); answered {
		return status.Status().Code >= http.StatusInternalServerError || apierrors.IsTooManyRequests(err)
	}
	_, unanswered := errors.AsType[*url.Error](err)
	return unanswered
}

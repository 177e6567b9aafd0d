package wait

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/retry"
)

const (
	// readyzPause is the time between two questions; an API server that is starting cannot be watched.
	readyzPause = 50 * time.Millisecond
	// readyzAnswer bounds one question, so that a server that accepts and never answers is asked again.
	readyzAnswer = 5 * time.Second
)

// API blocks until the API server says that it is ready, or the timeout ends with its last answer.
func API(ctx context.Context, cfg *rest.Config, timeout time.Duration) error {
	start := time.Now()
	timeout = cmp.Or(timeout, DefaultTimeout)
	own := rest.CopyConfig(cfg)
	own.QPS = -1
	own.Timeout = readyzAnswer
	retry.Wrap(own)
	asker, err := discovery.NewDiscoveryClientForConfig(own)
	if err != nil {
		return fmt.Errorf("preparing a client of %q: %w", cfg.Host, err)
	}
	client, ok := asker.RESTClient().(*rest.RESTClient)
	if ok && client.Client != nil {
		defer utilnet.CloseIdleConnectionsFor(client.Client.Transport)
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errAPITimeout)
	defer cancel()

	var had trouble
	heard := retry.Tell(limited, had.hear)
	for {
		_, err := asker.RESTClient().Get().AbsPath("/readyz").DoRaw(heard)
		if err == nil {
			return nil
		}
		if limited.Err() == nil {
			had.last = err
		}
		if retry.Pause(limited, readyzPause) {
			continue
		}
		waited := round(time.Since(start))
		if cause := context.Cause(limited); !errors.Is(cause, errAPITimeout) {
			return fmt.Errorf("waiting for the API server %q to be ready: stopped after %s (%s): %w", cfg.Host, waited, answerOf(had.last), cause)
		}
		return fmt.Errorf("waiting for the API server %q to be ready: timed out after %s: %s", cfg.Host, waited, answerOf(had.last))
	}
}

// trouble is the last that any try had.
type trouble struct{ last error }

// hear takes what a try within a question met: one that is cut off while it is asked again tells none of it.
func (t *trouble) hear(err error) {
	if err != nil && !tellsMore(t.last, err) {
		t.last = err
	}
}

// tellsMore tells whether an answer that was read whole has the status that was heard now: should the time end while that one
// is read, the checks that failed are still known from the one before.
func tellsMore(whole, heard error) bool {
	var status apierrors.APIStatus
	return errors.As(whole, &status) && strings.HasPrefix(heard.Error(), strconv.Itoa(int(status.Status().Code))+" ")
}

// errAPITimeout tells the end of this wait from that of the caller's context.
var errAPITimeout = errors.New("timed out")

// answerOf is what the last question got: the checks that failed, or why there was no answer.
func answerOf(err error) string {
	if err == nil {
		return "it has not answered yet"
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return oneLine(err.Error())
	}
	var failed []string
	for line := range strings.Lines(bodyOf(status)) {
		if name, bad := strings.CutPrefix(strings.TrimSpace(line), "[-]"); bad {
			failed = append(failed, name)
		}
	}
	if len(failed) > 0 {
		return "not ready: " + strings.Join(failed, ", ")
	}
	return oneLine(err.Error())
}

// bodyOf is the text behind an error answer; the client keeps it among the causes.
func bodyOf(status apierrors.APIStatus) string {
	details := status.Status().Details
	if details == nil {
		return ""
	}
	var body strings.Builder
	for _, c := range details.Causes {
		body.WriteString(c.Message + "\n")
	}
	return body.String()
}

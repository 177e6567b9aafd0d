package kubelet

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// notice is what a container has printed that no rule lets print anything.
const notice = nothingRuns + `, so there is no output; set "logs" in ` + hint + " to have some\n"

// logs prints the text of a rule, or the notice. It is all printed already, so that following it ends at once.
func (h *handler) logs(w http.ResponseWriter, r *http.Request) {
	pod, name, found := h.find(w, r)
	if !found {
		return
	}
	want, err := readLogQuery(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	printed, err := printedAt(pod, name, want.previous)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	text := notice
	if rule := h.rule(pod, name); rule != nil && rule.Logs != nil {
		text = *rule.Logs
	}
	w.Header().Set("Content-Type", "text/plain")
	// An answer that is cut off is the client's own doing.
	_, _ = io.WriteString(w, want.of(text, printed)) //nolint:gosec // It is text of the cluster's owner, for a terminal.
}

// printedAt is when the container began to run, which is when it has printed everything.
func printedAt(pod *corev1.Pod, name string, previous bool) (time.Time, error) {
	var st *corev1.ContainerStatus
	for _, all := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses} {
		if i := slices.IndexFunc(all, func(s corev1.ContainerStatus) bool { return s.Name == name }); i >= 0 {
			st = &all[i]
		}
	}
	switch {
	case st == nil:
		return time.Time{}, fmt.Errorf("container %q in pod %q is not available", name, pod.Name)
	case previous && st.LastTerminationState.Terminated == nil:
		return time.Time{}, fmt.Errorf("previous terminated container %q in pod %q not found", name, pod.Name)
	case previous:
		return st.LastTerminationState.Terminated.StartedAt.Time, nil
	case st.State.Running != nil:
		return st.State.Running.StartedAt.Time, nil
	case st.State.Terminated != nil:
		return st.State.Terminated.StartedAt.Time, nil
	case st.LastTerminationState.Terminated != nil:
		return st.LastTerminationState.Terminated.StartedAt.Time, nil
	case st.State.Waiting != nil:
		return time.Time{}, fmt.Errorf("container %q in pod %q is waiting to start: %s", name, pod.Name, whyWaiting(st.State.Waiting.Reason))
	}
	return time.Time{}, fmt.Errorf("container %q in pod %q is waiting to start - no logs yet", name, pod.Name)
}

// whyWaiting has a kubelet's words for the two most common reasons.
func whyWaiting(reason string) string {
	switch reason {
	case "ErrImagePull":
		return "image can't be pulled"
	case "ImagePullBackOff":
		return "trying and failing to pull image"
	}
	return reason
}

// logQuery is which part of the output is wanted.
type logQuery struct {
	tail, limit int64
	timestamps  bool
	previous    bool
	since       time.Time
	none        bool
}

func readLogQuery(q url.Values) (logQuery, error) {
	want := logQuery{tail: -1, limit: -1, timestamps: q.Get("timestamps") == "true", previous: q.Get("previous") == "true"}
	// Everything is printed to the standard output.
	want.none = q.Get("stream") == corev1.LogStreamStderr
	for name, into := range map[string]*int64{"tailLines": &want.tail, "limitBytes": &want.limit} {
		value := q.Get(name)
		if value == "" {
			continue
		}
		number, err := strconv.ParseInt(value, 10, 64)
		if err != nil || number < 0 {
			return want, fmt.Errorf("reading the query: %s %q is no count", name, value)
		}
		*into = number
	}
	if at := q.Get("sinceTime"); at != "" {
		since, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return want, fmt.Errorf("reading the query: sinceTime: %w", err)
		}
		want.since = since
	}
	if value := q.Get("sinceSeconds"); value != "" {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return want, fmt.Errorf("reading the query: sinceSeconds %q is no count", value)
		}
		want.since = time.Now().Add(-time.Duration(seconds) * time.Second)
	}
	return want, nil
}

// of is the wanted part of a text that was printed at one time.
func (q logQuery) of(text string, printed time.Time) string {
	if q.none || text == "" || printed.Before(q.since.Truncate(time.Second)) {
		return ""
	}
	lines := slices.Collect(strings.Lines(text))
	if q.tail >= 0 && q.tail < int64(len(lines)) {
		lines = lines[int64(len(lines))-q.tail:]
	}
	if q.timestamps {
		for i := range lines {
			lines[i] = printed.UTC().Format(time.RFC3339Nano) + " " + lines[i]
		}
	}
	all := strings.Join(lines, "")
	if q.limit >= 0 && q.limit < int64(len(all)) {
		all = all[:q.limit]
	}
	return all
}

func quoted(name string) string { return strconv.Quote(name) }

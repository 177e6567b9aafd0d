package trial

import (
	"context"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/workshop"
)

// explainTimeout bounds the question for events, which only make a finding better.
const explainTimeout = 15 * time.Second

// warnings asks for what went wrong with pods, and with what makes them: name, tab, reason and message.
const warnings = `kubectl get events --field-selector type=Warning --sort-by=.lastTimestamp ` +
	`-o jsonpath='{range .items[*]}{.involvedObject.name}{"\t"}{.reason}{": "}{.message}{"\n"}{end}'`

// workloads are the kinds whose pods, and ReplicaSets, begin with their names.
func workloads() []string {
	return []string{"deployment", "replicaset", "statefulset", "daemonset", "job"}
}

// podOf is the beginning of the names of the pods that a finding is about, if it is about pods or a workload.
func podOf(one match.Finding) string {
	kind, name, _ := strings.Cut(one.Row, "/")
	switch {
	case one.Severity == match.Warning || name == "":
		return ""
	case kind == "pod":
		return strings.TrimSuffix(name, "*")
	case slices.Contains(workloads(), kind):
		return strings.TrimSuffix(strings.TrimSuffix(name, "*"), "-") + "-"
	default:
		return ""
	}
}

// explain adds to findings about pods and workloads what the cluster's warnings say of them: a status or a count tells
// that something is wrong, and an event why. Of a workload it is said once.
func (s *session) explain(ctx context.Context, step *workshop.Step, found []Finding) {
	var told string
	explained := map[string]bool{}
	for i := range found {
		if found[i].pod == "" || explained[found[i].Row] {
			continue
		}
		if told == "" {
			result, err := s.Shell.Run(ctx, warnings+namespaceOf(step.Command), explainTimeout)
			if err != nil || result.Exit != 0 || result.Output == "" {
				return
			}
			told = result.Output
		}
		if event := telling(told, found[i].pod); event != "" {
			found[i].Text += " (event: " + event + ")"
			explained[found[i].Row] = !strings.HasPrefix(found[i].Row, "pod/")
		}
	}
}

// telling is the longest of the events: others, such as "Error: ImagePullBackOff", only repeat the status.
func telling(events, pod string) string {
	longest := ""
	for line := range strings.Lines(events) {
		name, event, complete := strings.Cut(strings.TrimSpace(line), "\t")
		if complete && strings.HasPrefix(name, pod) && len(event) > len(longest) {
			longest = event
		}
	}
	return longest
}

// namespaceOf is the flag for the namespace that a command looks into.
func namespaceOf(command string) string {
	words := workshop.Words(command)
	for i, word := range words {
		if name, with := strings.CutPrefix(word, "--namespace="); with {
			return " --namespace=" + name
		}
		if (word == "-n" || word == "--namespace") && i+1 < len(words) {
			return " --namespace=" + words[i+1]
		}
	}
	return ""
}

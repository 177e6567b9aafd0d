package trial

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/workshop"
)

// lookTimeout bounds the question for the pods that are there.
const lookTimeout = 15 * time.Second

// actual is the command of a step with what the cluster has in place of the names that the document shows, and a note
// that says so. A reader would put them in as well.
func (s *session) actual(ctx context.Context, step *workshop.Step) (command, note string) {
	command, replaced := s.memory.Real(step.Command)
	if replaced == nil {
		replaced = map[string]string{}
	}
	command = s.livePods(ctx, command, replaced)
	if len(replaced) == 0 {
		return command, ""
	}
	var parts []string
	for _, shown := range slices.Sorted(maps.Keys(replaced)) {
		parts = append(parts, replaced[shown]+" instead of "+shown)
	}
	return command, "with " + strings.Join(parts, ", ")
}

// livePods puts in pods for names that no output has shown, but that only a cluster can have made: the first of the same
// workload.
func (s *session) livePods(ctx context.Context, command string, replaced map[string]string) string {
	words := workshop.Words(command)
	if len(words) < 2 || words[0] != "kubectl" && words[0] != "k" {
		return command
	}
	var there []string
	for _, word := range words[2:] {
		name := strings.TrimPrefix(strings.TrimPrefix(word, "pod/"), "pods/")
		if !madeByCluster(name) || slices.Contains(slices.Collect(maps.Values(replaced)), name) {
			continue
		}
		if there == nil {
			if there = s.pods(ctx, command); there == nil {
				return command
			}
		}
		if now := sameWorkload(there, name); now != "" {
			replaced[name] = now
			command = strings.ReplaceAll(command, name, now)
		}
	}
	return command
}

// madeByCluster says that nobody but a cluster gives pods such a name.
func madeByCluster(name string) bool {
	_, generated := match.Stem(name)
	return generated && !strings.ContainsAny(name, "=.,:/")
}

// pods are those of the namespace that a command looks into.
func (s *session) pods(ctx context.Context, command string) []string {
	result, err := s.Shell.Run(ctx, "kubectl get pods -o name"+namespaceOf(command), lookTimeout)
	if err != nil || result.Exit != 0 {
		return nil
	}
	return strings.Fields(strings.ReplaceAll(result.Output, "pod/", ""))
}

// sameWorkload is the first pod of the workload that a name is of, or nothing if the pod itself is there.
func sameWorkload(there []string, name string) string {
	if slices.Contains(there, name) {
		return ""
	}
	stem, _ := match.Stem(name)
	for _, pod := range there {
		if own, made := match.Stem(pod); made && own == stem {
			return pod
		}
	}
	return ""
}

// unreachable says that a step visits what an earlier step would serve, which did not run.
func (s *session) unreachable(command string) string {
	for port, line := range s.unserved {
		for _, host := range []string{"localhost:", "127.0.0.1:", "0.0.0.0:"} {
			if strings.Contains(command, host+port) {
				return fmt.Sprintf("the step of line %d, which serves port %s, was not run", line, port)
			}
		}
	}
	return ""
}

// ends says that a step ends what an earlier step would have left running, which did not run.
func (s *session) ends(command string) string {
	words := workshop.Words(command)
	if len(s.unserved) == 0 || len(words) == 0 || !slices.Contains([]string{"kill", "pkill", "killall", "fg"}, words[0]) {
		return ""
	}
	return fmt.Sprintf("the step of line %d, which it ends, was not run", slices.Max(slices.Collect(maps.Values(s.unserved))))
}

// implied is what a command needs of the cluster beyond its API, which simulated nodes do not have.
func implied(command string) []string {
	words := workshop.Words(command)
	if len(words) < 2 || words[0] != "kubectl" && words[0] != "k" {
		return nil
	}
	i := slices.IndexFunc(words, func(w string) bool {
		return slices.Contains([]string{"logs", "exec", "attach", "port-forward", "cp"}, w)
	})
	if i == 1 || i == 3 && strings.HasPrefix(words[1], "-") {
		return []string{"containers"}
	}
	return nil
}

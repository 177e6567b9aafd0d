package walk

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/lifecycle"
)

// Arguments are those with which the helm command does an operation; target is the revision that a rollback asks for, and
// chart the path of the model's chart.
func Arguments(o lifecycle.Operation, target int, chart string) []string {
	args := []string{string(o.Verb), lifecycle.Release}
	flag := func(set bool, text string) {
		if set {
			args = append(args, text)
		}
	}
	switch o.Verb {
	case lifecycle.Install, lifecycle.Upgrade:
		args = append(args, chart)
		if set := o.Values.Flag(); set != "" {
			args = append(args, "--set-string", set)
		}
		flag(o.Atomic, "--atomic")
	case lifecycle.Rollback:
		if target != 0 {
			args = append(args, strconv.Itoa(target))
		}
	case lifecycle.Uninstall:
		flag(o.KeepHistory, "--keep-history")
	}
	flag(o.Verb == lifecycle.Install && o.Replace, "--replace")
	flag((o.Verb == lifecycle.Upgrade || o.Verb == lifecycle.Rollback) && o.CleanupOnFail, "--cleanup-on-fail")
	flag(o.Verb != lifecycle.Uninstall && o.Force, "--force")
	flag((o.Verb == lifecycle.Upgrade || o.Verb == lifecycle.Rollback) && o.MaxHistory != 0, fmt.Sprintf("--history-max=%d", max(o.MaxHistory, 0)))
	return args
}

// preamble makes a place for the commands, in any cluster.
const preamble = `# To paste it: have the chart of the model in ./demo, and a cluster to play with as kubectl's current context.
export HELM_NAMESPACE="${HELM_NAMESPACE:-seatrial-walk}"
kubectl create namespace "$HELM_NAMESPACE"
`

// death lets a client die anywhere, in any cluster of Kubernetes 1.30 or later, and without a race: after a write that it does
// not take, the cluster takes none of the client's any more, which is all that a cluster sees of a death.
const death = `# killed WRITES -- COMMAND runs a command of whose writes the cluster takes these and no others: as if it was killed after them.
killed() {
  local served=''
  while [ "$1" != -- ]; do served+="${served:+, }\"$1\""; shift; done
  shift
  kubectl apply --filename - <<END
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: $HELM_NAMESPACE}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE, DELETE], resources: [configmaps, secrets]}]
  validations: [{expression: '(request.operation + " " + request.resource.resource + " " + request.name) in [$served]', message: the client is dead}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: $HELM_NAMESPACE}
spec:
  policyName: $HELM_NAMESPACE
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: $HELM_NAMESPACE}}}
END
  while kubectl create configmap probe --dry-run=server --namespace "$HELM_NAMESPACE" >/dev/null 2>&1; do sleep 0.2; done
  "$@"
  kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy "$HELM_NAMESPACE"
  until kubectl create configmap probe --dry-run=server --namespace "$HELM_NAMESPACE" >/dev/null 2>&1; do sleep 0.2; done
}
`

const postscript = `helm history demo
kubectl get configmaps --namespace "$HELM_NAMESPACE" --selector app=demo --output custom-columns=NAME:.metadata.name,DATA:.data
kubectl delete namespace "$HELM_NAMESPACE"
`

// Script is the walk as commands for a shell, with what was expected of each as comments. The chart is to be in ./demo.
func (f *Finding) Script() string {
	var b strings.Builder
	b.WriteString("#!/usr/bin/env bash\n")
	comment(&b, fmt.Sprintf("After %s, what is there is not what the model of Helm's releases has.", count(len(f.Steps))))
	for _, line := range f.Differences {
		comment(&b, "- "+line)
	}
	b.WriteString(preamble)
	if f.walk().Cut() {
		b.WriteString(death)
	}
	b.WriteString("\n")
	for i, step := range f.Steps {
		b.WriteString(step.pasted())
		comment(&b, "expected: "+step.expected())
		for line := range strings.Lines(step.Expected.State.String()) {
			comment(&b, "  "+line)
		}
		if i < len(f.Steps)-1 {
			b.WriteString("\n")
		}
	}
	comment(&b, "seen: "+f.last().seen())
	for line := range strings.Lines(f.last().Seen.State.String()) {
		comment(&b, "  "+line)
	}
	return b.String() + "\n" + postscript
}

// Commands are the walk as lines for a shell, without anything else.
func (f *Finding) Commands() string {
	var b strings.Builder
	for _, step := range f.Steps {
		b.WriteString(step.command())
	}
	return b.String()
}

func (f *Finding) last() Step { return f.Steps[len(f.Steps)-1] }

func (s Step) command() string {
	line := "helm " + strings.Join(Arguments(s.Operation, s.Target, "./demo"), " ")
	if s.Operation.Cut != nil {
		line += "  # killed " + s.Operation.Cut.String()
	}
	return line + "\n"
}

// pasted is the step for a script with [death].
func (s Step) pasted() string {
	if !s.Seen.Cut {
		return s.command()
	}
	words := []string{"killed"}
	for _, w := range s.Seen.Writes {
		words = append(words, "'"+admitted(w)+"'")
	}
	return strings.Join(words, " ") + " -- " + s.command()
}

// admitted is a write as an admission policy sees it: operation, resource and name.
func admitted(w fault.Write) string {
	operation := "UPDATE"
	switch w.Method {
	case http.MethodPost:
		operation = "CREATE"
	case http.MethodDelete:
		operation = "DELETE"
	}
	return operation + " " + w.Resource + " " + w.Name
}

func (s Step) expected() string {
	if s.Expected.Cut {
		return cutOff(s.Expected)
	}
	return end(s.Expected.Failure, "")
}

func (s Step) seen() string {
	if s.Seen.Cut {
		return cutOff(s.Seen.Outcome)
	}
	return end(s.Seen.Failure, s.Seen.Text)
}

func comment(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(b, "# %s\n", strings.TrimRight(line, " \n"))
	}
}

func count(operations int) string {
	if operations == 1 {
		return "one operation"
	}
	return fmt.Sprintf("%d operations", operations)
}

package walk

import (
	"fmt"
	"strconv"
	"strings"

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
export HELM_NAMESPACE=seatrial-walk
kubectl create namespace "$HELM_NAMESPACE"
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
	b.WriteString("\n")
	for i, step := range f.Steps {
		b.WriteString(step.command())
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

// Package rules says how simulated pods go wrong on purpose: what stands in the ConfigMap that a scenario writes.
package rules

import (
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// Namespace is where the ConfigMap with the rules is.
	Namespace = metav1.NamespaceSystem
	// ConfigMap is its name.
	ConfigMap = "seatrial-simulation"
	// Key is the part of it that is read.
	Key = "rules.yaml"
)

// Behaviour is what a rule makes of a container or its pod.
type Behaviour string

// The behaviours; without one, a container works.
const (
	Works       Behaviour = ""
	PullBackOff Behaviour = "pullBackOff"
	CrashLoop   Behaviour = "crashLoop"
	NeverReady  Behaviour = "neverReady"
	SlowStart   Behaviour = "slowStart"
	Evicted     Behaviour = "evicted"
	Fail        Behaviour = "fail"
	Succeed     Behaviour = "succeed"
)

// Rules are all rules at one time. The zero value means that everything works.
type Rules struct {
	// LoadBalancer gives addresses to Services of that type, and to Ingresses.
	LoadBalancer bool `json:"loadBalancer,omitempty"`
	// Pods are asked in their order: the first one that matches a container decides.
	Pods []Rule `json:"pods,omitempty"`
}

// Rule is what happens to the containers that it matches.
type Rule struct {
	// Match selects containers.
	Match Match `json:"match,omitzero"`
	// Behave is what they do.
	Behave Behaviour `json:"behave,omitempty"`
	// After is how long they start (slowStart), or how long they run before it happens.
	After *metav1.Duration `json:"after,omitempty"`
	// ExitCode is that of a crash; without it, 1.
	ExitCode *int32 `json:"exitCode,omitempty"`
	// Message is the reason that statuses and events show.
	Message string `json:"message,omitempty"`
	// Times is after how many crashes, or evicted pods, it works; 0 means never.
	Times int `json:"times,omitempty"`
	// Logs is what `kubectl logs` prints.
	Logs *string `json:"logs,omitempty"`
	// Exec is what every command prints that `kubectl exec` runs.
	Exec *string `json:"exec,omitempty"`
}

// Match selects containers; what is empty matches all of them.
type Match struct {
	// Namespace is that of the pod.
	Namespace string `json:"namespace,omitempty"`
	// Labels are some of the pod's.
	Labels map[string]string `json:"labels,omitempty"`
	// Image is a pattern for the image, as the pod names it or in its full form; * stands for any text, ? for one character.
	Image string `json:"image,omitempty"`
	// Container is the name of the container.
	Container string `json:"container,omitempty"`
	// NameGlob is a pattern for the name of the pod.
	NameGlob string `json:"nameGlob,omitempty"`
}

// Ends tells whether the rule makes containers end by themselves.
func (r *Rule) Ends() bool {
	return r != nil && (r.Behave == CrashLoop || r.Behave == Fail || r.Behave == Succeed)
}

// Is tells whether the rule has this behaviour; no rule is one that works.
func (r *Rule) Is(b Behaviour) bool {
	if r == nil {
		return b == Works
	}
	return r.Behave == b
}

// Delay is After, or what is usual.
func (r *Rule) Delay(usual time.Duration) time.Duration {
	if r == nil || r.After == nil {
		return usual
	}
	return r.After.Duration
}

// Text is the message, or what is usual.
func (r *Rule) Text(usual string) string {
	if r == nil || r.Message == "" {
		return usual
	}
	return r.Message
}

// Code is the exit code that the behaviour ends with.
func (r *Rule) Code() int32 {
	switch {
	case r == nil || r.Behave == Succeed:
		return 0
	case r.ExitCode != nil:
		return *r.ExitCode
	default:
		return 1
	}
}

// ID tells rules apart by what they say, so that a rule keeps its count when others are added or removed.
func (r *Rule) ID() string {
	text, err := json.Marshal(r)
	if err != nil {
		// A rule has only fields that can be written.
		return string(r.Behave)
	}
	return string(text)
}

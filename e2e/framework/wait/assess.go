package wait

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/objects"
)

// State is all that a verdict is made from.
type State struct {
	// Wanted are the objects that must be ready, each with its namespace.
	Wanted []*unstructured.Unstructured
	// Gone are the objects that must not exist.
	Gone []objects.Ref
	// Undeleted is how long one of them may go on without anybody having deleted it; 0 is without limit.
	Undeleted time.Duration
	// Known has the UIDs of those of them that are known by more than their name.
	Known map[objects.Ref]types.UID
	// Live is everything that was observed.
	Live []*unstructured.Unstructured
	// Unseen are kinds that were not looked for: that the owner of an object is not in Live does not mean that it is gone.
	Unseen []schema.GroupKind
	// LoadBalancer is the rule for addresses.
	LoadBalancer LoadBalancerRule
}

// finding is the verdict on one object; without a reason it is ready.
type finding struct {
	reason   string
	causes   []Cause
	terminal bool
	// dooms are symptoms that make it terminal if they last.
	dooms []doom
}

// rule judges a live object of one kind.
type rule func(x *index, u *unstructured.Unstructured) finding

// Assess tells what is missing in a state: wanted objects that are not ready, in the order they were asked for,
// then what should be gone. It is empty if all is well.
func Assess(s State) []Unready { return newIndex(s, new(readings).next()).assess() }

func (x *index) assess() []Unready {
	var all []Unready
	for _, want := range x.state.Wanted {
		ref := objects.RefOf(want)
		if f := x.judge(ref); f.reason != "" {
			all = append(all, x.unready(ref, f))
		}
	}
	return append(all, x.leftovers()...)
}

// unready is a finding as others see it, with the last warning about the object unless the finding has one already.
func (x *index) unready(ref objects.Ref, f finding) Unready {
	u := Unready{Object: ref, Reason: f.reason, Causes: f.causes, Terminal: f.terminal, dooms: f.dooms, unmade: x.byRef[ref] == nil}
	if live := x.byRef[ref]; live != nil {
		u.Warning = x.lastWarning(live, u.says)
	}
	return u
}

func (x *index) judge(ref objects.Ref) finding {
	u := x.byRef[ref]
	switch {
	case u == nil:
		return finding{reason: "does not exist"}
	case u.GetDeletionTimestamp() != nil:
		return finding{reason: goingAway(u)}
	}
	return ruleFor(ref.GroupKind())(x, u)
}

func ruleFor(gk schema.GroupKind) rule {
	switch gk {
	case schema.GroupKind{Group: "apps", Kind: "Deployment"}:
		return deployment
	case schema.GroupKind{Group: "apps", Kind: "StatefulSet"}:
		return statefulSet
	case schema.GroupKind{Group: "apps", Kind: "DaemonSet"}:
		return daemonSet
	case schema.GroupKind{Group: "apps", Kind: "ReplicaSet"}:
		return replicaSet
	case schema.GroupKind{Group: "batch", Kind: "Job"}:
		return job
	case schema.GroupKind{Kind: "Pod"}:
		return pod
	case schema.GroupKind{Kind: "PersistentVolumeClaim"}:
		return claim
	case schema.GroupKind{Kind: "Service"}:
		return service
	case schema.GroupKind{Group: "networking.k8s.io", Kind: "Ingress"}:
		return ingress
	case schema.GroupKind{Kind: "Namespace"}:
		return namespace
	case schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}:
		return needs("Established")
	case schema.GroupKind{Group: "apiregistration.k8s.io", Kind: "APIService"}:
		return needs("Available")
	case schema.GroupKind{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:
		return autoscaler
	case schema.GroupKind{Group: "policy", Kind: "PodDisruptionBudget"}:
		return disruptionBudget
	}
	if isCustom(gk) {
		return custom
	}
	return exists
}

// exists is enough for kinds without a state of their own, such as a ConfigMap, and for a CronJob, which may have nothing
// to do for a year.
func exists(*index, *unstructured.Unstructured) finding { return finding{} }

// needs makes a rule of one condition that must be True.
func needs(condition string) rule {
	return func(_ *index, u *unstructured.Unstructured) finding {
		status, message := conditionOf(u, condition)
		if status == "True" {
			return finding{}
		}
		return finding{reason: joined("not "+condition, message)}
	}
}

func namespace(_ *index, u *unstructured.Unstructured) finding {
	phase, _, _ := unstructured.NestedString(u.Object, "status", "phase")
	if phase == "Active" {
		return finding{}
	}
	return finding{reason: fmt.Sprintf("its phase is %q, not Active", phase)}
}

// conditionOf is empty if the object has no such condition.
func conditionOf(u *unstructured.Unstructured, kind string) (status, message string) {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		m, ok := c.(map[string]any)
		if !ok || m["type"] != kind {
			continue
		}
		status, _, _ = unstructured.NestedString(m, "status")
		message, _, _ = unstructured.NestedString(m, "message")
		return status, message
	}
	return "", ""
}

func goingAway(u *unstructured.Unstructured) string {
	if held := u.GetFinalizers(); len(held) > 0 {
		return "being deleted, held by finalizers " + strings.Join(held, ", ")
	}
	return "being deleted"
}

package wait

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// unschedulable is what the scheduler's answer means: a claim that is not there, or a pod that no node could ever take,
// however empty. A pod that only waits for room has hope.
func (x *index) unschedulable(p corev1.Pod, c corev1.PodCondition) []doom {
	if c.Reason != corev1.PodReasonUnschedulable {
		return nil
	}
	if strings.Contains(c.Message, "persistentvolumeclaim") && strings.Contains(c.Message, "not found") {
		return []doom{{why: "its pod needs a claim that is not there", after: MissingPatience, dependent: true}}
	}
	nodes := x.byKind[schema.GroupKind{Kind: "Node"}]
	obstacle := ""
	for _, u := range nodes {
		n, err := as[corev1.Node](x, u)
		if err != nil {
			return nil
		}
		if obstacle = unfit(p, n); obstacle == "" {
			return nil
		}
	}
	switch len(nodes) {
	case 0:
		return nil
	case 1:
		return []doom{{why: fmt.Sprintf("no node could ever take its pod: the only one %s", obstacle), after: RefusalPatience}}
	default:
		return []doom{{why: fmt.Sprintf("none of the %d nodes could ever take its pod: one of them %s", len(nodes), obstacle), after: RefusalPatience}}
	}
}

// unfit says why a node could not take a pod even if it had no other, or nothing if it could.
func unfit(p corev1.Pod, n corev1.Node) string {
	matches, err := nodeaffinity.GetRequiredNodeAffinity(&p).Match(&n)
	if err != nil || !matches {
		return "does not match its node selector or affinity"
	}
	taint, untolerated := corev1helpers.FindMatchingUntoleratedTaint(logr.Discard(), n.Spec.Taints, p.Spec.Tolerations, lasting, true)
	if untolerated {
		return fmt.Sprintf("has the taint %q, which it does not tolerate", taint.ToString())
	}
	wants := requests(p)
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		wanted := wants[name]
		if room, ok := n.Status.Allocatable[name]; !ok || room.Cmp(wanted) < 0 {
			return fmt.Sprintf("has %s of %s, of %s that it wants", room.String(), name, wanted.String())
		}
	}
	return ""
}

// lasting tells whether a taint keeps pods away for longer than a node takes to get well.
func lasting(t *corev1.Taint) bool {
	return t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/")
}

// requests is the least that a pod needs: its containers together, or the largest of those that initialise it.
func requests(p corev1.Pod) corev1.ResourceList {
	all := corev1.ResourceList{}
	for _, c := range p.Spec.Containers {
		for name, q := range c.Resources.Requests {
			sum := all[name]
			sum.Add(q)
			all[name] = sum
		}
	}
	for _, c := range p.Spec.InitContainers {
		for name, q := range c.Resources.Requests {
			if largest := all[name]; largest.Cmp(q) < 0 {
				all[name] = q
			}
		}
	}
	return all
}

package matcher

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	apitypes "k8s.io/apimachinery/pkg/types"
)

// BeTheSamePodsAs matches a []corev1.Pod with the very pods of before: the same UIDs, none more, none less, and no
// container started again since.
//
//	Expect(podsNow).To(BeTheSamePodsAs(podsBefore))
func BeTheSamePodsAs(before []corev1.Pod) types.GomegaMatcher { return samePods{before: before} }

type samePods struct{ before []corev1.Pod }

// Match implements [types.GomegaMatcher].
func (m samePods) Match(actual any) (bool, error) {
	now, ok := actual.([]corev1.Pod)
	if !ok {
		return false, fmt.Errorf("expecting pods: the actual value is a %T, not a []corev1.Pod", actual)
	}
	_, wrong := m.table(now)
	return wrong == 0, nil
}

// FailureMessage implements [types.GomegaMatcher].
func (m samePods) FailureMessage(actual any) string {
	now, _ := actual.([]corev1.Pod)
	t, wrong := m.table(now)
	return fmt.Sprintf("Expected the same pods as before, %d of %d are not:\n%s", wrong, len(t.rows), t)
}

// NegatedFailureMessage implements [types.GomegaMatcher].
func (m samePods) NegatedFailureMessage(actual any) string {
	now, _ := actual.([]corev1.Pod)
	t, _ := m.table(now)
	return fmt.Sprintf("Expected other pods than before:\n%s", t)
}

func (m samePods) table(now []corev1.Pod) (t table, wrong int) {
	t.header = []string{"POD", "UID BEFORE", "UID NOW", "RESTARTS SINCE"}
	old, fresh := byName(m.before), byName(now)
	names := make([]string, 0, len(old))
	for _, p := range slices.Concat(old, fresh) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		b, n := find(old, name), find(fresh, name)
		since := restarts(n) - restarts(b)
		blamed := b.UID != n.UID || since != 0
		if blamed {
			wrong++
		}
		shown := fmt.Sprint(since)
		if b.UID != n.UID {
			shown = ""
		}
		t.add(blamed, name, uidOf(b), uidOf(n), shown)
	}
	return t, wrong
}

func byName(pods []corev1.Pod) []corev1.Pod {
	return slices.SortedFunc(slices.Values(pods), func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
}

// find gives the pod of a name, or one without a UID.
func find(pods []corev1.Pod, name string) corev1.Pod {
	i := slices.IndexFunc(pods, func(p corev1.Pod) bool { return p.Name == name })
	if i < 0 {
		return corev1.Pod{}
	}
	return pods[i]
}

func uidOf(p corev1.Pod) string {
	if p.UID == apitypes.UID("") {
		return "absent"
	}
	return string(p.UID)
}

package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/tools/distro/simulate/rules"
)

// noon is when everything begins.
func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

// newPod is a scheduled pod of a Deployment, with one container.
func newPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "1234", Generation: 1},
		Spec: corev1.PodSpec{
			NodeName: "embedded-1", RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{Name: "app", Image: "web:1"}},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodPending, QOSClass: corev1.PodQOSBurstable,
			Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(noon())}},
		},
	}
}

// life is a pod that is looked at whenever it asks for it, as a controller does.
type life struct {
	t       *testing.T
	pod     *corev1.Pod
	rules   map[string]*rules.Rule
	missing Missing
	memory  Memory
	now     time.Time
	last    Outcome
	due     time.Time
	told    []string
}

func newLife(t *testing.T, pod *corev1.Pod, rule *rules.Rule) *life {
	t.Helper()
	l := &life{t: t, pod: pod, now: noon(), rules: map[string]*rules.Rule{}}
	if rule != nil {
		l.rules["app"] = rule
	}
	return l.look()
}

// look lets the pod go on until nothing changes any more at this time.
func (l *life) look() *life {
	l.t.Helper()
	for range 20 {
		before := l.pod.Status.DeepCopy()
		l.last = Next(Input{
			Pod: l.pod, HostIP: "192.0.2.1", PodIP: "10.244.0.7", Rules: l.rules, Missing: l.missing, Memory: l.memory, Now: l.now,
		})
		l.pod.Status, l.memory = l.last.Status, l.last.Memory
		l.due = time.Time{}
		if l.last.Again > 0 {
			l.due = l.now.Add(l.last.Again)
		}
		for _, e := range l.last.Events {
			l.told = append(l.told, e.Reason)
		}
		if apiequality.Semantic.DeepEqual(*before, l.pod.Status) {
			return l
		}
	}
	l.t.Fatalf("the pod never comes to rest: %s", l)
	return l
}

// after lets time pass, with a look whenever the pod asked for one.
func (l *life) after(d time.Duration) *life {
	l.t.Helper()
	for end := l.now.Add(d); ; l.look() {
		if l.due.IsZero() || l.due.After(end) {
			l.now = end
			return l
		}
		l.now = l.due
	}
}

// String is the pod in one line: phase, and what each container does.
func (l *life) String() string {
	parts := []string{string(l.pod.Status.Phase)}
	if l.pod.Status.Reason != "" {
		parts = append(parts, l.pod.Status.Reason)
	}
	for _, all := range [][]corev1.ContainerStatus{l.pod.Status.InitContainerStatuses, l.pod.Status.ContainerStatuses} {
		for _, st := range all {
			parts = append(parts, st.Name+"="+inWords(st))
		}
	}
	for _, c := range l.pod.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			parts = append(parts, "Ready")
		}
	}
	return strings.Join(parts, " ")
}

func inWords(st corev1.ContainerStatus) string {
	var words string
	switch s := st.State; {
	case s.Running != nil:
		words = "running"
	case s.Terminated != nil:
		words = fmt.Sprintf("%s(%d)", s.Terminated.Reason, s.Terminated.ExitCode)
	case s.Waiting != nil:
		words = s.Waiting.Reason
	}
	if st.Ready {
		words += "+"
	}
	if st.RestartCount > 0 {
		words += fmt.Sprintf("*%d", st.RestartCount)
	}
	return words
}

func (l *life) is(want string) *life {
	l.t.Helper()
	if got := l.String(); got != want {
		l.t.Errorf("after %s: got %q, want %q", l.now.Sub(noon()), got, want)
	}
	return l
}

func (l *life) rests() *life {
	l.t.Helper()
	if l.last.Again != 0 {
		l.t.Errorf("after %s it asks to be looked at again in %s", l.now.Sub(noon()), l.last.Again)
	}
	return l
}

// hasTold compares the events since the last call.
func (l *life) hasTold(want ...string) *life {
	l.t.Helper()
	if got := l.told; !slices.Equal(got, want) {
		l.t.Errorf("events after %s: got %q, want %q", l.now.Sub(noon()), got, want)
	}
	l.told = nil
	return l
}

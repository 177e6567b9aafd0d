package lifecycle

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/tools/distro/simulate/rules"
)

func TestAPodWithoutRulesIsReadyAtOnce(t *testing.T) {
	t.Parallel()
	l := newLife(t, newPod(), nil).is("Running app=running+ Ready").hasTold("Pulled", "Created", "Started").rests()
	now := metav1.NewTime(noon())
	want := corev1.PodStatus{
		Phase: corev1.PodRunning, QOSClass: corev1.PodQOSBurstable, ObservedGeneration: 1, StartTime: &now,
		HostIP: "192.0.2.1", HostIPs: []corev1.HostIP{{IP: "192.0.2.1"}}, PodIP: "10.244.0.7", PodIPs: []corev1.PodIP{{IP: "10.244.0.7"}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", Image: "docker.io/library/web:1", Ready: true, Started: new(true),
			ImageID:     "docker.io/library/web@sha256:85ef2b4a0f8f7f0f4a0dfbd9d0a1f7a6f1b9aa8b8f8f0c5d7bb57cbf6cbf62a5",
			ContainerID: "containerd://",
			Resources:   &corev1.ResourceRequirements{},
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		}},
	}
	for _, kind := range []corev1.PodConditionType{
		corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled,
	} {
		want.Conditions = append(want.Conditions, corev1.PodCondition{
			Type: kind, Status: corev1.ConditionTrue, ObservedGeneration: 1, LastTransitionTime: now,
		})
	}
	// Digests only have to look like some.
	got := l.pod.Status.DeepCopy()
	for _, st := range []*corev1.ContainerStatus{&got.ContainerStatuses[0], &want.ContainerStatuses[0]} {
		st.ImageID, st.ContainerID = st.ImageID[:len("docker.io/library/web@sha256:")], st.ContainerID[:len("containerd://")]
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestNothingChangesWithoutACause(t *testing.T) {
	t.Parallel()
	l := newLife(t, newPod(), nil)
	before := l.pod.Status.DeepCopy()
	l.memory = nil
	l.after(time.Hour).look().rests()
	if diff := cmp.Diff(*before, l.pod.Status); diff != "" {
		t.Errorf("status an hour later (-before +after):\n%s", diff)
	}
}

func TestLives(t *testing.T) {
	t.Parallel()
	job := func() *corev1.Pod {
		p := newPod()
		p.Spec.RestartPolicy = corev1.RestartPolicyNever
		return p
	}
	onFailure := func() *corev1.Pod {
		p := newPod()
		p.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
		return p
	}
	short := func() *corev1.Pod {
		p := newPod()
		p.Spec.ActiveDeadlineSeconds = new(int64(5))
		return p
	}
	nameless := func() *corev1.Pod {
		p := newPod()
		p.Spec.Containers[0].Image = "Web:1"
		return p
	}
	gated := func() *corev1.Pod {
		p := newPod()
		p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "lb"}}
		return p
	}
	takes := func(d time.Duration) *metav1.Duration { return &metav1.Duration{Duration: d} }
	for _, test := range []struct {
		name string
		pod  *corev1.Pod
		rule *rules.Rule
		live func(l *life)
	}{
		{"the pod of a Job succeeds", job(), nil, func(l *life) {
			l.is("Running app=running+ Ready").after(Moment).is("Succeeded app=Completed(0)").rests()
		}},
		{"the pod of a Job fails", job(), &rules.Rule{Behave: rules.Fail, ExitCode: new(int32(3))}, func(l *life) {
			l.after(time.Second).is("Failed app=Error(3)").rests()
		}},
		{"a Job that runs for a while succeeds", job(), &rules.Rule{Behave: rules.Succeed, After: takes(2 * time.Second)}, func(l *life) {
			l.after(1900 * time.Millisecond).is("Running app=running+ Ready").after(200 * time.Millisecond).is("Succeeded app=Completed(0)")
		}},
		{"a Job starts its container again", onFailure(), &rules.Rule{Behave: rules.CrashLoop, Times: 1}, func(l *life) {
			l.after(2 * Moment).is("Running app=running+*1 Ready").after(Moment).is("Succeeded app=Completed(0)*1")
		}},
		{"an image cannot be pulled", newPod(), &rules.Rule{Behave: rules.PullBackOff, Message: "no such image"}, func(l *life) {
			l.is("Pending app=ErrImagePull").hasTold("Pulling", "Failed", "Failed")
			l.after(Moment).is("Pending app=ImagePullBackOff").hasTold("BackOff", "Failed")
			if got := l.pod.Status.ContainerStatuses[0].State.Waiting.Message; got != `Back-off pulling image "web:1": ErrImagePull: no such image` {
				l.t.Errorf("message: got %q", got)
			}
			l.after(time.Second).is("Pending app=ImagePullBackOff").hasTold("Pulling", "Failed", "Failed", "BackOff", "Failed")
			l.rules = nil
			l.look().is("Running app=running+ Ready").rests()
		}},
		{"a crash loop", newPod(), &rules.Rule{Behave: rules.CrashLoop, Message: "no config"}, func(l *life) {
			l.is("Running app=running").after(Moment).is("Running app=Error(1)")
			l.after(Moment).is("Running app=running*1").hasTold("Pulled", "Created", "Started", "Pulled", "Created", "Started")
			l.after(Moment).is("Running app=CrashLoopBackOff*1").hasTold("BackOff")
			l.after(900 * time.Millisecond).is("Running app=CrashLoopBackOff*1")
			l.after(Moment).is("Running app=running*2")
			l.after(time.Minute).is("Running app=CrashLoopBackOff*9")
			if last := l.pod.Status.ContainerStatuses[0].LastTerminationState.Terminated; last == nil || last.Message != "no config" || last.ExitCode != 1 {
				l.t.Errorf("last state: got %+v", last)
			}
			l.rules = nil
			l.look().is("Running app=running+*10 Ready").rests()
		}},
		{"a crash loop that ends", newPod(), &rules.Rule{Behave: rules.CrashLoop, Times: 2}, func(l *life) {
			l.after(time.Minute).is("Running app=running+*2 Ready").rests()
		}},
		{"a container that runs well for a while", newPod(), &rules.Rule{Behave: rules.CrashLoop, After: takes(time.Second)}, func(l *life) {
			l.is("Running app=running+ Ready").after(time.Second).is("Running app=Error(1)")
		}},
		{"never ready", newPod(), &rules.Rule{Behave: rules.NeverReady}, func(l *life) {
			l.is("Running app=running").hasTold("Pulled", "Created", "Started", "Unhealthy")
			l.after(9 * time.Second).hasTold().after(time.Second).hasTold("Unhealthy")
			l.rules = nil
			l.look().is("Running app=running+ Ready").rests()
		}},
		{"no longer ready", newPod(), nil, func(l *life) {
			l.rules = map[string]*rules.Rule{"app": {Behave: rules.NeverReady}}
			l.look().is("Running app=running")
		}},
		{"slow to start", newPod(), &rules.Rule{Behave: rules.SlowStart, After: takes(1500 * time.Millisecond)}, func(l *life) {
			l.is("Running app=running").after(1400 * time.Millisecond).is("Running app=running").after(Moment).is("Running app=running+ Ready").rests()
		}},
		{"evicted", newPod(), &rules.Rule{Behave: rules.Evicted}, func(l *life) {
			l.is("Running app=running+ Ready").after(time.Second).is("Failed Evicted app=Error(137)").rests()
			if c := l.pod.Status.Conditions[0]; c.Type != corev1.DisruptionTarget || c.Reason != "TerminationByKubelet" {
				l.t.Errorf("first condition: got %+v", c)
			}
		}},
		{"evicted from a Job", job(), &rules.Rule{Behave: rules.Evicted}, func(l *life) {
			l.after(time.Second).is("Failed Evicted app=Error(137)")
		}},
		{"active for too long", short(), nil, func(l *life) {
			l.after(4 * time.Second).is("Running app=running+ Ready").after(time.Second).is("Failed DeadlineExceeded app=Error(137)")
		}},
		{"an image that has no name", nameless(), nil, func(l *life) {
			l.is("Pending app=InvalidImageName").hasTold("InspectFailed", "Failed")
		}},
		{"a readiness gate", gated(), nil, func(l *life) {
			l.is("Running app=running+")
			l.pod.Status.Conditions = append(l.pod.Status.Conditions, corev1.PodCondition{Type: "lb", Status: corev1.ConditionTrue})
			l.look().is("Running app=running+ Ready")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.live(newLife(t, test.pod, test.rule))
		})
	}
}

func TestTheHostsNetwork(t *testing.T) {
	t.Parallel()
	p := newPod()
	p.Spec.HostNetwork = true
	if got := newLife(t, p, nil).pod.Status.PodIP; got != "192.0.2.1" {
		t.Errorf("address: got %q, want that of the node", got)
	}
}

func TestNoAddressIsLeft(t *testing.T) {
	t.Parallel()
	out := Next(Input{Pod: newPod(), HostIP: "192.0.2.1", Now: noon()})
	if len(out.Events) != 1 || out.Events[0].Reason != "FailedCreatePodSandBox" || out.Status.Phase != corev1.PodPending {
		t.Errorf("outcome: got %+v", out)
	}
}

func TestBackOff(t *testing.T) {
	t.Parallel()
	var got []time.Duration
	for failures := range int32(7) {
		got = append(got, backOff(failures)/time.Second)
	}
	if diff := cmp.Diff([]time.Duration{1, 1, 2, 4, 8, 10, 10}, got); diff != "" {
		t.Errorf("seconds (-want +got):\n%s", diff)
	}
}

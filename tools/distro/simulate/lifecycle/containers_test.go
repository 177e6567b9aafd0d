package lifecycle

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/tools/distro/simulate/rules"
)

func withInit(p *corev1.Pod) *corev1.Pod {
	always := corev1.ContainerRestartPolicyAlways
	p.Spec.InitContainers = []corev1.Container{
		{Name: "first", Image: "a"}, {Name: "mesh", Image: "b", RestartPolicy: &always}, {Name: "second", Image: "c"},
	}
	return p
}

func TestInitContainersRunInTheirOrder(t *testing.T) {
	t.Parallel()
	l := newLife(t, withInit(newPod()), nil)
	l.is("Running first=Completed(0)+ mesh=running+ second=Completed(0)+ app=running+ Ready").rests()
}

func TestAnInitContainerKeepsTheOthersWaiting(t *testing.T) {
	t.Parallel()
	l := &life{t: t, pod: withInit(newPod()), now: noon(), rules: map[string]*rules.Rule{
		"second": {Behave: rules.SlowStart, After: &metav1.Duration{Duration: time.Second}},
	}}
	l.look().is("Pending first=Completed(0)+ mesh=running+ second=running app=PodInitializing")
	for _, c := range l.pod.Status.Conditions {
		if c.Type == corev1.PodInitialized && c.Message != "containers with incomplete status: [second]" {
			t.Errorf("condition: got %+v", c)
		}
	}
	l.after(time.Second).is("Running first=Completed(0)+ mesh=running+ second=Completed(0)+ app=running+ Ready")
}

func TestAnInitContainerCrashes(t *testing.T) {
	t.Parallel()
	crash := map[string]*rules.Rule{"first": {Behave: rules.CrashLoop, Times: 2}}
	l := &life{t: t, pod: withInit(newPod()), now: noon(), rules: crash}
	l.look().after(3 * Moment).is("Pending first=CrashLoopBackOff*1 mesh=PodInitializing second=PodInitializing app=PodInitializing")
	l.after(time.Minute).is("Running first=Completed(0)+*2 mesh=running+ second=Completed(0)+ app=running+ Ready")

	never := withInit(newPod())
	never.Spec.RestartPolicy = corev1.RestartPolicyNever
	l = &life{t: t, pod: never, now: noon(), rules: crash}
	l.look().after(time.Minute).is("Failed first=Error(1) mesh=PodInitializing second=PodInitializing app=PodInitializing").rests()
}

func TestASidecarEndsWithTheOthers(t *testing.T) {
	t.Parallel()
	p := withInit(newPod())
	p.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
	newLife(t, p, nil).after(Moment).is("Succeeded first=Completed(0)+ mesh=Completed(0) second=Completed(0)+ app=Completed(0)").rests()
}

func TestOneOfTwoContainersCrashes(t *testing.T) {
	t.Parallel()
	p := newPod()
	p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "aid", Image: "a"})
	newLife(t, p, &rules.Rule{Behave: rules.CrashLoop}).after(3 * Moment).is("Running aid=running+ app=CrashLoopBackOff*1")
}

func TestEphemeralContainersRun(t *testing.T) {
	t.Parallel()
	l := newLife(t, newPod(), nil)
	l.pod.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "d"}}}
	l.look().is("Running app=running+ Ready")
	if all := l.pod.Status.EphemeralContainerStatuses; len(all) != 1 || inWords(all[0]) != "running" {
		t.Errorf("ephemeral containers: got %+v", all)
	}
}

func deleted(p *corev1.Pod) *corev1.Pod {
	p.DeletionTimestamp, p.DeletionGracePeriodSeconds = new(metav1.NewTime(noon())), new(int64(30))
	return p
}

func TestADeletedPodIsTerminatedAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy corev1.RestartPolicy
		want   string
	}{
		{corev1.RestartPolicyAlways, "Succeeded app=Completed(0)"},
		{corev1.RestartPolicyNever, "Failed app=Error(143)"},
	} {
		p := newPod()
		p.Spec.RestartPolicy = test.policy
		l := newLife(t, p, nil)
		deleted(l.pod)
		l.look().is(test.want).hasTold("Pulled", "Created", "Started", "Killing")
		if !l.last.Remove {
			t.Error("it is not to be removed")
		}
	}
}

func TestADeletedPodThatNeverRan(t *testing.T) {
	t.Parallel()
	l := newLife(t, deleted(newPod()), nil).is("Failed")
	if !l.last.Remove || len(l.told) > 0 {
		t.Errorf("outcome: got %+v, events %v", l.last, l.told)
	}
	stuck := newLife(t, withInit(newPod()), &rules.Rule{Behave: rules.PullBackOff})
	deleted(stuck.pod)
	stuck.look().is("Failed first=Completed(0)+ mesh=Completed(0) second=Completed(0)+ app=ErrImagePull")
}

func TestMissingReferences(t *testing.T) {
	t.Parallel()
	l := &life{t: t, pod: newPod(), now: noon(), missing: Missing{Environment: map[string]string{"app": `configmap "c" not found`}}}
	l.look().is("Pending app=CreateContainerConfigError").hasTold("Pulled", "Failed")
	l.missing = Missing{}
	l.look().is("Running app=running+ Ready")

	l = &life{t: t, pod: newPod(), now: noon(), missing: Missing{Volumes: []MissingVolume{{"v", `secret "s" not found`}}}}
	l.look().is("Pending app=ContainerCreating").hasTold("FailedMount")
	if l.pod.Status.PodIP != "" {
		t.Error("a pod without its volumes has an address")
	}
	l.after(10 * time.Second).hasTold("FailedMount")
	l.missing = Missing{}
	l.look().is("Running app=running+ Ready").rests()
}

func TestFindMissing(t *testing.T) {
	t.Parallel()
	p := newPod()
	p.Spec.Volumes = []corev1.Volume{
		{Name: "token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "here"}, Items: []corev1.KeyToPath{{Key: "lost"}}}},
		}}}},
		{Name: "spare", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "gone", Optional: new(true)}}},
		{Name: "certs", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "gone"}}},
		{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}
	p.Spec.Containers[0].Env = []corev1.EnvVar{
		{Name: "A", Value: "plain"},
		{Name: "B", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "here"}, Key: "key",
		}}},
		{Name: "C", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "here"}, Key: "lost",
		}}},
	}
	missing := FindMissing(p, func(o Object) (map[string]struct{}, bool) {
		if o.Namespace != "shop" {
			t.Errorf("asked for %+v", o)
		}
		return map[string]struct{}{"key": {}}, o.Name == "here"
	})
	want := []MissingVolume{{"token", "configmap references non-existent config key: lost"}, {"certs", `secret "gone" not found`}}
	if len(missing.Volumes) != 2 || missing.Volumes[0] != want[0] || missing.Volumes[1] != want[1] {
		t.Errorf("volumes: got %v, want %v", missing.Volumes, want)
	}
	if got := missing.Environment["app"]; got != "couldn't find key lost in Secret shop/here" {
		t.Errorf("environment: got %q", got)
	}
	if !missing.Any() || (Missing{}).Any() {
		t.Error("whether anything is missing")
	}
}

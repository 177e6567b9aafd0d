package wait

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/objects"
)

// course looks at a world several times, with a time in between, and gives what is given up at the end.
func course(pause time.Duration, worlds ...*world) []string {
	var f fates
	var found []Unready
	now := noon().Time
	for _, w := range worlds {
		found = Assess(w.state())
		f.judge(found, now)
		now = now.Add(pause)
	}
	var up []string
	for _, u := range found {
		if u.Terminal {
			up = append(up, u.Object.String()+": "+u.GivenUp)
		}
	}
	return up
}

func TestASymptomThatLastsIsGivenUp(t *testing.T) {
	t.Parallel()
	crashed := func(restarts int32) func(*world) {
		return func(w *world) { unready(w.pods[0], waiting("CrashLoopBackOff", "")).RestartCount = restarts }
	}
	unmade := func(message string) func(*world) {
		return func(w *world) {
			w.without(w.pods[0])
			w.deployment.Status.AvailableReplicas = 1
			w.live = append(w.live, warningOn(w.replicaSet, "FailedCreate", message, later(time.Second)))
		}
	}
	stuck := func(reason, message string) func(*world) {
		return func(w *world) { unready(w.pods[0], waiting(reason, message)) }
	}
	tests := []struct {
		name   string
		change func(*world)
		after  time.Duration
		want   string
	}{
		{"an image that a registry does not have", stuck("ImagePullBackOff", "manifest unknown"), RefusalPatience, `image "web:1" cannot be pulled, for 5s`},
		{"a registry that does not answer", stuck("ErrImagePull", "i/o timeout"), PullPatience, `image "web:1" cannot be pulled, for 30s`},
		{"an image that must not be pulled", stuck("ErrImageNeverPull", ""), RefusalPatience, `image "web:1" is not on the node and must not be pulled, for 5s`},
		{"a ConfigMap that nobody made", stuck("CreateContainerConfigError", `configmap "c" not found`), MissingPatience, `container "app" needs something that is not there, for 30s`},
		{"old crashes, however long ago", crashed(CrashLimit), time.Hour, ""},
		{"a quota", unmade("pods is forbidden: exceeded quota: small"), MissingPatience, "a quota leaves no room for its pods, for 30s"},
		{"a webhook that refuses", unmade(`admission webhook "w" denied the request: no`), RefusalPatience, "an admission webhook refuses its pods, for 5s"},
		{"a webhook that is away", unmade(`failed calling webhook "w": refused`), MissingPatience, "an admission webhook that has to see its pods cannot be called, for 30s"},
		{"a service account that nobody made", unmade(`error looking up service account demo/a: serviceaccount "a" not found`), RefusalPatience, "the service account of its pods is not there, for 5s"},
		{"a pod that is too free", unmade(`pods "a" is forbidden: violates PodSecurity "restricted"`), RefusalPatience, "the API server refuses its pods, for 5s"},
		{"a pod that merely starts", stuck("ContainerCreating", ""), time.Hour, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.deployment.Status.AvailableReplicas = 1
			test.change(w)
			if got := strings.Join(course(test.after-time.Second, w, w), "; "); got != "" {
				t.Errorf("given up a second too early: %s", got)
			}
			want := test.want
			if want != "" {
				want = "Deployment/web: " + want
			}
			if got := strings.Join(course(test.after, w, w), "; "); got != want {
				t.Errorf("given up %q, want %q", got, want)
			}
		})
	}
}

func TestWhatNobodyDeletesIsGivenUpWhereAllHasBeenDeleted(t *testing.T) {
	t.Parallel()
	const patience = 5 * time.Second
	tests := []struct {
		name   string
		change func(*world)
		after  time.Duration
		want   string
	}{
		{"not before its time", func(*world) {}, patience - time.Second, ""},
		{"after its time", func(*world) {}, patience, "Deployment/slave: nobody has deleted it, for 5s"},
		{"where somebody may still come", func(w *world) { w.undeleted = 0 }, time.Hour, ""},
		{"not what has been deleted", func(w *world) { w.slave.DeletionTimestamp = new(noon()) }, time.Hour, ""},
		{"not what goes after its owner", func(w *world) {
			w.slave.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "owner", UID: "owner"}}
		}, time.Hour, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.slave = &appsv1.Deployment{ObjectMeta: named("slave", nil)}
			w.undeleted, w.gone = patience, append(w.gone, refOf(untyped(w.slave)))
			test.change(w)
			w.live = append(w.live, w.slave)
			if got := strings.Join(course(test.after, w, w), "; "); got != test.want {
				t.Errorf("given up %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatOthersWaitForIsToldFirst(t *testing.T) {
	t.Parallel()
	budget := Unready{Object: objects.Ref{Kind: "PodDisruptionBudget", Name: "web"}}
	set := Unready{Object: objects.Ref{Kind: "StatefulSet", Name: "web"}}
	if got := (Status{Unready: []Unready{budget, set}}).Chief().Object.Kind; got != "StatefulSet" {
		t.Errorf("told first is %s, want the StatefulSet", got)
	}
	if got := (Status{Unready: []Unready{budget}}).Chief().Object.Kind; got != "PodDisruptionBudget" {
		t.Errorf("told first is %s, want the only one", got)
	}
}

func crashing(restarts ...int32) []*world {
	var all []*world
	for _, n := range restarts {
		w := newWorld()
		w.deployment.Status.AvailableReplicas = 1
		if n > 0 {
			unready(w.pods[0], waiting("CrashLoopBackOff", "")).RestartCount = n
		}
		all = append(all, w)
	}
	return all
}

func TestACrashLoopIsGivenUpWhenItGoesOnBeforeOurEyes(t *testing.T) {
	t.Parallel()
	const slow, quick = 20 * time.Second, time.Second
	tests := []struct {
		name     string
		restarts []int32
		pause    time.Duration
		want     string
	}{
		{"up to the limit", []int32{1, 2, 3}, slow, ""},
		{"at the limit", []int32{1, 2, 3, 4}, slow, `Deployment/web: container "app" ends again and again: 4 restarts, for 1m0s`},
		{"up now and then", []int32{1, 0, 2, 0, 3, 0, 4}, slow, `Deployment/web: container "app" ends again and again: 4 restarts, for 2m0s`},
		{"old crashes do not count by themselves", []int32{9, 9, 9}, slow, ""},
		{"one more does", []int32{9, 9, 10}, slow, `Deployment/web: container "app" ends again and again: 10 restarts, for 40s`},
		{"many in a short time", []int32{1, 2, 3, 4, 5, 6, 7, 8}, quick, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(course(test.pause, crashing(test.restarts...)...), "; "); got != test.want {
				t.Errorf("given up %q, want %q", got, test.want)
			}
		})
	}
}

func TestACrashLoopIsLookedAtAgainWhenPatienceEnds(t *testing.T) {
	t.Parallel()
	var f fates
	worlds := crashing(1, CrashLimit)
	f.judge(Assess(worlds[0].state()), noon().Time)
	if again := f.judge(Assess(worlds[1].state()), later(8*time.Second).Time); again != CrashPatience-8*time.Second {
		t.Errorf("again after %s, want %s", again, CrashPatience-8*time.Second)
	}
	found := Assess(worlds[1].state())
	f.judge(found, later(CrashPatience).Time)
	if want := `container "app" ends again and again: 4 restarts, for 30s`; found[0].GivenUp != want {
		t.Errorf("given up %q, want %q", found[0].GivenUp, want)
	}
}

func TestAContainerThatRunsAgainMayGoWellThisTime(t *testing.T) {
	t.Parallel()
	worlds := crashing(1, 5)
	up := newWorld()
	up.deployment.Status.AvailableReplicas = 1
	unready(up.pods[0], running()).RestartCount = 6
	if got := course(time.Minute, append(worlds[:1:1], up)...); got != nil {
		t.Errorf("given up while it runs: %q", got)
	}
	if got := course(time.Minute, append(worlds[:1:1], up, worlds[1])...); got == nil {
		t.Error("not given up when it has ended again")
	}
}

func TestWhoeverWaitsForAnotherIsNotGivenUpBeforeIt(t *testing.T) {
	t.Parallel()
	worlds := crashing(1, 4, 5)
	for _, w := range worlds {
		database := readyPod("db", nil, nil)
		unready(database, waiting("ContainerCreating", ""))
		w.wanted, w.live = append(w.wanted, database), append(w.live, database)
	}
	if got := course(time.Minute, worlds...); got != nil {
		t.Errorf("given up although the database is still on its way: %q", got)
	}
}

func TestTheNextLookComesWhenPatienceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.deployment.Status.AvailableReplicas = 1
	unready(w.pods[0], waiting("ErrImageNeverPull", ""))
	var f fates
	if again := f.judge(Assess(w.state()), noon().Time); again != RefusalPatience {
		t.Errorf("again after %s, want %s", again, RefusalPatience)
	}
	if again := f.judge(Assess(w.state()), later(RefusalPatience-time.Second).Time); again != time.Second {
		t.Errorf("then again after %s, want 1s", again)
	}
}

func TestAPodThatNoNodeCouldEverTake(t *testing.T) {
	t.Parallel()
	node := func(change func(*corev1.Node)) *corev1.Node {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", UID: "node-uid"}}
		n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")}
		change(n)
		return n
	}
	cpu := func(q string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(q)}
		}
	}
	same := func(*corev1.Node) {}
	tests := []struct {
		name string
		node *corev1.Node
		pod  func(*corev1.Pod)
		want string
	}{
		{"too large for any", node(same), cpu("3"), "no node could ever take its pod: the only one has 2 of cpu, of 3 that it wants"},
		{"large, but there is room in principle", node(same), cpu("2"), ""},
		{"a resource that no node has", node(same), func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{"example.com/gpu": resource.MustParse("1")}
		}, "no node could ever take its pod: the only one has 0 of example.com/gpu, of 1 that it wants"},
		{
			"a label that no node has", node(same), func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disk": "fast"} },
			"no node could ever take its pod: the only one does not match its node selector or affinity",
		},
		{
			"a taint", node(func(n *corev1.Node) {
				n.Spec.Taints = []corev1.Taint{{Key: "own", Value: "db", Effect: corev1.TaintEffectNoSchedule}}
			}), cpu("1"),
			`no node could ever take its pod: the only one has the taint "own=db:NoSchedule", which it does not tolerate`,
		},
		{"a taint that passes", node(func(n *corev1.Node) {
			n.Spec.Taints = []corev1.Taint{{Key: "node.kubernetes.io/not-ready", Effect: corev1.TaintEffectNoSchedule}}
		}), cpu("1"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.deployment.Status.AvailableReplicas = 1
			p := w.pods[0]
			test.pod(p)
			p.Status = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{
				Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable,
			}}}
			w.live = append(w.live, test.node)
			want := ""
			if test.want != "" {
				want = "Deployment/web: " + test.want + ", for 5s"
			}
			if got := strings.Join(course(RefusalPatience, w, w), "; "); got != want {
				t.Errorf("given up %q, want %q", got, want)
			}
		})
	}
}

func TestAClaimOfAClassThatNobodyMadeIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := &corev1.PersistentVolumeClaim{ObjectMeta: named("data", nil), Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: new("fast")}}
	c.Status.Phase = corev1.ClaimPending
	other := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "standard", UID: "class-uid"}}
	w.wanted = append(w.wanted, c)
	w.live = append(w.live, c)
	if got := course(RefusalPatience, w, w); got != nil {
		t.Errorf("given up although no class could be seen: %q", got)
	}
	w.live = append(w.live, other)
	if got := strings.Join(course(RefusalPatience, w, w), "; "); got != `PersistentVolumeClaim/data: there is no StorageClass "fast", for 5s` {
		t.Errorf("given up: %q", got)
	}
}

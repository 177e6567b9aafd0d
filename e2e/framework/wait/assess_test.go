package wait

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
)

// broken is a world in which one thing was changed, and what is to be said about it.
type broken struct {
	name   string
	change func(w *world)
	want   []string
}

func TestAssess(t *testing.T) {
	t.Parallel()
	for _, tests := range [][]broken{rollouts(), stuckPods(), brokenServices(), otherKinds(), takenAway()} {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld()
				test.change(w)
				if diff := cmp.Diff(test.want, lines(Assess(w.state()))); diff != "" {
					t.Errorf("verdict (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func rollouts() []broken {
	return []broken{
		{"a ready release", func(*world) {}, nil},
		{
			"a change nobody has looked at",
			func(w *world) { w.deployment.Generation = 2 },
			[]string{"Deployment/web: its controller has not seen the last change yet"},
		},
		{
			"a rollout in its middle",
			func(w *world) { w.deployment.Status.UpdatedReplicas = 1 },
			[]string{"Deployment/web: 1 of 2 replicas updated"},
		},
		{
			"an old replica that still runs",
			func(w *world) { w.deployment.Status.Replicas = 3 },
			[]string{"Deployment/web: 1 replica of an older revision still running"},
		},
		{
			"pods that must prove themselves",
			func(w *world) { w.deployment.Status.AvailableReplicas, w.deployment.Spec.MinReadySeconds = 0, 30 },
			[]string{"Deployment/web: 0 of 2 replicas available, each has to stay ready for 30 s"},
		},
		{
			"a paused Deployment that was changed",
			func(w *world) { w.deployment.Status.UpdatedReplicas, w.deployment.Spec.Paused = 0, true },
			[]string{"Deployment/web: paused: its pods are not updated"},
		},
		{
			"a status that is ahead of the watch of the pods",
			func(w *world) {
				old := readyPod("web-31-z", nil, w.replicaSet)
				w.live = append(w.live, old)
			},
			[]string{"Deployment/web: 2 pods wanted, 3 running, 3 ready"},
		},
		{
			"a quota that allows no second pod",
			func(w *world) {
				w.without(w.pods[1])
				w.deployment.Status.AvailableReplicas = 1
				w.live = append(w.live, warningOn(w.replicaSet, "FailedCreate", `pods "web-57-" is forbidden: exceeded quota`, noon()))
			},
			[]string{`Deployment/web: 1 of 2 replicas available; ReplicaSet/web-57: FailedCreate: pods "web-57-" is forbidden: exceeded quota`},
		},
		{
			"a progress deadline that is over",
			func(w *world) {
				w.deployment.Status.AvailableReplicas = 1
				w.deployment.Status.Conditions = deadline(later(10 * time.Minute))
				unready(w.pods[0], waiting("ImagePullBackOff", `Back-off pulling image "web:1"`))
				w.slice = sliceOf(w.service, w.pods[1])
			},
			[]string{`FAILED Deployment/web: 1 of 2 replicas available, and its progress deadline is over; ` +
				`Pod/web-57-a: container "app" is in ImagePullBackOff: Back-off pulling image "web:1"`},
		},
		{
			"the deadline of the revision before, right after a roll back",
			func(w *world) {
				w.deployment.Status.AvailableReplicas = 1
				w.deployment.Status.Conditions = deadline(later(10 * time.Minute))
				unready(w.pods[0], waiting("ContainerCreating", ""))
				w.pods[0].CreationTimestamp = later(11 * time.Minute)
				w.slice = sliceOf(w.service, w.pods[1])
			},
			[]string{`Deployment/web: 1 of 2 replicas available; Pod/web-57-a: container "app" is being created`},
		},
	}
}

func deadline(since metav1.Time) []appsv1.DeploymentCondition {
	return []appsv1.DeploymentCondition{{
		Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded", LastTransitionTime: since,
	}}
}

// stuckPods has one world for each place where a pod can be stuck.
func stuckPods() []broken {
	stuck := func(name, want string, state corev1.ContainerState, more func(*world, *corev1.ContainerStatus)) broken {
		return broken{name, func(w *world) {
			w.deployment.Status.AvailableReplicas = 1
			status := unready(w.pods[0], state)
			w.slice = sliceOf(w.service, w.pods[1])
			if more != nil {
				more(w, status)
			}
		}, []string{want}}
	}
	const start = "Deployment/web: 1 of 2 replicas available; Pod/web-57-a: "
	died := &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error", Message: "no config\nfile"}
	return []broken{
		stuck("an image that does not exist", start+`container "app" is in ErrImagePull: not found (image "web:1")`,
			waiting("ErrImagePull", "not found"), nil),
		stuck("a name that is no image name", "FAILED "+start+`container "app" is in InvalidImageName: couldn't parse image "web:1"`,
			waiting("InvalidImageName", `couldn't parse image "web:1"`), nil),
		stuck("the invalid name of an older template", start+`container "app" is in InvalidImageName (image "WEB:1")`,
			waiting("InvalidImageName", ""), func(w *world, _ *corev1.ContainerStatus) {
				w.pods[0].Spec.Containers[0].Image = "WEB:1"
			}),
		stuck("a crash loop", start+`container "app" is in CrashLoopBackOff: 4 restarts, exit code 3 (Error): no config file`,
			waiting("CrashLoopBackOff", "back-off 1m20s"), func(_ *world, s *corev1.ContainerStatus) {
				s.RestartCount, s.LastTerminationState.Terminated = 4, died
			}),
		stuck("a crash before the next start", start+`container "app" ended: exit code 3 (Error): no config file`,
			corev1.ContainerState{Terminated: died}, nil),
		stuck("a probe that never succeeds", start+`container "app" runs but is not ready: Unhealthy: Readiness probe failed: 404`,
			running(), func(w *world, _ *corev1.ContainerStatus) {
				w.live = append(
					w.live,
					warningOn(w.pods[0], "Unhealthy", "Readiness probe failed: 503", noon()),
					warningOn(w.pods[0], "Unhealthy", "Readiness probe failed: 404", later(time.Second)),
					warningOn(w.pods[0], "Other", "not about readiness", later(time.Minute)),
					warningOn(w.pods[1], "Unhealthy", "of another pod", later(time.Minute)),
				)
			}),
		stuck("a volume that cannot be mounted", start+`container "app" is being created: FailedMount: configmap "c" not found`,
			waiting("ContainerCreating", ""), func(w *world, _ *corev1.ContainerStatus) {
				w.live = append(
					w.live,
					warningOn(w.pods[0], "FailedMount", `configmap "c" not found`, noon()),
					warningOn(w.pods[0], "Unhealthy", "of the run before", later(time.Second)),
				)
			}),
		stuck("no node with room", start+"unschedulable: 0/1 nodes are available: 1 Insufficient cpu.",
			waiting("", ""), func(w *world, _ *corev1.ContainerStatus) {
				w.pods[0].Status.Conditions = []corev1.PodCondition{{
					Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/1 nodes are available: 1 Insufficient cpu.",
				}}
			}),
		stuck("no scheduler", start+"not scheduled to a node yet", waiting("", ""), func(w *world, _ *corev1.ContainerStatus) {
			w.pods[0].Spec.NodeName = ""
		}),
		stuck("no kubelet", start+`scheduled to "node-1", not started yet`, waiting("", ""), func(w *world, _ *corev1.ContainerStatus) {
			w.pods[0].Status.ContainerStatuses = nil
		}),
		stuck("a node that is gone", start+`its node "node-1" is not ready: Kubelet stopped posting node status.`, running(), func(w *world, s *corev1.ContainerStatus) {
			s.Ready = true // As its kubelet has said before it was gone.
			w.live = append(w.live, node("node-1", corev1.NodeReady, corev1.ConditionUnknown, "Kubelet stopped posting node status."))
		}),
		stuck("a node under pressure", start+`unschedulable: 0/2 nodes are available. (node "node-2" has DiskPressure: kubelet has disk pressure)`,
			waiting("", ""), func(w *world, _ *corev1.ContainerStatus) {
				w.pods[0].Spec.NodeName = ""
				w.pods[0].Status.Conditions = []corev1.PodCondition{{
					Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/2 nodes are available.",
				}}
				w.live = append(w.live, node("node-1", corev1.NodeReady, corev1.ConditionTrue, ""),
					node("node-2", corev1.NodeDiskPressure, corev1.ConditionTrue, "kubelet has disk pressure"))
			}),
		stuck("an init container that goes on and on", start+`container "init" is still initialising`,
			waiting("PodInitializing", ""), func(w *world, _ *corev1.ContainerStatus) {
				w.pods[0].Spec.InitContainers = []corev1.Container{{Name: "init"}}
				w.pods[0].Status.InitContainerStatuses = []corev1.ContainerStatus{{Name: "init", State: running()}}
			}),
		stuck("a readiness gate", start+`readiness gate "lb" is not True: no target group`, running(), func(w *world, s *corev1.ContainerStatus) {
			s.Ready = true
			w.pods[0].Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "lb"}}
			w.pods[0].Status.Conditions = []corev1.PodCondition{{Type: "lb", Status: corev1.ConditionFalse, Message: "no target group"}}
		}),
		{
			"two pods in the same state",
			func(w *world) {
				w.deployment.Status.AvailableReplicas = 0
				for _, p := range w.pods {
					unready(p, waiting("ErrImageNeverPull", ""))
				}
				w.slice = sliceOf(w.service)
			},
			[]string{`Deployment/web: 0 of 2 replicas available; Pod/web-57-a (and 1 more): container "app" is in ErrImageNeverPull (image "web:1")`},
		},
	}
}

// node has one condition.
func node(name string, kind corev1.NodeConditionType, status corev1.ConditionStatus, message string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	n.Status.Conditions = []corev1.NodeCondition{{Type: kind, Status: status, Message: message}}
	return n
}

func brokenServices() []broken {
	return []broken{
		{
			"a ready pod that gets no traffic yet",
			func(w *world) { w.slice = sliceOf(w.service, w.pods[0]) },
			[]string{"Service/web: 1 of 2 ready pods behind it not in its EndpointSlices yet"},
		},
		{
			"traffic to a pod that is gone",
			func(w *world) {
				w.slice = sliceOf(w.service, append(w.pods, readyPod("web-00-z", nil, w.replicaSet))...)
			},
			[]string{`Service/web: its EndpointSlices still send to pod "web-00-z", which is not ready or gone`},
		},
		{
			"a port that leads nowhere",
			func(w *world) {
				w.service.Spec.Ports[0].TargetPort.StrVal, w.service.Spec.Ports[0].TargetPort.Type = "htpp", 1
				w.slice.Ports = nil
			},
			[]string{`Service/web: port 80 leads nowhere: pod "web-57-a" has no container port "htpp"`},
		},
		{
			"a load balancer without an address, which is fine",
			func(w *world) { w.service.Spec.Type = corev1.ServiceTypeLoadBalancer },
			nil,
		},
		{
			"a load balancer without an address, which is not",
			func(w *world) {
				w.rule = AddressRequired
				w.service.Spec.Type = corev1.ServiceTypeLoadBalancer
			},
			[]string{"Service/web: no load balancer has given it an address yet"},
		},
		{
			"a load balancer with an address",
			func(w *world) {
				w.rule = AddressRequired
				w.service.Spec.Type = corev1.ServiceTypeLoadBalancer
				w.service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.1"}}
			},
			nil,
		},
		{
			"a Service that is only a name",
			func(w *world) {
				w.service.Spec.Type = corev1.ServiceTypeExternalName
				w.slice = sliceOf(w.service)
			},
			nil,
		},
	}
}

func otherKinds() []broken {
	return []broken{
		{
			"objects that do not exist or are going away",
			func(w *world) {
				leaving := &corev1.ConfigMap{ObjectMeta: named("leaving", nil)}
				leaving.DeletionTimestamp, leaving.Finalizers = new(noon()), []string{"a/b"}
				w.wanted = append(w.wanted, &corev1.ConfigMap{ObjectMeta: named("settings", nil)}, leaving)
				w.live = append(w.live, leaving)
			},
			[]string{"ConfigMap/settings: does not exist", "ConfigMap/leaving: being deleted, held by finalizers a/b"},
		},
		{
			"a Namespace that ends",
			func(w *world) { w.add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "side"}}, "Terminating") },
			[]string{`Namespace/side: its phase is "Terminating", not Active`},
		},
		{"a Namespace", func(w *world) { w.add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "side"}}, "Active") }, nil},
		{
			"a definition that is not served yet",
			func(w *world) {
				crd := &unstructured.Unstructured{Object: map[string]any{
					"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
					"metadata": map[string]any{"name": "boats.example.org"},
					"status": map[string]any{"conditions": []any{
						map[string]any{"type": "Established", "status": "False", "message": "the names conflict"},
					}},
				}}
				w.wanted, w.live = append(w.wanted, crd), append(w.live, crd)
			},
			[]string{"CustomResourceDefinition/boats.example.org: not Established: the names conflict"},
		},
		{
			"a Job at work",
			func(w *world) { w.addJob(batchv1.JobStatus{}, nil) },
			[]string{"Job/migrate: 0 of 1 completion"},
		},
		{
			"a Job that is done",
			func(w *world) {
				w.addJob(batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}}, nil)
			},
			nil,
		},
		{
			"a Job that has failed",
			func(w *world) {
				status := batchv1.JobStatus{Conditions: []batchv1.JobCondition{{
					Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded", Message: "Job has reached the specified backoff limit",
				}}}
				w.addJob(status, func(p *corev1.Pod) {
					p.Status.Phase = corev1.PodFailed
					unready(p, corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 7}})
				})
			},
			[]string{`FAILED Job/migrate: failed: BackoffLimitExceeded: Job has reached the specified backoff limit; ` +
				`Pod/migrate-x: failed: container "app": exit code 7`},
		},
		{
			"a pod of its own that has failed",
			func(w *world) {
				p := readyPod("alone", nil, nil)
				p.Status.Phase, p.Status.Reason, p.Status.Message = corev1.PodFailed, "Evicted", "low on memory"
				w.wanted, w.live = append(w.wanted, p), append(w.live, p)
			},
			[]string{"FAILED Pod/alone: failed: Evicted: low on memory"},
		},
	}
}

func (w *world) add(ns *corev1.Namespace, phase corev1.NamespacePhase) {
	ns.Status.Phase = phase
	w.wanted, w.live = append(w.wanted, ns), append(w.live, ns)
}

func (w *world) addJob(status batchv1.JobStatus, change func(*corev1.Pod)) {
	j := &batchv1.Job{ObjectMeta: named("migrate", nil), Status: status}
	p := readyPod("migrate-x", nil, j)
	if change != nil {
		change(p)
	}
	w.wanted, w.live = append(w.wanted, j), append(w.live, j, p)
}

// The order in which watches deliver must never show.
func TestAssessDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := slices.Concat(rollouts(), stuckPods(), brokenServices(), otherKinds(), takenAway())
		test := rapid.SampledFrom(all).Draw(t, "world")
		w := newWorld()
		test.change(w)
		s := w.state()
		s.Live = rapid.Permutation(s.Live).Draw(t, "live")
		if diff := cmp.Diff(test.want, lines(Assess(s))); diff != "" {
			t.Fatalf("verdict (-want +got):\n%s", diff)
		}
	})
}

// Whatever part of a ready release is missing, it is not ready.
func TestAssessMissesNothing(t *testing.T) {
	t.Parallel()
	ready := newWorld().state()
	for i, missing := range ready.Live {
		t.Run(missing.GetKind()+"/"+missing.GetName(), func(t *testing.T) {
			t.Parallel()
			s := ready
			s.Live = slices.Delete(slices.Clone(ready.Live), i, i+1)
			if len(Assess(s)) == 0 {
				t.Error("is said to be ready")
			}
		})
	}
}

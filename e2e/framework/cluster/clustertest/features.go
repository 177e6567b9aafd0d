package clustertest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// pod runs the program of the subject.
func (s Subject) pod(generateName string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: generateName},
		Spec: corev1.PodSpec{
			RestartPolicy:                 corev1.RestartPolicyNever,
			TerminationGracePeriodSeconds: new(int64(0)),
			Containers: []corev1.Container{{
				Name: "program", Image: s.Program.Image, Command: s.Program.Command, ImagePullPolicy: corev1.PullNever,
			}},
		},
	}
}

// told compares what a feature says with what was seen.
func told(feature string, says bool, seen error) error {
	switch {
	case says && seen != nil:
		return fmt.Errorf("the feature %s is promised: %w", feature, seen)
	case !says && seen == nil:
		return fmt.Errorf("the feature %s is there and was not promised", feature)
	default:
		return nil
	}
}

// containers looks for what the program prints.
func containers(ctx context.Context, s Subject) error {
	return s.inNamespace(ctx, func(ctx context.Context, r room) error {
		pods := r.client.CoreV1().Pods(r.name)
		made, err := pods.Create(ctx, s.pod("program-"), metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("making a pod: %w", err)
		}
		seen := within(ctx, patience(s.Cluster.Features().Containers), func(ctx context.Context) error {
			log, err := pods.GetLogs(made.Name, &corev1.PodLogOptions{}).DoRaw(ctx)
			if err == nil && !strings.Contains(string(log), s.Program.Prints) {
				err = fmt.Errorf("its log has no %q: %q", s.Program.Prints, log)
			}
			return err
		})
		return told("containers", s.Cluster.Features().Containers, seen)
	})
}

// volumes makes a claim and a pod that wants it.
func volumes(ctx context.Context, s Subject) error {
	return s.inNamespace(ctx, func(ctx context.Context, r room) error {
		claims := r.client.CoreV1().PersistentVolumeClaims(r.name)
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: "claim"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources: corev1.VolumeResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Mi")},
				},
			},
		}
		if _, err := claims.Create(ctx, claim, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("making a claim: %w", err)
		}
		user := s.pod("user-")
		user.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name},
		}}}
		user.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
		if _, err := r.client.CoreV1().Pods(r.name).Create(ctx, user, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("making a pod that wants the claim: %w", err)
		}
		seen := within(ctx, patience(s.Cluster.Features().Volumes), func(ctx context.Context) error {
			now, err := claims.Get(ctx, claim.Name, metav1.GetOptions{})
			if err == nil && now.Status.Phase != corev1.ClaimBound {
				err = fmt.Errorf("the claim is %s", now.Status.Phase)
			}
			return err
		})
		return told("volumes", s.Cluster.Features().Volumes, seen)
	})
}

func loadBalancer(ctx context.Context, s Subject) error {
	return s.inNamespace(ctx, func(ctx context.Context, r room) error {
		services := r.client.CoreV1().Services(r.name)
		wanted := &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "balanced"},
			Spec: corev1.ServiceSpec{
				Type: corev1.ServiceTypeLoadBalancer, Selector: map[string]string{"app": "nothing"},
				Ports: []corev1.ServicePort{{Port: 80}},
			},
		}
		if _, err := services.Create(ctx, wanted, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("making a Service: %w", err)
		}
		seen := within(ctx, patience(s.Cluster.Features().LoadBalancer), func(ctx context.Context) error {
			now, err := services.Get(ctx, wanted.Name, metav1.GetOptions{})
			if err == nil && len(now.Status.LoadBalancer.Ingress) == 0 {
				err = errors.New("the Service has no address")
			}
			return err
		})
		return told("loadBalancer", s.Cluster.Features().LoadBalancer, seen)
	})
}

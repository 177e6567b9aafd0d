package wait

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

func service(x *index, u *unstructured.Unstructured) finding {
	s, err := as[corev1.Service](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		return finding{}
	}
	if s.Spec.Type == corev1.ServiceTypeLoadBalancer && x.state.LoadBalancer == AddressRequired && len(s.Status.LoadBalancer.Ingress) == 0 {
		return finding{reason: joined("no load balancer has given it an address yet", x.warning(s.UID, anyReason))}
	}
	if len(s.Spec.Selector) == 0 {
		return finding{}
	}
	return x.reaches(s)
}

// published is what the EndpointSlices of a Service say about one pod.
type published struct {
	name  string
	ports []string
}

// reaches holds the EndpointSlices of a Service against its pods: both are written by controllers, one after the other.
func (x *index) reaches(s corev1.Service) finding {
	endpoints := x.endpoints(s)
	missing, total := 0, 0
	for _, p := range x.behind(s) {
		total++
		e, ok := endpoints[p.UID]
		delete(endpoints, p.UID)
		if !ok {
			missing++
			continue
		}
		for _, port := range s.Spec.Ports {
			if !slices.Contains(e.ports, port.Name) && s.Spec.ClusterIP != corev1.ClusterIPNone {
				return finding{reason: fmt.Sprintf("port %d leads nowhere: pod %q has no container port %q", port.Port, p.Name, port.TargetPort.String())}
			}
		}
	}
	if missing > 0 {
		return finding{reason: fmt.Sprintf("%d of %s behind it not in its EndpointSlices yet", missing, count(total, "ready pod"))}
	}
	if s.Spec.PublishNotReadyAddresses || len(endpoints) == 0 {
		return finding{}
	}
	stale := slices.MinFunc(slices.Collect(maps.Values(endpoints)), func(a, b published) int {
		return strings.Compare(a.name, b.name)
	})
	return finding{reason: fmt.Sprintf("its EndpointSlices still send to pod %q, which is not ready or gone", stale.name)}
}

// behind are the ready pods a Service selects.
func (x *index) behind(s corev1.Service) []corev1.Pod {
	selected := labels.SelectorFromSet(s.Spec.Selector)
	return slices.DeleteFunc(x.podsIn(s.Namespace), func(p corev1.Pod) bool {
		return !selected.Matches(labels.Set(p.Labels)) || !podReady(p) || p.DeletionTimestamp != nil
	})
}

// endpoints are the pods a Service sends to.
func (x *index) endpoints(s corev1.Service) map[types.UID]published {
	all := map[types.UID]published{}
	for _, u := range x.byKind[schema.GroupKind{Group: "discovery.k8s.io", Kind: "EndpointSlice"}] {
		if u.GetNamespace() != s.Namespace || u.GetLabels()[discoveryv1.LabelServiceName] != s.Name {
			continue
		}
		slice, err := as[discoveryv1.EndpointSlice](x, u)
		if err != nil {
			continue
		}
		ports := portNames(slice)
		for _, e := range slice.Endpoints {
			if sends(e) {
				known := all[e.TargetRef.UID]
				all[e.TargetRef.UID] = published{name: e.TargetRef.Name, ports: append(known.ports, ports...)}
			}
		}
	}
	return all
}

// sends tells whether an endpoint is a pod that gets traffic; an unknown readiness counts as ready.
func sends(e discoveryv1.Endpoint) bool {
	return e.TargetRef != nil && e.TargetRef.Kind == "Pod" && (e.Conditions.Ready == nil || *e.Conditions.Ready)
}

func portNames(slice discoveryv1.EndpointSlice) []string {
	var names []string
	for _, p := range slice.Ports {
		if p.Name != nil {
			names = append(names, *p.Name)
		}
	}
	return names
}

func ingress(x *index, u *unstructured.Unstructured) finding {
	i, err := as[networkingv1.Ingress](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	if x.state.LoadBalancer == AddressRequired && len(i.Status.LoadBalancer.Ingress) == 0 {
		return finding{reason: joined("no ingress controller has given it an address yet", x.warning(i.UID, anyReason))}
	}
	return finding{}
}

package outside

import (
	"slices"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	listersv1 "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
)

// written finds the endpoints of a Service that somebody wrote by hand, as EndpointSlices or
// as Endpoints, which a controller makes slices of. The slices of the controller that looks
// for pods are left out: pods are simulated.
type written struct{ lister listersv1.EndpointSliceLister }

// GetEndpointSlices implements the interface of that name in [k8s.io/apiserver/pkg/util/proxy].
func (w written) GetEndpointSlices(namespace, service string) ([]*discoveryv1.EndpointSlice, error) {
	all, err := w.lister.EndpointSlices(namespace).List(labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service}))
	return slices.DeleteFunc(all, func(s *discoveryv1.EndpointSlice) bool {
		return s.Labels[discoveryv1.LabelManagedBy] == endpointslice.ControllerName
	}), err
}

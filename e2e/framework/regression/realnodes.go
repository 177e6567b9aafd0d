package regression

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// unanswered is in what an API server of simulated nodes says when it has to ask a program behind a Service.
const unanswered = "simulated and serve nothing"

// needsRealNodes tells whether a text is about a program that would have to answer, and cannot on simulated nodes.
func needsRealNodes(text string) bool { return strings.Contains(text, unanswered) }

// answerable are the objects that can become ready here. An API that a program of the chart serves cannot where nothing
// runs, and a Deployment that the chart itself pauses nowhere: Helm takes it as it is, too. They are told of and not waited
// for.
func (w *walk) answerable(all []*unstructured.Unstructured) []*unstructured.Unstructured {
	var awaited []*unstructured.Unstructured
	for _, u := range all {
		switch {
		case paused(u):
			w.find(Finding{
				Word: PausedAsAsked, Note: true, Object: w.ref(u), Field: "spec.paused",
				Expected: "pods of the revision", Found: "true, as the chart has it: it was not waited for",
			})
		case servedByPods(u) && !w.room.place.Features.Containers:
			w.find(Finding{
				Word: NeedsRealNodes, Note: true, Object: w.ref(u), Field: "spec.service",
				Expected: "the API to be served by the pods behind the Service", Found: "simulated nodes, whose pods serve nothing: it was not waited for",
			})
		default:
			awaited = append(awaited, u)
		}
	}
	return awaited
}

func paused(u *unstructured.Unstructured) bool {
	asked, _, err := unstructured.NestedBool(u.Object, "spec", "paused")
	return u.GetKind() == "Deployment" && err == nil && asked
}

func servedByPods(u *unstructured.Unstructured) bool {
	_, behind, err := unstructured.NestedMap(u.Object, "spec", "service")
	return u.GetKind() == "APIService" && err == nil && behind
}

// beyond notes that a path cannot be gone on simulated nodes: no verdict on the chart.
func (w *walk) beyond(object objects.Ref, expected, text string) {
	w.unfit = true
	w.find(Finding{Word: NeedsRealNodes, Note: true, Object: object, Expected: expected, Found: short(oneLine(text))})
}

package ledger_test

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// TestAChronicleTellsTheStoryOfTheWorkshop has the objects that its upgrade removes and changes, and its rollback brings back.
func TestAChronicleTellsTheStoryOfTheWorkshop(t *testing.T) {
	g := gomega.NewWithT(t)
	service := func(kind string) ledger.Object {
		return ledger.Object{Ref: objects.Ref{Kind: "Service", Name: "guestbook"}, UID: "1", Fields: map[string]any{"spec": map[string]any{"type": kind}}}
	}
	slave := func(uid, image string) ledger.Object {
		return ledger.Object{Ref: objects.Ref{Group: "apps", Kind: "Deployment", Name: "redis-slave"}, UID: uid, Fields: map[string]any{"spec": map[string]any{"image": image}}}
	}
	pod := ledger.Object{Ref: objects.Ref{Kind: "Pod", Name: "redis-slave-x"}, Owner: &objects.Ref{Kind: "ReplicaSet", Name: "redis-slave"}}

	chronicle := ledger.Chronicle(
		ledger.Ledger{Objects: []ledger.Object{service("LoadBalancer"), slave("2", "redis:1"), pod}},
		ledger.Ledger{Objects: []ledger.Object{service("NodePort")}},
		ledger.Ledger{Objects: []ledger.Object{service("LoadBalancer"), slave("3", "redis:1"), pod}},
		ledger.Ledger{Objects: []ledger.Object{service("LoadBalancer")}},
		ledger.Ledger{Objects: []ledger.Object{service("LoadBalancer"), slave("4", "redis:2")}},
	)
	var told []map[string]ledger.Turn
	for _, revision := range chronicle {
		turns := map[string]ledger.Turn{}
		for _, entry := range revision {
			turns[entry.Object.Name] = entry.Turn
		}
		told = append(told, turns)
	}
	g.Expect(told).To(gomega.Equal([]map[string]ledger.Turn{
		{"guestbook": ledger.Came, "redis-slave": ledger.Came},
		{"guestbook": ledger.Altered, "redis-slave": ledger.Went},
		{"guestbook": ledger.Altered, "redis-slave": ledger.Returned},
		{"guestbook": ledger.Stayed, "redis-slave": ledger.Went},
		{"guestbook": ledger.Stayed, "redis-slave": ledger.Came},
	}))
	g.Expect(chronicle[1][1].Fields).To(gomega.Equal([]string{"spec.type"}))
	g.Expect(chronicle[4][0].Fields).To(gomega.Equal([]string{"spec.image"}), "it is there again, but not as it was")
}

package matcher

import (
	"testing"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

func book(all ...ledger.Object) ledger.Ledger { return ledger.Ledger{Namespace: "demo", Objects: all} }

func entry(kind, name, uid, image string, ip any) ledger.Object {
	return ledger.Object{
		Ref: objects.Ref{Kind: kind, Namespace: "demo", Name: name}, UID: uid,
		Fields:    map[string]any{"spec": map[string]any{"image": image}},
		Allocated: []ledger.Allocation{{Field: "spec.clusterIP", Pointer: "/spec/clusterIP", Value: ip}},
	}
}

func TestBeRestoredTo(t *testing.T) {
	t.Parallel()
	then := book(entry("Service", "redis-slave", "s1", "", "10.96.0.1"))
	again := book(entry("Service", "redis-slave", "s2", "", "10.96.0.2"))
	matches(t, "restored", BeRestoredTo(then), again)
	differs(t, "restored_not_exactly", BeRestoredTo(then).Exactly(), again)
}

func TestBeRestoredToShowsEachDifference(t *testing.T) {
	t.Parallel()
	then := book(entry("Deployment", "lost", "l", "", nil), entry("Deployment", "web", "w", "web:1", nil))
	now := book(entry("Deployment", "extra", "e", "", nil), entry("Deployment", "web", "w", "web:2", nil))
	differs(t, "restored_not", BeRestoredTo(then), &now)
	refuses(t, BeRestoredTo(then), then.Objects, "not a ledger.Ledger")
}

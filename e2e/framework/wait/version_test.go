package wait

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestTheVersionOfWhatWasSeen(t *testing.T) {
	t.Parallel()
	of := func(group, at string) *feed {
		return &feed{scope: scope{resource: schema.GroupVersionResource{Group: group, Version: "v1", Resource: "things"}}, at: at, listed: true}
	}
	explaining := of("", "99")
	explaining.advisory = true
	tests := []struct {
		name  string
		feeds []*feed
		want  string
	}{
		{"the newest, as a number", []*feed{of("", "9"), of("apps", "12")}, "12"},
		{"what only explains does not count", []*feed{of("", "9"), explaining}, "9"},
		{"a kind that somebody else may serve from another store", []*feed{of("", "9"), of("example.org", "3")}, ""},
		{"a kind of the Kubernetes project", []*feed{of("", "9"), of("gateway.networking.k8s.io", "13")}, "13"},
		{"a list that came without a version", []*feed{of("", "9"), of("apps", "")}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			seen := &feeds{all: test.feeds}
			if got := seen.snapshot().version; got != test.want {
				t.Errorf("version %q, want %q", got, test.want)
			}
		})
	}
}

package pods

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

func TestAQuotaIsForTheFirstOnes(t *testing.T) {
	t.Parallel()
	q := quota{taken: map[string]map[types.UID]struct{}{}}
	for _, step := range []struct {
		rule string
		pod  types.UID
		want bool
	}{
		{"a", "1", true},
		{"a", "2", true},
		{"a", "3", false},
		{"a", "1", true},
		{"b", "3", true},
	} {
		if got := q.take(step.rule, step.pod, 2); got != step.want {
			t.Errorf("rule %s for pod %s: got %t", step.rule, step.pod, got)
		}
	}
}

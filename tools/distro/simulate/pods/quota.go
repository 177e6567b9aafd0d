package pods

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// quota counts the pods that a rule has struck: the first ones that ask, and always the same ones.
type quota struct {
	mu    sync.Mutex
	taken map[string]map[types.UID]struct{}
}

func (q *quota) take(rule string, pod types.UID, times int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	struck := q.taken[rule]
	if _, already := struck[pod]; already {
		return true
	}
	if len(struck) >= times {
		return false
	}
	if struck == nil {
		struck = map[types.UID]struct{}{}
		q.taken[rule] = struck
	}
	struck[pod] = struct{}{}
	return true
}
